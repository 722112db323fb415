-- Which customer stands for each one that was merged away; chains of merges are followed to their end.
WITH RECURSIVE chain (gone_id, kept_id, depth) AS (
    SELECT gone_id, kept_id, 1
    FROM customer_merges
    WHERE undone_at IS NULL
    UNION ALL
    SELECT chain.gone_id, next_one.kept_id, chain.depth + 1
    FROM chain
    JOIN customer_merges AS next_one ON next_one.gone_id = chain.kept_id AND next_one.undone_at IS NULL
    WHERE chain.depth < 20
),
ends AS (
    SELECT gone_id, kept_id, ROW_NUMBER() OVER (PARTITION BY gone_id ORDER BY depth DESC) AS place
    FROM chain
)
SELECT customers.id AS customer_id, COALESCE(ends.kept_id, customers.id) AS effective_id
FROM customers
LEFT JOIN ends ON ends.gone_id = customers.id AND ends.place = 1
