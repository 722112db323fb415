-- Where one journey ends and the next begins (re-entry): at every win, or also at every conversion, or nowhere.
SELECT DISTINCT unit, won_at AS moment
FROM deal_units
WHERE $reentry <> 'never' AND won_at IS NOT NULL
UNION
SELECT DISTINCT unit, ends_at AS moment
FROM events
WHERE $reentry = 'conversion'
