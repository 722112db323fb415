-- Whose journey a visitor's touches belong to. One who left leads for several customers counts for the first.
WITH placed AS (
    SELECT
        visitor_id,
        unit,
        ROW_NUMBER() OVER (PARTITION BY visitor_id ORDER BY created_at NULLS LAST, lead_id) AS place
    FROM lead_units
    WHERE visitor_id <> ''
)
SELECT visitor_id, unit
FROM placed
WHERE place = 1
