"""Errcodes: each that is known has its sentence with the remedy, in both languages; the rest keep WeCom's words."""

from __future__ import annotations

import pytest

from adapters.wecom_bot.errors import _KNOWN, BUSY, Refused, failure
from bot.contracts.errors import TemporaryFailure
from config.locales import load


@pytest.mark.parametrize("errcode", sorted(_KNOWN))
def test_a_known_code_has_its_sentence(errcode: int) -> None:
    error = failure(errcode, "what WeCom says")
    assert str(errcode) in str(error)
    assert "what WeCom says" not in str(error)
    assert isinstance(error, TemporaryFailure if errcode in BUSY else Refused)


def test_the_sentences_are_the_same_in_both_languages() -> None:
    found = [{name for name in load(lang) if name.startswith("wecom_bot.errors.")} for lang in ("zh", "en")]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("errcode", "wait"), [(-1, None), (6000, 1.0), (45009, 60.0), (45033, 2.0), (846607, 60.0), (846609, 3.0)]
)
def test_what_passes_by_itself_is_tried_again(errcode: int, wait: float | None) -> None:
    """PROTOCOLS: 45009 (window), 45033 (concurrency), -1 (busy); 846607 too often, 846609 reconnect."""
    error = failure(errcode, "")
    assert isinstance(error, TemporaryFailure)
    assert error.retry_after == wait


def test_an_unknown_code_is_told_with_its_words_but_no_secrets() -> None:
    error = failure(99999, "no such thing, secret=abc at https://example.com/?key=1")
    assert "99999" in str(error)
    assert "no such thing" in str(error)
    assert "abc" not in str(error)
    assert "example.com" not in str(error)
