"""The border of the callback: everything odd becomes one of two errors of ours (PROTOCOLS, wechatpy)."""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.wecom.crypto import CallbackCrypto, NotFromWecom, Unreadable, parse_xml
from bot.contracts.errors import ConfigurationError


@pytest.fixture(scope="module")
def crypto(tools: Any) -> CallbackCrypto:
    return CallbackCrypto(tools.token, tools.aes_key, tools.corp)


def test_opens_what_was_sealed_for_us(crypto: CallbackCrypto, tools: Any) -> None:
    query, body = tools.sealed("<xml><MsgType>text</MsgType><Content><![CDATA[你好 <b>&]]></Content></xml>")
    assert crypto.open_message(query, body) == {"MsgType": "text", "Content": "你好 <b>&"}


def test_echo_is_exact_also_when_a_plus_became_a_space(crypto: CallbackCrypto, tools: Any) -> None:
    secret_text = next(text for text in iter(lambda: tools.encrypted("8301"), "") if "+" in text)
    query = {**tools.signed_query(secret_text), "echostr": secret_text.replace("+", " ")}
    assert crypto.open_echo(query) == "8301"


@pytest.mark.parametrize("field", ["msg_signature", "timestamp", "nonce"])
def test_wrong_or_missing_parts_of_the_signature(crypto: CallbackCrypto, tools: Any, field: str) -> None:
    query, body = tools.sealed("<xml><MsgType>text</MsgType></xml>")
    with pytest.raises(NotFromWecom):
        crypto.open_message({**query, field: "f" * 40}, body)
    with pytest.raises(NotFromWecom):
        crypto.open_message({name: value for name, value in query.items() if name != field}, body)


def test_signature_with_other_than_ascii(crypto: CallbackCrypto, tools: Any) -> None:
    query, body = tools.sealed("<xml><MsgType>text</MsgType></xml>")
    with pytest.raises(NotFromWecom):
        crypto.open_message({**query, "msg_signature": "签名\udc80"[:2]}, body)


def test_receiveid_of_another_company(crypto: CallbackCrypto, tools: Any) -> None:
    query, body = tools.sealed("<xml><MsgType>text</MsgType></xml>", corp="ww_somebody_else")
    with pytest.raises(NotFromWecom):
        crypto.open_message(query, body)


def _mutilated(tools: Any) -> list[str]:
    whole = tools.encrypted("<xml><MsgType>text</MsgType></xml>")
    raw = base64.b64decode(whole)
    return [
        whole[:-3],  # truncated base64
        whole[:24],  # one block
        base64.b64encode(raw[:-5]).decode(),  # not a multiple of the block
        base64.b64encode(raw[:-16] + os.urandom(16)).decode(),  # padding destroyed
        base64.b64encode(raw[:16] + os.urandom(16) + raw[32:]).decode(),  # length and text destroyed
        base64.b64encode(bytes(32)).decode(),
        "!!!!",
        "汉字",
        "",
    ]


def test_signed_but_mutilated_ciphertext(crypto: CallbackCrypto, tools: Any) -> None:
    """IndexError, ValueError, struct.error, UnicodeDecodeError, … of wechatpy are one error here."""
    for secret_text in _mutilated(tools):
        query, body = tools.wrapped(secret_text)
        with pytest.raises((NotFromWecom, Unreadable)) as caught:
            crypto.open_message(query, body)
        assert "MsgType" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"", b"<xml", b"{}", b"<xml><A>1</A></xml>", b"<a><Encrypt>x</Encrypt></a>", b"\xff\xfe"]
)
def test_body_without_an_envelope(crypto: CallbackCrypto, tools: Any, body: bytes) -> None:
    with pytest.raises(NotFromWecom):
        crypto.open_message(tools.signed_query("x"), body)


def test_signed_malformed_xml(crypto: CallbackCrypto, tools: Any) -> None:
    for xml in ("<xml><MsgType>text", "no xml", "<xml>words</xml>", "<a/>", "<xml/>", ""):
        query, body = tools.sealed(xml)
        with pytest.raises((Unreadable, NotFromWecom)):
            crypto.open_message(query, body)


BOMBS = {
    "entities": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><A>&b;</A></xml>',
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
    "doctype alone": "<!DOCTYPE xml><xml><A>1</A></xml>",
    "parameter entity": '<!DOCTYPE x [<!ENTITY % a "1"> %a;]><xml><A>1</A></xml>',
    "deep": "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused(crypto: CallbackCrypto, tools: Any, name: str) -> None:
    query, body = tools.sealed(BOMBS[name])
    with pytest.raises(Unreadable):
        crypto.open_message(query, body)


def test_a_doctype_that_somebody_typed_is_text() -> None:
    assert parse_xml(b"<xml><A><![CDATA[<!DOCTYPE html>]]></A></xml>") == {"A": "<!DOCTYPE html>"}


@given(st.binary(max_size=300))
def test_any_bytes_give_a_dict_or_unreadable(xml: bytes) -> None:
    with suppress(Unreadable):
        assert isinstance(parse_xml(xml), dict)


@pytest.mark.parametrize("key", ["", "短", "a" * 42, "!" * 43])
def test_a_bad_key_names_the_setting_and_not_the_key(tools: Any, key: str) -> None:
    with pytest.raises(ConfigurationError, match=r"wecom\.aes_key") as caught:
        CallbackCrypto(tools.token, key, tools.corp)
    assert not key or key not in str(caught.value)
