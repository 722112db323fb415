-- What each channel cost since a day. For each campaign one book counts, so that nothing is counted twice: its spends;
-- without any, the costs of its touches; without these, its budget, day by day until today. Touches and spends without a
-- campaign count as they are.
WITH spent AS (
    SELECT
        COALESCE(NULLIF(spends.channel, ''), NULLIF(campaigns.channel, ''), $unknown) AS channel,
        spends.campaign_id AS campaign_id,
        SUM(spends.amount_fen) AS fen
    FROM spends
    LEFT JOIN campaigns ON campaigns.id = spends.campaign_id
    WHERE spends.amount_fen IS NOT NULL AND (spends.day IS NULL OR (spends.day >= $since_day AND spends.day <= $today))
    GROUP BY 1, 2
),
touched AS (
    SELECT
        COALESCE(NULLIF(touches.channel, ''), NULLIF(campaigns.channel, ''), $unknown) AS channel,
        touches.campaign_id AS campaign_id,
        SUM(touches.cost_fen) AS fen
    FROM touches
    LEFT JOIN campaigns ON campaigns.id = touches.campaign_id
    WHERE touches.cost_fen IS NOT NULL AND touches."at" >= $since AND touches."at" <= $now
    GROUP BY 1, 2
),
books AS (
    SELECT campaign_id FROM spends WHERE amount_fen IS NOT NULL
    UNION
    SELECT campaign_id FROM touches WHERE cost_fen IS NOT NULL
),
budgeted AS (
    SELECT
        COALESCE(NULLIF(channel, ''), $unknown) AS channel,
        id AS campaign_id,
        budget_fen * GREATEST(DATE_DIFF('day', GREATEST(starts, $since_day), LEAST(ends, $today)) + 1, 0)
            / (DATE_DIFF('day', starts, ends) + 1) AS fen
    FROM campaigns
    WHERE budget_fen IS NOT NULL AND starts <= ends AND id NOT IN (SELECT campaign_id FROM books)
),
booked AS (
    SELECT channel, campaign_id, fen, 'spends' AS book FROM spent
    UNION ALL
    SELECT channel, campaign_id, fen, 'touches' FROM touched
    WHERE campaign_id = '' OR campaign_id NOT IN (SELECT campaign_id FROM spends WHERE amount_fen IS NOT NULL)
    UNION ALL
    SELECT channel, campaign_id, fen, 'budget' FROM budgeted
)
SELECT channel, book, SUM(fen) / 100.0 AS yuan
FROM booked
WHERE fen <> 0 AND ($everything OR campaign_id IN (SELECT UNNEST(CAST($campaigns AS VARCHAR[]))))
GROUP BY channel, book
ORDER BY channel, book
