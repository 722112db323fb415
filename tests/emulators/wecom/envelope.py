"""The sealed envelope of one callback, right or wrong in one chosen way."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.emulators.wecom.callback_xml import to_xml
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.crypto import CallbackCrypto

OVERSIZE = 12 * 1024 * 1024


class Tamper(StrEnum):
    """What is wrong with a callback."""

    WRONG_SIGNATURE = "wrong_signature"
    MISSING_SIGNATURE = "missing_signature"
    WRONG_RECEIVEID = "wrong_receiveid"  # sealed for another company
    MALFORMED_XML = "malformed_xml"  # signed and sealed, but the inside breaks off
    MALFORMED_BODY = "malformed_body"  # the outside breaks off
    BROKEN_CIPHER = "broken_cipher"  # signed, but cannot be decrypted
    OVERSIZED = "oversized"  # 12 MB


@dataclass(frozen=True)
class Envelope:
    """A request ready to be posted."""

    query: Mapping[str, str]
    body: bytes
    plaintext: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class Sealer:
    """Seals callbacks for one company's app."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self.crypto = CallbackCrypto(company.token, company.aes_key, company.corp_id)

    def seal(self, fields: Mapping[str, Any], timestamp: int, tamper: Tamper | None = None) -> Envelope:
        """An envelope with fresh nonce and random bytes."""
        plaintext = self._inside(fields)
        inside = plaintext[:12] if tamper is Tamper.MALFORMED_XML else plaintext
        encrypted = self.crypto.encrypt(inside, "ww0000000000000000" if tamper is Tamper.WRONG_RECEIVEID else None)
        if tamper is Tamper.BROKEN_CIPHER:
            encrypted = "QUJD" + encrypted[8:]
        query = self.signed(encrypted, timestamp)
        return Envelope(_tampered_query(query, tamper), self._body(encrypted, tamper), plaintext, fields)

    def signed(self, encrypted: str, timestamp: int) -> dict[str, str]:
        """The query of a request that carries this ciphertext."""
        nonce = str(secrets.randbelow(10**10))
        signature = self.crypto.sign(str(timestamp), nonce, encrypted)
        return {"msg_signature": signature, "timestamp": str(timestamp), "nonce": nonce}

    def _body(self, encrypted: str, tamper: Tamper | None) -> bytes:
        body = self._outside(encrypted + "A" * OVERSIZE if tamper is Tamper.OVERSIZED else encrypted)
        return body[:12] if tamper is Tamper.MALFORMED_BODY else body

    def _inside(self, fields: Mapping[str, Any]) -> str:
        return to_xml(fields)

    def _outside(self, encrypted: str) -> bytes:
        company = self._company
        outside = {"ToUserName": company.corp_id, "AgentID": str(company.agent_id), "Encrypt": encrypted}
        return to_xml(outside).encode()


def _tampered_query(query: dict[str, str], tamper: Tamper | None) -> dict[str, str]:
    if tamper is Tamper.WRONG_SIGNATURE:
        return {**query, "msg_signature": "0" * 40}
    if tamper is Tamper.MISSING_SIGNATURE:
        return {name: value for name, value in query.items() if name != "msg_signature"}
    return query
