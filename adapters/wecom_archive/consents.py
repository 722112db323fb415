"""Asking WeCom who agreed to the archive: check_single_agree and check_room_agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import structlog

from adapters.wecom_archive.ports import Answer, Ask, Asking
from bot.contracts.errors import PermanentFailure

AT_ONCE = 100  # pairs in one request
AGREE, DISAGREE = "Agree", "Disagree"  # else Default_Agree: nobody was asked, which is no consent

Pair = tuple[str, str]

log = structlog.get_logger(__name__)


async def answers_of_wecom(asking: Asking, ask: Ask) -> list[Answer]:
    """What WeCom says of each; those of whom it says nothing for certain are left out.

    A request that WeCom refuses (a group that is no more, say) is passed over. Raises TemporaryFailure.
    """
    answers: list[Answer] = []
    for some in _chunks(asking.pairs):
        body = {"info": [{"userid": account, "exteranalopenid": contact} for account, contact in some]}
        answers += _of_pairs(await _asked(ask, "check_single_agree", body), set(some))
    for room in asking.rooms:
        found = _of_room(await _asked(ask, "check_room_agree", {"roomid": room}), room)
        answers += [found] if found else []
    return answers


async def _asked(ask: Ask, what: str, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    try:
        answer = await ask(f"msgaudit/{what}", body)
    except PermanentFailure as error:
        log.warning("wecom_archive.consent_refused", what=what, why=str(error))
        return []
    infos = answer.get("agreeinfo")
    return [one for one in infos if isinstance(one, Mapping)] if isinstance(infos, list) else []


def _of_pairs(infos: Sequence[Mapping[str, Any]], asked: set[Pair]) -> Iterator[Answer]:
    for info in infos:
        pair = str(info.get("userid", "")), str(info.get("exteranalopenid", ""))
        if pair in asked and info.get("agree_status") in {AGREE, DISAGREE}:
            yield Answer(info["agree_status"] == AGREE, _changed(info), pair=pair)


def _of_room(infos: Sequence[Mapping[str, Any]], room: str) -> Answer | None:
    """Everybody of them agreed; or one didn't, which is enough."""
    said = [str(info.get("agree_status", "")) for info in infos]
    if DISAGREE in said:
        return Answer(False, max(_changed(info) for info in infos if info["agree_status"] == DISAGREE), room=room)
    if said and set(said) == {AGREE}:
        return Answer(True, max(map(_changed, infos)), room=room)
    return None


def _changed(info: Mapping[str, Any]) -> datetime:
    seconds = info.get("status_change_time")
    known = isinstance(seconds, int) and 0 < seconds < 1 << 33
    return datetime.fromtimestamp(seconds if known and isinstance(seconds, int) else 0, UTC)


def _chunks(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    rest = iter(pairs)
    while some := list(islice(rest, AT_ONCE)):
        yield some
