-- The touches of each journey, with what had come of it by then. In their order when sorted by `number`, `moment` and,
-- for those of one second, `touch_id`.
SELECT
    journeys.number AS number,
    placed_touches.touch_id AS touch_id,
    placed_touches.channel AS channel,
    placed_touches.moment AS moment,
    COALESCE(placed_touches.moment <= journeys.lead_at, FALSE) AS before_lead,
    COALESCE(placed_touches.moment <= journeys.opened_at, FALSE) AS before_opportunity,
    CAST(DATE_DIFF('second', placed_touches.moment, journeys.ends_at) AS DOUBLE) / 3600 AS hours_before
FROM journeys
JOIN placed_touches
    ON placed_touches.unit = journeys.unit
    AND placed_touches.moment <= journeys.ends_at
    AND (journeys.since IS NULL OR placed_touches.moment > journeys.since)
    AND (
        $lookback_days = 0
        OR placed_touches.moment >= journeys.window_at - CAST($lookback_days AS INTEGER) * INTERVAL 1 DAY
    )
