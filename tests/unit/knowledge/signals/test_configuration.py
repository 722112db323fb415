"""A4: every signal has a policy, every policy a card; what isn't so stops the start with file, line and remedy."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from config.locales import LANGUAGES, t
from knowledge.signals.kind import Kind
from knowledge.signals.load import FOLDER, load_kinds

ASKED_FOR = [
    "competitor_mention",
    "price_objection",
    "discount_pressure",
    "unexplained_price_gap",
    "negative_emotion",
    "promise_made",
    "buying_signal",
    "decision_maker_absent",
    "single_threaded",
    "ghosted",
    "stalled_day_2_4",
    "reply_overdue",
    "no_next_step",
    "long_monologue",
    "talk_ratio",
    "overdue_close",
    "stage_stuck",
    "red_flag",
    "contract_risk_term",
    "email_key_clause",
    "compliance_word",
    "price_not_mentioned",
    "proposal_unopened",
    "inactive",
]


class Anything(dict[str, str]):
    """Fills in every field of a card."""

    def __missing__(self, key: str) -> str:
        return "X"


def test_all_24_kinds_are_there_and_tell_somebody(kinds: Mapping[str, Kind]) -> None:
    """A4."""
    assert [key for key in ASKED_FOR if key not in kinds] == []
    assert [key for key in ASKED_FOR if not kinds[key].policy.tell] == []


def test_every_card_has_its_texts_and_a_question(kinds: Mapping[str, Kind]) -> None:
    """A4, A8: one line of at most 60 characters in both languages, and something to look up."""
    for kind in kinds.values():
        if not kind.policy.tell:
            assert kind.policy.because
            continue
        assert kind.policy.ask is not None
        for lang in LANGUAGES:
            assert kind.policy.ask[lang]
            assert 0 < len(t(f"{kind.policy.card}.headline", lang).format_map(Anything())) <= 60
            assert t(f"{kind.policy.card}.why", lang).format_map(Anything())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "signals"))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("contact.yaml", "    card: signals.ghosted\n", "", "needs a `card`"),
        ("contact.yaml", "card: signals.ghosted", "card: signals.ghosts", "signals.ghosts.headline"),
        ("contact.yaml", "tell: [rep]\n    cool_down_hours: 24\n", "tell: []\n    cool_down_hours: 24\n", "`because`"),
        ("contact.yaml", "rule: ghosted", "rule: ghosting", "Choose of:"),
        ("contact.yaml", "limits: {days: 7, tries: 2}", "limits: {days: 7}", "add the limits tries"),
        ("talk.yaml", "priority: 25", "priority: 250", "less than or equal to 100"),
        ("price.yaml", "beside: [discount_pressure,", "beside: [discount,", "no signal 'discount'"),
        ("price.yaml", "'贵(?:了", "'贵(?:(了", "not a regular expression"),
        ("buying.yaml", "  speaker: theirs", "  speaker: them", "speaker"),
        ("buying.yaml", "buying_signal:", "ghosted:", "is also in buying.yaml"),
        ("buying.yaml", "  family: buying", "  family: buying\n  family: money", "there twice"),
        ("buying.yaml", "  family: buying", "  family: [buying", "Correct the YAML"),
    ],
    ids=lambda value: value.strip().replace("\n", " ")[:20],
)
def test_a_fault_is_named_with_its_line(folder: Path, file: str, old: str, new: str, said: str) -> None:
    """A4: the message begins with file and line, and says what to do."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^config/signals/\w+\.yaml:\d+: ") as caught:
        load_kinds(folder)
    assert said in str(caught.value)


def test_the_line_is_the_right_one(folder: Path) -> None:
    """A4."""
    lines = (folder / "talk.yaml").read_text(encoding="utf-8").splitlines()
    at = lines.index("  priority: 25")
    lines[at] = "  priority: many"
    (folder / "talk.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"talk\.yaml:{at + 1}: long_monologue: priority"):
        load_kinds(folder)


def test_an_entry_without_a_policy_is_refused(folder: Path) -> None:
    """A4: an unmapped signal."""
    (folder / "own.yaml").write_text(
        "own:\n  title: {zh: 我的, en: mine}\n  family: own\n  method: deal\n  rule: inactive\n  level: deal\n"
        "  sources: [chat]\n  limits: {days: 3}\n  priority: 10\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError, match=r"own\.yaml:1: own: policy: Field required"):
        load_kinds(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there are no signals"):
        load_kinds(tmp_path)
