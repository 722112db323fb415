-- Whose journey a lead belongs to: its visitor's, or, at account level, its customer's (as identity found it, else by
-- the deal that came of it). A lead without visitor has a journey of its own, without touches.
WITH customer_of_lead AS (
    SELECT leads.id AS lead_id, COALESCE(MIN(known.customer_id), MIN(deals.customer_id)) AS customer_id
    FROM leads
    LEFT JOIN identities AS known ON known.entity = 'lead' AND known.record_id = leads.id
    LEFT JOIN deals ON deals.lead_id = leads.id
    GROUP BY leads.id
)
SELECT
    leads.id AS lead_id,
    leads.visitor_id AS visitor_id,
    CAST(leads.created_at AS TIMESTAMP) AS created_at,
    CASE
        WHEN $level = 'account' AND customer_of_lead.customer_id IS NOT NULL
            THEN 'C:' || COALESCE(effective.effective_id, customer_of_lead.customer_id)
        WHEN leads.visitor_id <> '' THEN 'V:' || leads.visitor_id
        ELSE 'L:' || leads.id
    END AS unit
FROM leads
LEFT JOIN customer_of_lead ON customer_of_lead.lead_id = leads.id
LEFT JOIN effective ON effective.customer_id = customer_of_lead.customer_id
