"""A14: won deals pass three stages in order, lost ones do not; found again by reading the messages."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from config.sample_company.manifest import Manifest

Table = Callable[..., list[dict[str, str]]]
Chat = list[dict[str, str]]  # id, from, text

# What a reader would look for in the rep's sentences.
STAGES = {
    "objection_response": "理解|顾虑|换成我|在理|体会|很正常|谢谢您直说|明白，预算|站在您|问得好|难处",
    "value_reanchor": "算一笔账|三年的使用成本|三年总成本|折算|回本|综合成本|停机和返工|换个算法",
    "timed_close": "名额|月底|有效期|只留到|最晚|涨价|空档期",
}


@pytest.fixture(scope="module")
def chats(folder: Path) -> dict[str, Chat]:
    """Room → its messages in order of time."""
    rooms: dict[str, Chat] = defaultdict(list)
    for path in sorted((folder / "chat").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            raw = json.loads(line)
            assert f"{raw['msgtime']}" > rooms[raw["roomid"]][-1]["at"] if rooms[raw["roomid"]] else True
            message = {"id": raw["msgid"], "from": raw["from"], "text": raw["text"]["content"]}
            rooms[raw["roomid"]].append(message | {"at": f"{raw['msgtime']}"})
    return dict(rooms)


def _stages(chat: Chat, rep: str) -> list[tuple[str, str]]:
    said = [m for m in chat if m["from"] == rep]
    return [(name, m["id"]) for m in said for name, words in STAGES.items() if re.search(words, m["text"])]


def test_won_deals_follow_the_three_stages(table: Table, chats: dict[str, Chat], manifest: Manifest) -> None:
    outcome = {r["商机编号"]: r["结果"] for r in table("crm/opportunities.csv", "gbk")}
    found: dict[str, tuple[str, ...]] = {}
    for room in table("chat/rooms.csv"):
        stages = _stages(chats.get(room["会话ID"], []), room["员工账号"])
        if [name for name, _ in stages] == list(STAGES):
            found[room["商机编号"]] = tuple(id_ for _, id_ in stages)
    planted = manifest.facts.three_stage_deals
    expected = {d.opportunity: (d.objection_response, d.value_reanchor, d.timed_close) for d in planted}
    assert found == expected
    assert {outcome[deal] for deal in found} == {"赢单"}
    won = [deal for deal, how in outcome.items() if how == "赢单"]
    assert 0.5 < len(found) / len(won) < 0.9


def test_lost_deals_have_parts_of_the_pattern(table: Table, chats: dict[str, Chat]) -> None:
    """Else looking for any one phrase would do, and nothing would be mined."""
    outcome = {r["商机编号"]: r["结果"] for r in table("crm/opportunities.csv", "gbk")}
    lost = [r for r in table("chat/rooms.csv") if outcome[r["商机编号"]] == "输单"]
    counts = [len(_stages(chats.get(r["会话ID"], []), r["员工账号"])) for r in lost]
    assert max(counts) == 2
    assert sum(count > 0 for count in counts) > 40


def test_wording_varies(chats: dict[str, Chat], manifest: Manifest) -> None:
    text = {m["id"]: m["text"] for chat in chats.values() for m in chat}
    for stage in STAGES:
        sentences = {text[getattr(deal, stage)] for deal in manifest.facts.three_stage_deals}
        assert len(sentences) > 0.6 * len(manifest.facts.three_stage_deals), stage
    assert not [t for t in text.values() if "{" in t]


def test_who_refused_is_not_archived(table: Table, chats: dict[str, Chat], manifest: Manifest) -> None:
    """A18: no consent, no message."""
    refused = {r["会话ID"] for r in table("chat/rooms.csv") if r["同意存档"] == "否"}
    assert refused == set(manifest.facts.rooms_without_consent)
    assert len(refused) == 12
    assert not refused & set(chats)


def test_reps_chat_with_their_own_accounts(table: Table, chats: dict[str, Chat]) -> None:
    accounts = {r["企业微信账号"] for r in table("hr/people.csv", "utf-8-sig")}
    for room in table("chat/rooms.csv"):
        assert room["员工账号"] in accounts
        assert {m["from"] for m in chats.get(room["会话ID"], [])} <= {room["员工账号"], room["外部联系人ID"]}


def test_one_person_alone_writes_and_who_decides_is_silent(
    table: Table, chats: dict[str, Chat], manifest: Manifest
) -> None:
    """A1: open deals in whose rooms listed people write, and others of the list don't."""
    deals = {r["商机编号"]: r for r in table("crm/opportunities.csv", "gbk")}
    people = table("crm/contacts.csv", "gbk")
    accounts = {r["企业微信外部联系人ID"]: r for r in people if r["企业微信外部联系人ID"]}
    alone: set[str] = set()
    silent: set[str] = set()
    for room in table("chat/rooms.csv"):
        wrote = {m["from"] for m in chats.get(room["会话ID"], [])} & set(accounts)
        if wrote:
            alone.add(room["商机编号"])
            deal = deals[room["商机编号"]]
            listed = [r for r in people if r["商机编号"] == deal["商机编号"]]
            assert (len(wrote), len(listed), deal["结果"]) == (1, 2, "进行中")
            decides = {r["企业微信外部联系人ID"] for r in listed if r["决策人"] == "是"}
            silent |= set() if decides & wrote else {deal["商机编号"]}
            assert deal["创建日期"] <= "2026-02-18"
    assert (alone, silent) == (set(manifest.facts.single_threaded_deals), set(manifest.facts.silent_deciders))
    assert (len(alone), len(silent)) == (8, 4)
