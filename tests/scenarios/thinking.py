"""A bot with a language model: what it says in the scenarios, and what the bot shows of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from storage.repositories.deliveries import Delivery
from tests.emulators.llm import Asked, LlmEmulator
from tests.emulators.llm.emulator import KEY, MODEL
from tests.scenarios.world import World

WORDED = "可以这样说（AI 措辞）："
TOO_EXPENSIVE = "客户说太贵了怎么回"  # search knows it
NEVER_HEARD = "甲方爸爸又磨叽了"  # search doesn't
# From the talk-track: its figures, its claims.
GOOD = "您觉得贵，是超了今年的预算，还是担心多久能赚回来？打样测的是每米 0.82 元，您现在外协是 1.6 元，您看准不准？"
_CHANGING = re.compile(r"[a-z]+-[0-9a-f]{32}|<time.*?</time>|https?://127\.0\.0\.1:\d+")


def thinks(emulator: LlmEmulator, **more: Any) -> Mapping[str, Any]:
    """Settings: a model that answers within seconds or is left alone for a moment."""
    times = {"seconds": 8, "unseen_seconds": 8, "first_token_seconds": 1.5, "draft_seconds": 0.1, "rest_seconds": 0.3}
    where = {"provider": "server", "model": MODEL, "base_url": emulator.base_url, "api_key": KEY}
    return {"enabled": True, **where, **times, **more}


def saying(words: str = GOOD, *choices: str) -> Callable[[Asked], str]:
    """These words whenever it writes; the first of the choices that it is offered whenever it chooses, else none."""

    def answer(asked: Asked) -> str:
        if asked.body.get("stream"):
            return words
        offered = str(asked.body["response_format"])
        return json.dumps({"choice": next((key for key in choices if f"'{key}'" in offered), "none")})

    return answer


def bare(html_or_json: str) -> str:
    """What was shown, without what is different each time: ids, times, the port."""
    return _CHANGING.sub("", html_or_json)


async def notices(world: World) -> list[str]:
    """What administrators were told about the model, oldest first."""
    listed: list[Delivery] = [*await world.deliveries("sent"), *await world.deliveries("waiting")]
    told = sorted((delivery.seq, json.dumps(delivery.payload, ensure_ascii=False)) for delivery in listed)
    return [text for _, text in told if "大模型" in text]
