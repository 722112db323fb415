-- Whose journey a deal ends, and what it brought: contracts (without any, a won deal's own amount), payments less
-- refunds, and whether the same customer ordered again within a year. A day ends at midnight in the company's zone.
WITH contract_sums AS (
    SELECT deal_id, SUM(amount_fen) AS amount_fen, MIN(signed) AS signed
    FROM contracts
    WHERE deal_id <> '' AND (signed IS NULL OR signed <= CAST($today AS DATE))
    GROUP BY deal_id
),
payment_sums AS (
    SELECT
        contracts.deal_id AS deal_id,
        SUM(payments.amount_fen) AS paid_fen,
        MIN(CASE WHEN payments.amount_fen > 0 THEN payments.paid END) AS first_paid
    FROM payments
    JOIN contracts ON contracts.id = payments.contract_id
    WHERE payments.paid <= CAST($today AS DATE) AND contracts.deal_id <> ''
    GROUP BY contracts.deal_id
),
known AS (
    SELECT deals.*, COALESCE(effective.effective_id, deals.customer_id) AS effective_id
    FROM deals
    LEFT JOIN effective ON effective.customer_id = deals.customer_id
),
again AS (
    SELECT DISTINCT earlier.id AS deal_id
    FROM known AS earlier
    JOIN known AS later
        ON later.effective_id = earlier.effective_id
        AND later.result = 'won'
        AND later.closed > earlier.closed
        AND later.closed <= earlier.closed + INTERVAL 365 DAY
        AND later.closed <= CAST($today AS DATE)
    WHERE earlier.result = 'won'
)
SELECT
    known.id AS deal_id,
    known.lead_id AS lead_id,
    CASE WHEN $level = 'account' THEN 'C:' || known.effective_id ELSE COALESCE(lead_units.unit, 'D:' || known.id) END
        AS unit,
    CAST(
        COALESCE(contract_sums.amount_fen, CASE WHEN known.result = 'won' THEN known.amount_fen END, 0) AS BIGINT
    ) AS amount_fen,
    CAST(COALESCE(payment_sums.paid_fen, 0) AS BIGINT) AS paid_fen,
    CASE WHEN again.deal_id IS NULL THEN 0 ELSE 1 END AS retained,
    CASE WHEN known.created <= CAST($today AS DATE) THEN
        (CAST(known.created AS TIMESTAMP) + INTERVAL 1 DAY) AT TIME ZONE $zone AT TIME ZONE 'UTC' END AS opened_at,
    CASE WHEN known.result = 'won' AND known.closed <= CAST($today AS DATE) THEN
        (CAST(known.closed AS TIMESTAMP) + INTERVAL 1 DAY) AT TIME ZONE $zone AT TIME ZONE 'UTC' END AS won_at,
    (CAST(contract_sums.signed AS TIMESTAMP) + INTERVAL 1 DAY) AT TIME ZONE $zone AT TIME ZONE 'UTC' AS signed_at,
    (CAST(payment_sums.first_paid AS TIMESTAMP) + INTERVAL 1 DAY) AT TIME ZONE $zone AT TIME ZONE 'UTC' AS paid_at
FROM known
LEFT JOIN lead_units ON lead_units.lead_id = known.lead_id
LEFT JOIN contract_sums ON contract_sums.deal_id = known.id
LEFT JOIN payment_sums ON payment_sums.deal_id = known.id
LEFT JOIN again ON again.deal_id = known.id
