-- What counts as a conversion, by choice: one row for each lead or deal that came so far. `ends_at` is where its
-- journey ends: the win, where there is one, because what comes after it belongs to the next journey.
WITH brought AS (
    SELECT lead_id, SUM(amount_fen) AS amount_fen, SUM(paid_fen) AS paid_fen, MAX(retained) AS retained
    FROM deal_units
    WHERE lead_id <> ''
    GROUP BY lead_id
)
SELECT
    'lead:' || leads.id AS journey,
    lead_units.unit AS unit,
    leads.id AS lead_id,
    '' AS deal_id,
    CAST(CASE WHEN $conversion = 'lead' THEN leads.created_at ELSE leads.sql_at END AS TIMESTAMP) AS moment,
    CAST(CASE WHEN $conversion = 'lead' THEN leads.created_at ELSE leads.sql_at END AS TIMESTAMP) AS ends_at,
    lead_units.created_at AS lead_at,
    CAST(NULL AS TIMESTAMP) AS opened_at,
    CAST(COALESCE(brought.amount_fen, 0) AS BIGINT) AS amount_fen,
    CAST(COALESCE(brought.paid_fen, 0) AS BIGINT) AS paid_fen,
    COALESCE(brought.retained, 0) AS retained
FROM leads
JOIN lead_units ON lead_units.lead_id = leads.id
LEFT JOIN brought ON brought.lead_id = leads.id
WHERE
    ($conversion = 'lead' AND CAST(leads.created_at AS TIMESTAMP) <= CAST($now AS TIMESTAMP))
    OR ($conversion = 'sql' AND CAST(leads.sql_at AS TIMESTAMP) <= CAST($now AS TIMESTAMP))
UNION ALL
SELECT
    'deal:' || deal_units.deal_id AS journey,
    deal_units.unit AS unit,
    deal_units.lead_id AS lead_id,
    deal_units.deal_id AS deal_id,
    CASE $conversion
        WHEN 'opportunity' THEN deal_units.opened_at
        WHEN 'won' THEN deal_units.won_at
        WHEN 'contract' THEN deal_units.signed_at
        ELSE deal_units.paid_at
    END AS moment,
    CASE $conversion
        WHEN 'opportunity' THEN deal_units.opened_at
        WHEN 'won' THEN deal_units.won_at
        WHEN 'contract' THEN LEAST(deal_units.signed_at, COALESCE(deal_units.won_at, deal_units.signed_at))
        ELSE LEAST(deal_units.paid_at, COALESCE(deal_units.won_at, deal_units.paid_at))
    END AS ends_at,
    lead_units.created_at AS lead_at,
    deal_units.opened_at AS opened_at,
    deal_units.amount_fen AS amount_fen,
    deal_units.paid_fen AS paid_fen,
    deal_units.retained AS retained
FROM deal_units
LEFT JOIN lead_units ON lead_units.lead_id = deal_units.lead_id
WHERE
    ($conversion = 'opportunity' AND deal_units.opened_at IS NOT NULL)
    OR ($conversion = 'won' AND deal_units.won_at IS NOT NULL)
    OR ($conversion = 'contract' AND deal_units.signed_at IS NOT NULL)
    OR ($conversion = 'payment' AND deal_units.paid_at IS NOT NULL)
