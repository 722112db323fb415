-- Conversions (of leads and deals that the viewer may see, and of deals whose lead he may see), and the stretches between
-- cuts in which there was none (journeys that didn't convert), numbered by their names.
-- The look-back counts from `window_at`: when the deal was opened or the lead came, so that a long sale doesn't lose
-- the touches that began it.
WITH stretches AS (
    SELECT unit, since, MAX(moment) AS last_at
    FROM placed_touches
    GROUP BY unit, since
),
taken AS (
    SELECT DISTINCT unit, since
    FROM placed_events
),
hidden AS (
    SELECT DISTINCT unit FROM lead_units WHERE NOT $everything AND lead_id NOT IN (SELECT id FROM seen_leads)
    UNION
    SELECT DISTINCT unit
    FROM deal_units
    WHERE
        NOT $everything
        AND deal_id NOT IN (SELECT id FROM seen_deals)
        AND COALESCE(lead_id, '') NOT IN (SELECT id FROM seen_leads)
),
found AS (
    SELECT
        journey,
        unit,
        since,
        1 AS converted,
        moment,
        ends_at,
        CASE WHEN $lookback_from = 'conversion' THEN ends_at ELSE LEAST(ends_at, COALESCE(opened_at, lead_at, ends_at)) END
            AS window_at,
        lead_id,
        deal_id,
        lead_at,
        opened_at,
        amount_fen,
        paid_fen,
        retained
    FROM placed_events
    WHERE
        moment >= CAST($since AS TIMESTAMP)
        AND (
            $everything
            OR (deal_id <> '' AND deal_id IN (SELECT id FROM seen_deals))
            OR lead_id IN (SELECT id FROM seen_leads)
        )
    UNION ALL
    SELECT
        'none:' || stretches.unit || ':' || COALESCE(CAST(stretches.since AS VARCHAR), '') AS journey,
        stretches.unit,
        stretches.since,
        0 AS converted,
        stretches.last_at AS moment,
        stretches.last_at AS ends_at,
        stretches.last_at AS window_at,
        '' AS lead_id,
        '' AS deal_id,
        CAST(NULL AS TIMESTAMP) AS lead_at,
        CAST(NULL AS TIMESTAMP) AS opened_at,
        CAST(0 AS BIGINT) AS amount_fen,
        CAST(0 AS BIGINT) AS paid_fen,
        0 AS retained
    FROM stretches
    LEFT JOIN taken
        ON taken.unit = stretches.unit
        AND COALESCE(taken.since, CAST('1900-01-01' AS TIMESTAMP))
            = COALESCE(stretches.since, CAST('1900-01-01' AS TIMESTAMP))
    WHERE
        taken.unit IS NULL
        AND stretches.last_at >= CAST($since AS TIMESTAMP)
        AND stretches.unit NOT IN (SELECT unit FROM hidden)
)
SELECT ROW_NUMBER() OVER () AS number, *
FROM (SELECT * FROM found ORDER BY journey) AS ordered
