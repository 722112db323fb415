"""PROTOCOLS, WeCom callback: our encryption and wechatpy's read each other."""

from __future__ import annotations

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.work.crypto import WeChatCrypto
from wechatpy.work.exceptions import InvalidCorpIdException

from tests.emulators.wecom.company import Company
from tests.emulators.wecom.crypto import CallbackCrypto, CryptoError
from tests.emulators.wecom.envelope import Sealer

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"
COMPANY = Company("wwcorp", 1, "secret", "token", KEY)


def pair() -> tuple[CallbackCrypto, WeChatCrypto]:
    return CallbackCrypto("token", KEY, "wwcorp"), WeChatCrypto("token", KEY, "wwcorp")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_wechatpy_reads_what_we_seal(message: str) -> None:
    ours, theirs = pair()
    encrypted = ours.encrypt(message)
    signature = ours.sign("1772413200", "n0nce", encrypted)
    opened = theirs.decrypt_message({"Encrypt": encrypted}, signature, "1772413200", "n0nce")
    assert opened == message


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_we_read_what_wechatpy_seals(message: str) -> None:
    ours, theirs = pair()
    sealed = xmltodict.parse(theirs.encrypt_message(message, "n0nce", "1772413200"))["xml"]
    assert ours.verify(sealed["MsgSignature"], "1772413200", "n0nce", sealed["Encrypt"])
    assert ours.decrypt(sealed["Encrypt"]) == message


def test_wrong_signature_and_receiveid_are_refused_by_wechatpy() -> None:
    ours, theirs = pair()
    encrypted = ours.encrypt("<xml/>", "another")
    with pytest.raises(InvalidSignatureException):
        theirs.decrypt_message({"Encrypt": encrypted}, "0" * 40, "1", "2")
    with pytest.raises(InvalidCorpIdException):
        theirs.decrypt_message({"Encrypt": encrypted}, ours.sign("1", "2", encrypted), "1", "2")


def test_ciphertext_of_another_company_or_cut_is_refused() -> None:
    ours, _ = pair()
    with pytest.raises(CryptoError, match="receiveid"):
        ours.decrypt(ours.encrypt("<xml/>", "another"))
    with pytest.raises(CryptoError):
        ours.decrypt(ours.encrypt("<xml/>")[:20])


def test_key_must_have_43_characters() -> None:
    with pytest.raises(ValueError, match="43"):
        CallbackCrypto("token", "c2hvcnQ", "wwcorp")


def test_closing_brackets_in_a_text_survive() -> None:
    envelope = Sealer(COMPANY).seal({"MsgType": "text", "Content": "a]]>b<&>"}, 1772413200)
    assert xmltodict.parse(envelope.plaintext)["xml"]["Content"] == "a]]>b<&>"
