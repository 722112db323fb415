"""Answers in the callback's own response: an empty 200 is fine, anything else must be sealed XML."""

from __future__ import annotations

import secrets
import xml.etree.ElementTree as ET

from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.crypto import CallbackCrypto, CryptoError
from tests.emulators.wecom.ledger import Entry, Outcome
from tests.emulators.wecom.world import World

HARMLESS = (b"success", b"ok")  # not in the documentation, but ignored without complaint


class PassiveReplies:
    """Reads the bodies of the app's responses."""

    def __init__(self, world: World, crypto: CallbackCrypto) -> None:
        self._world = world
        self._crypto = crypto

    def take(self, userid: str, body: bytes) -> None:
        """Show a text reply on the phone; note a violation for anything unreadable."""
        if body in HARMLESS:
            return
        try:
            reply = self._open(body)
        except (ET.ParseError, CryptoError, ValueError) as error:
            self._world.record.violation(f"the callback's answer is neither empty nor a sealed reply: {error}")
            return
        if reply.findtext("MsgType") == "text":
            self._show(userid, reply.findtext("Content") or "")

    def _open(self, body: bytes) -> ET.Element:
        outside = ET.fromstring(body)  # noqa: S314  # from the program under test, in a test
        encrypted, signature = outside.findtext("Encrypt") or "", outside.findtext("MsgSignature") or ""
        timestamp, nonce = outside.findtext("TimeStamp") or "", outside.findtext("Nonce") or ""
        if not self._crypto.verify(signature, timestamp, nonce, encrypted):
            raise ValueError("wrong MsgSignature")
        return ET.fromstring(self._crypto.decrypt(encrypted))  # noqa: S314  # as above

    def _show(self, userid: str, content: str) -> None:
        now, msgid = self._world.clock.now(), secrets.token_urlsafe(24)
        self._world.ledger.add(Entry(Outcome.DELIVERED, userid, "text", {"content": content}, msgid, now, "passive"))
        self._world.chats.add(userid, Bubble(msgid, "app", "text", {"content": content}, now.isoformat()))
