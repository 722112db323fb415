"""The archive as its company writes it: messages sealed with real RSA keys, for a child that opens them."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SECRET = "emulated-archive-secret"
WORKER = "tests.emulators.wecom_archive"  # instead of `adapters.wecom_archive.client.WORKER`


class ArchiveEmulator:
    """Put `worker` in the place of the bot's, and `settings()` into its settings."""

    worker = WORKER

    def __init__(self, folder: Path) -> None:
        self.secret = SECRET
        self.script = folder / "script.json"
        self.keys = folder / "keys"
        self.keys.mkdir(parents=True)
        self._log = folder / "script.json.log"
        self._messages: list[dict[str, Any]] = []
        self._pulls: list[str] = []
        self._files: dict[str, str] = {}
        self._stuck = False
        self.hand_out(1)
        self._write()

    def settings(self, rooms: Path, **more: Any) -> dict[str, Any]:
        """Of the group `wecom_archive`."""
        own = {"enabled": True, "library": self.script, "keys": self.keys, "secret": self.secret, "corp_id": "ww1"}
        return {**own, "rooms": rooms, "pull_seconds": 1, **more}

    def hand_out(self, version: int, *, other: bool = False) -> None:
        """Put the private key of this version into the bot's folder; `other`: a key, but not the right one."""
        (self.keys / f"{version}.pem").write_bytes(pem(version + 1000 if other else version))

    def add(self, line: str, *, version: int = 1, fault: str = "") -> int:
        """A message. `fault`: "die", "die once", "hang", "garbage" or a code, whenever it is opened. Its seq."""
        own = secrets.token_urlsafe(24)
        wrapped = _key(version).public_key().encrypt(own.encode(), padding.PKCS1v15())
        owner = hashlib.sha256(own.encode()).hexdigest()
        return self._add(
            line, version, base64.b64encode(wrapped), f"{fault}|{owner}|{base64.b64encode(line.encode()).decode()}"
        )

    def add_unsealable(self, version: int = 1) -> int:
        """A message whose key was wrapped for nobody."""
        return self._add("{}", version, base64.b64encode(secrets.token_bytes(256)), "||")

    def keep_file(self, file: str, content: bytes, *, stuck: bool = False) -> None:
        """A media file; `stuck`: its pieces never advance."""
        self._files[file], self._stuck = base64.b64encode(content).decode(), stuck
        self._write()

    def fail_pulls(self, *faults: str) -> None:
        """What befalls the next pulls: as in `add`, or "errcode 301052"."""
        self._pulls = [*[""] * len(self.pulls()), *faults]
        self._write()

    def pulls(self) -> list[int]:
        """The seq of every pull, in order."""
        return [one["seq"] for one in self._asked() if one["kind"] == "pull"]

    def opened(self) -> int:
        """How often a message was opened, or died over."""
        return sum(one["kind"].startswith("open") for one in self._asked())

    def children(self) -> int:
        """How many processes there have been."""
        return len({one["pid"] for one in self._asked()})

    def _add(self, line: str, version: int, wrapped: bytes, content: str) -> int:
        seq = len(self._messages) + 1
        known = json.loads(line) if line.startswith("{") else {}
        message = {"seq": seq, "msgid": known.get("msgid", f"m{seq}"), "publickey_ver": version}
        self._messages.append({**message, "encrypt_random_key": wrapped.decode(), "encrypt_chat_msg": content})
        self._write()
        return seq

    def _asked(self) -> list[dict[str, Any]]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [json.loads(line) for line in lines]

    def _write(self) -> None:
        """In one go: the child may read at any moment."""
        script: dict[str, Any] = {"secret": self.secret, "messages": self._messages, "pulls": self._pulls}
        script |= {"files": self._files, "stuck": self._stuck}
        begun = self.script.with_suffix(".part")
        begun.write_text(json.dumps(script))
        begun.replace(self.script)


@cache
def _key(version: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(version: int) -> bytes:
    """The private key of a version: the same for all tests of a run."""
    return _key(version).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
