-- Every touch with its unit and the cut before it. What falls on the moment of a cut is still before it.
WITH placed AS (
    SELECT
        touches.id AS touch_id,
        COALESCE(visitor_units.unit, 'V:' || touches.visitor_id) AS unit,
        COALESCE(NULLIF(touches.channel, ''), NULLIF(campaigns.channel, ''), $unknown) AS channel,
        CAST(touches."at" AS TIMESTAMP) AS moment
    FROM touches
    LEFT JOIN visitor_units ON visitor_units.visitor_id = touches.visitor_id
    LEFT JOIN campaigns ON campaigns.id = touches.campaign_id
    WHERE CAST(touches."at" AS TIMESTAMP) <= CAST($now AS TIMESTAMP)
),
mixed AS (
    SELECT touch_id, unit, channel, moment, CAST(NULL AS TIMESTAMP) AS cut_at, 0 AS is_cut FROM placed
    UNION ALL
    SELECT NULL, unit, NULL, moment, moment, 1 FROM cuts
),
seen AS (
    SELECT
        touch_id,
        unit,
        channel,
        moment,
        is_cut,
        MAX(cut_at) OVER (
            PARTITION BY unit ORDER BY moment, is_cut ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS since
    FROM mixed
)
SELECT touch_id, unit, channel, moment, since
FROM seen
WHERE is_cut = 0
