-- The touches of each journey in their order; those of one second by their ids, so that the order is always the same.
SELECT
    journeys.journey AS journey,
    placed_touches.touch_id AS touch_id,
    placed_touches.channel AS channel,
    placed_touches.moment AS moment,
    ROW_NUMBER() OVER (PARTITION BY journeys.journey ORDER BY placed_touches.moment, placed_touches.touch_id) AS position,
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
