-- Every conversion with the cut before the end of its journey.
WITH mixed AS (
    SELECT journey, unit, ends_at AS moment, CAST(NULL AS TIMESTAMP) AS cut_at, 0 AS is_cut FROM events
    UNION ALL
    SELECT NULL, unit, moment, moment, 1 FROM cuts
),
seen AS (
    SELECT
        journey,
        is_cut,
        MAX(cut_at) OVER (
            PARTITION BY unit ORDER BY moment, is_cut ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS since
    FROM mixed
)
SELECT events.*, seen.since AS since
FROM events
JOIN seen ON seen.journey = events.journey AND seen.is_cut = 0
