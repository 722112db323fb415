-- Every touch with its unit and the cut before it.
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
)
SELECT placed.touch_id, placed.unit, placed.channel, placed.moment, cuts.moment AS since
FROM placed
LEFT JOIN cuts
    ON cuts.unit = placed.unit
    AND placed.moment > cuts.moment
    AND placed.moment <= cuts.next_moment
