"""The border where WeCom's callbacks enter: signature, decryption and XML, behind one class that never leaks a fault.

wechatpy raises IndexError, ValueError, struct.error, KeyError, AssertionError, UnicodeDecodeError and more on
signed but malformed input. Here everything becomes one of two errors: `NotFromWecom` or `Unreadable`.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from xml.parsers import expat

from bot.contracts.errors import ConfigurationError, XiaoceError
from config.locales import t

MAX_DEPTH = 16  # real callbacks nest four deep; a deeper tree would exhaust whoever walks it later


class NotFromWecom(XiaoceError):
    """The request is not signed or encrypted for this app, so it is refused; check token, aes_key and corp_id."""


class Unreadable(XiaoceError):
    """WeCom signed and encrypted this for us, but it holds no message; it is logged and dropped."""


class CallbackCrypto:
    """Opens what WeCom sends to a callback URL, and seals what is answered there."""

    def __init__(self, token: str, aes_key: str, corp_id: str, complaint: str = "wecom.check.aes_key") -> None:
        """`corp_id` is the receiveid: empty for AI bots. Raises ConfigurationError (text `complaint`) for a bad key."""
        from wechatpy.utils import WeChatSigner  # here, because wechatpy takes 0.4 s to import
        from wechatpy.work.crypto import WeChatCrypto

        try:
            self._crypto = WeChatCrypto(token, aes_key, corp_id)
        except (ValueError, AssertionError):  # binascii.Error is a ValueError; the chain would show the key
            raise ConfigurationError(t(complaint)) from None
        self._token = token
        self._signer = WeChatSigner

    def open_echo(self, query: Mapping[str, str]) -> str:
        """The exact plaintext that proves to WeCom that this URL is ours. Raises NotFromWecom."""
        return self._open(query, query.get("echostr", "").replace(" ", "+"))  # "+" is read as a space in a query

    def open_message(self, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The callback's fields as WeCom names them. Raises NotFromWecom, or Unreadable when signed but broken."""
        try:
            encrypted = parse_xml(body).get("Encrypt")
        except Unreadable as error:
            raise NotFromWecom("the body is no WeCom envelope") from error
        if not isinstance(encrypted, str):
            raise NotFromWecom("the envelope holds nothing encrypted")
        return parse_xml(self._open(query, encrypted).encode())

    def open_json(self, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """As `open_message` where envelope and message are JSON (AI bots)."""
        try:
            encrypted = parse_json(body).get("encrypt")
        except Unreadable as error:
            raise NotFromWecom("the body is no WeCom envelope") from error
        if not isinstance(encrypted, str):
            raise NotFromWecom("the envelope holds nothing encrypted")
        return parse_json(self._open(query, encrypted).encode())

    def seal_json(self, message: Mapping[str, Any], timestamp: int, nonce: str) -> dict[str, Any]:
        """The envelope of a passive answer to an AI bot's callback."""
        from wechatpy.work.crypto import PrpCrypto

        plaintext = json.dumps(message, ensure_ascii=False)
        encrypted = PrpCrypto(self._crypto.key).encrypt(plaintext, self._crypto.corp_id).decode()
        signature = self._signature(str(timestamp), nonce, encrypted)
        return {"encrypt": encrypted, "msgsignature": signature, "timestamp": timestamp, "nonce": nonce}

    def _open(self, query: Mapping[str, str], encrypted: str) -> str:
        """The only place that calls wechatpy. Checks signature, then receiveid; anything odd is NotFromWecom."""
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        signature = query.get("msg_signature", "")
        try:
            if not self._signed(signature, timestamp, nonce, encrypted):
                raise NotFromWecom("the signature is wrong")
            return str(self._crypto.decrypt_message({"Encrypt": encrypted}, signature, timestamp, nonce))
        except NotFromWecom:
            raise
        except Exception as error:
            # The name only: the text of such an error may hold pieces of what was decrypted.
            raise NotFromWecom(f"signed, but not encrypted for this app ({type(error).__name__})") from None

    def _signed(self, signature: str, *parts: str) -> bool:
        return hmac.compare_digest(self._signature(*parts).encode(), signature.encode())

    def _signature(self, *parts: str) -> str:
        signer = self._signer()
        signer.add_data(self._token, *parts)
        return str(signer.signature)


def parse_json(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises Unreadable."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the JSON is malformed ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise Unreadable("the JSON is no object")
    return found


def parse_xml(xml: bytes) -> dict[str, Any]:
    """The children of `<xml>`; repeated ones are lists. Raises Unreadable, also for any DTD or deep nesting."""
    import xmltodict

    try:
        root = xmltodict.parse(xml, expat=SimpleNamespace(ParserCreate=_strict_parser))["xml"]
    except Exception as error:
        raise Unreadable(f"the XML is malformed ({type(error).__name__})") from None
    if not isinstance(root, dict) or any(depth > MAX_DEPTH for depth in _depths(root)):
        raise Unreadable("the XML is no WeCom message")
    return root


def _strict_parser(encoding: str | None, separator: str | None) -> expat.XMLParserType:
    """A parser that refuses a DOCTYPE, the door of entity bombs and of files read from this machine."""
    parser = expat.ParserCreate(encoding, separator)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a DOCTYPE is never part of a callback")


def _depths(root: dict[str, Any]) -> Iterator[int]:
    """Depth of every node, without recursion."""
    todo: list[tuple[Any, int]] = [(root, 1)]
    while todo:
        node, depth = todo.pop()
        yield depth
        if isinstance(node, dict):
            todo += [(child, depth + 1) for child in node.values()]
        elif isinstance(node, list):
            todo += [(child, depth) for child in node]
