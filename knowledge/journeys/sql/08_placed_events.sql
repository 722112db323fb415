-- Every conversion with the cut before the end of its journey.
SELECT events.*, cuts.moment AS since
FROM events
LEFT JOIN cuts
    ON cuts.unit = events.unit
    AND events.ends_at > cuts.moment
    AND events.ends_at <= cuts.next_moment
