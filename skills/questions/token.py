"""A plan in an address: short enough for a card's link, and never trusted: it is checked and run anew."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.contracts.errors import BadInput
from knowledge.metrics.plan import Plan, dump, read
from knowledge.questions.outcome import PROPOSED, Piece

LONGEST = 20_000  # bytes of what is unpacked: more was packed to do harm
PAGE = "/ask"


@dataclass(frozen=True, slots=True)
class Kept:
    """What an address or a card stands for: plans with the words that meant them. One: an answer; several: choices.

    `proposed`: a language model said what the words mean, which every answer to them tells (D1).
    """

    plans: tuple[Plan, ...] = ()
    words: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    proposed: bool = False

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What is still known of how the words were taken."""
        return (PROPOSED,) if self.proposed else ()


def pack(kept: Kept) -> str:
    """Letters, digits, - and _."""
    data = {
        "p": [dump(plan) for plan in kept.plans],
        "q": list(kept.words),
        "n": list(kept.nearest),
        "m": kept.proposed,
    }
    plain = json.dumps({name: one for name, one in data.items() if one}, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9)).decode().rstrip("=")


def unpack(token: str) -> Kept:
    """Raises BadInput when it isn't one of ours."""
    try:
        packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        opened = zlib.decompressobj()
        plain = opened.decompress(packed, LONGEST)
        if opened.unconsumed_tail:
            raise ValueError("too long")
        return _kept(json.loads(plain))
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("questions.errors.link") from error


def address(kept: Kept, page: str = PAGE) -> str:
    """The page that shows it."""
    return f"{page}?{urlencode({'plan': pack(kept)})}"


def of_address(url: str) -> Kept:
    """What a card's own link stands for. Raises BadInput."""
    return unpack(parse_qs(urlsplit(url).query).get("plan", [""])[0])


def one(plan: Plan, words: Sequence[str], *, proposed: bool = False) -> Kept:
    """An answer."""
    return Kept((plan,), tuple(words), proposed=proposed)


def _kept(data: dict[str, Any]) -> Kept:
    plans = tuple(read(plan) for plan in data.get("p", ()))
    return Kept(plans, tuple(map(str, data.get("q", ()))), tuple(map(str, data.get("n", ()))), bool(data.get("m")))
