-- Where one journey ends and the next begins (re-entry): at every win, or also at every conversion, or nowhere. What
-- falls on the moment of a cut is still before it: the journey after it lasts until `next_moment`.
WITH ends AS (
    SELECT unit, won_at AS moment
    FROM deal_units
    WHERE $reentry <> 'never' AND won_at IS NOT NULL
    UNION
    SELECT unit, ends_at AS moment
    FROM events
    WHERE $reentry = 'conversion'
)
SELECT
    unit,
    moment,
    COALESCE(LEAD(moment) OVER (PARTITION BY unit ORDER BY moment), CAST('9999-12-31' AS TIMESTAMP)) AS next_moment
FROM ends
