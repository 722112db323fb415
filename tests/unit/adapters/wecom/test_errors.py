"""The table of errcodes: each has its sentence in both languages; temporary and permanent are told apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.wecom.errors import FAULTS, NOT_THE_CARD, Refused, StaleToken, caller_address, failure, raise_for, scrub
from bot.contracts.errors import TemporaryFailure
from config.locales import load, t


@pytest.mark.parametrize("errcode", FAULTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_errcode_has_its_sentence(errcode: int, lang: str) -> None:
    text = t(f"wecom.errors.e{errcode}".replace("-", "minus"), lang, address="1.2.3.4")
    assert str(errcode) in text


def test_both_languages_have_the_same_texts_and_values() -> None:
    zh, en = ({key: text for key, text in load(lang).items() if key.startswith("wecom.")} for lang in ("zh", "en"))
    assert zh.keys() == en.keys()
    for key in zh:
        assert set(re.findall(r"{(\w+)}", zh[key])) == set(re.findall(r"{(\w+)}", en[key])), key


@pytest.mark.parametrize(("errcode", "after"), [(-1, None), (6000, 1.0), (45009, 60.0), (45033, 2.0)])
def test_busy_is_temporary(errcode: int, after: float | None) -> None:
    error = failure(errcode, "busy")
    assert isinstance(error, TemporaryFailure)
    assert error.retry_after == after


def test_untrusted_address_is_named() -> None:
    errmsg = "not allow to access from your ip, hint: [1619453547_210_eb90], from ip: 180.168.115.166, more info at https://open.work.weixin.qq.com/devtool/query?e=60020"
    assert str(failure(60020, errmsg)).count("180.168.115.166") == 2
    assert "可信IP" in str(failure(60020, errmsg))
    assert caller_address("from ip: 2001:db8::7, more") == "2001:db8::7"
    assert caller_address("nothing") == "?"


def test_unknown_errcode_is_permanent_and_named() -> None:
    error = failure(99999, "strange {braces} access_token=abc123")
    assert isinstance(error, Refused)
    assert error.errcode == 99999
    assert "99999" in str(error)
    assert "abc123" not in str(error)


def test_stale_tokens_are_told_from_a_wrong_secret() -> None:
    raise_for(0, "ok")
    for errcode in (40001, 40014, 42001):
        with pytest.raises(StaleToken):
            raise_for(errcode, "")
    with pytest.raises(Refused, match="Secret"):
        raise_for(40001, "", asking_for_token=True)


def test_table_is_documented() -> None:
    """The manual's table of errors names every errcode that an operator can do something about."""
    manual = (Path(__file__).parents[4] / "docs" / "connect-wecom.md").read_text(encoding="utf-8")
    assert not [code for code in NOT_THE_CARD if str(code) not in manual]


def test_scrub() -> None:
    assert scrub("GET /x?access_token=a.b-c&type=1 corpsecret=zzz") == "GET /x?access_token=***&type=1 corpsecret=***"
