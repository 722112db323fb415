"""Numbers in the definitions of the features. A changed one makes every trained model out of date, and it says so."""

from __future__ import annotations

CHARACTERS_A_MINUTE = 240.0
"""Chinese characters that are spoken in a minute: how long a written message would take to say."""
WORDS_A_MINUTE = 150.0
"""English words that are spoken in a minute."""
FEWEST_UTTERANCES = 4
"""Below that, who spoke how much says nothing."""
UNKNOWN_ALLOWED = 0.3
"""Share of speech by nobody knows whom, above which shares and turns aren't measured."""
MONOLOGUE_GAP_MINUTES = 10.0
"""A message so much later than the one before begins anew; it is no longer the same monologue."""
FEWEST_SENTIMENTS = 3
"""Customer's utterances with a sentiment, below which there is no slope."""
FEWEST_PAST_RECORDINGS = 5
"""Recordings of a person before it is known what is usual."""
LEAST_SPREAD_SEMITONES = 0.5
LEAST_SPREAD_DECIBELS = 1.0
"""A person's voice is never called steadier than that: measuring is no better."""
FEWEST_GAPS = 3
"""Changes from the customer to us, below which there is no median wait."""
RECENT_REPLIES = 2
FEWEST_EARLIER_REPLIES = 3
"""The last two replies are held against the median of at least three before them."""
QUICKEST_REPLY_HOURS = 1 / 60
"""Quicker ones are all the same."""
DECISION_MAKER_HALF_LIFE_DAYS = 14.0
ENOUGH_CONTACTS = 4
"""So many of the customer's people in contact are broad enough."""
OBJECTION_KINDS = ("competitor_mention", "price_objection", "discount_pressure")
COMMITMENT_KINDS = ("next_step_agreed", "promise_made", "buying_signal")
"""Kinds of config/signals whose highest score is the value."""
MOODS = {"negative_emotion": -1.0, "positive_emotion": 1.0}
"""Kinds that are a mood, and which way."""


def constants() -> list[tuple[str, object]]:
    """All of them, by name."""
    return sorted((name, value) for name, value in globals().items() if name.isupper())
