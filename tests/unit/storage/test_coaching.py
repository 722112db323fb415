"""Prompts and the figures behind the next one, labels, rules, proposals, patterns, visits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.contracts import Person, Role
from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.repositories.labels import Label
from storage.repositories.patterns import Pattern
from storage.repositories.prompts import Answers, Judged, KindCounts, Prompt, Response
from storage.repositories.proposals import PARTIES, Party, Proposal
from storage.repositories.rules import Rule
from storage.repositories.visits import Visit
from storage.store import Store
from storage.tables import metadata
from tests.unit.storage.company import NOW, OTHER, REP
from tests.unit.storage.talk import customer, talk

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_MEASURES = {
    "score",
    "scores",
    "penalty",
    "penalties",
    "rating",
    "rank",
    "ranking",
    "grade",
    "points",
    "demerit",
    "fine",
}


def test_no_column_scores_or_punishes_a_person() -> None:
    """A13, D7: over every table of ours, by the words that a name is made of."""
    columns = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    assert "prompts.arithmetic" in columns
    assert {name for name in columns if _MEASURES & set(re.split(r"[._]", name))} == set()


def prompt(number: int, **changes: object) -> Prompt:
    """The first rep's so-and-so-many-eth, an hour after the one before."""
    plain = Prompt(f"p{number}", "price_objection", REP.id, "sent", NOW + number * HOUR, customer_id="C1")
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


async def test_a_prompt_keeps_every_field(company: Database) -> None:
    full = prompt(
        1, signal_ids=("s1", "s2"), event="d1", deal_id="O1", priority="high", arithmetic={"rate": 0.5}, card_id="k1"
    )
    assert await company.write(lambda store: store.prompts.add(full))
    assert not await company.write(lambda store: store.prompts.add(full))
    assert await company.read(lambda store: store.prompts.get("p1")) == full
    assert await company.read(lambda store: store.prompts.of_card("k1")) == full
    assert await company.write(lambda store: store.prompts.respond("p1", "used", NOW + DAY))
    changed = await company.read(lambda store: store.prompts.get("p1"))
    assert changed == replace(full, response="used", responded_at=NOW + DAY)


async def test_one_card_per_person_customer_and_event(company: Database) -> None:
    """A guarantee of the database: whoever loses the race sends nothing. What is held back may be noted often."""

    def work(store: Store) -> list[bool]:
        return [
            store.prompts.add(one)
            for one in (
                prompt(1, event="visit-1"),
                prompt(2, event="visit-1"),
                prompt(3, event="visit-1", state="withheld", reason="one_per_event"),
                prompt(4, event="visit-2"),
                prompt(5, event="visit-1", customer_id="C2"),
                prompt(6, event="visit-1", person_id=OTHER.id),
                prompt(7),
                prompt(8),
            )
        ]

    assert await company.write(work) == [True, False, True, True, True, True, True, True]
    decided = await company.read(lambda store: store.prompts.of_event("C1", "visit-1"))
    assert [one.id for one in decided] == ["p1", "p3", "p6"]


async def answered(company: Database, responses: Sequence[Response], **changes: object) -> None:
    def work(store: Store) -> None:
        for number, response in enumerate(responses):
            store.prompts.add(prompt(number, response=response, **changes))

    await company.write(work)


async def test_how_a_person_answers(company: Database) -> None:
    """A10: over the last so many that were answered or ignored; what may still be answered doesn't count."""
    await answered(company, ("ignored", "ignored", "used", "interrupted", "later", "", ""))
    answers = await company.read(lambda store: store.prompts.answers(REP.id, 4))
    assert answers == Answers(4, 2, 1, 1)
    assert answers.rate == 0.5
    assert (await company.read(lambda store: store.prompts.answers(OTHER.id, 4))).rate is None
    window = await company.read(lambda store: store.prompts.of_person(REP.id, NOW + HOUR, NOW + 3 * HOUR))
    assert [one.id for one in window] == ["p1", "p2"]
    assert await company.read(lambda store: store.prompts.last_sent(REP.id)) == NOW + 6 * HOUR
    assert await company.read(lambda store: store.prompts.last_sent(REP.id, kind="x")) is None
    assert await company.read(lambda store: store.prompts.last_sent(REP.id, customer_id="C9")) is None


async def test_ignored_in_a_row(company: Database) -> None:
    """A13: three high ones; an answer to any of them begins anew; low ones and open ones don't count."""
    await answered(company, ("ignored", "used", "ignored", "ignored", "ignored", ""), priority="high")
    await company.write(lambda store: store.prompts.add(prompt(9, response="used", priority="low")))
    row = await company.read(lambda store: store.prompts.ignored_in_a_row(REP.id))
    assert [one.id for one in row] == ["p4", "p3", "p2"]
    assert await company.write(lambda store: store.prompts.respond("p5", "not_fit", NOW))
    assert await company.read(lambda store: store.prompts.ignored_in_a_row(REP.id)) == []


async def test_what_nobody_answered_counts_as_ignored_after_a_while(company: Database) -> None:
    await answered(company, ("", "used", ""))
    assert await company.write(lambda store: store.prompts.ignore_older(NOW + 2 * HOUR, NOW + DAY)) == 1
    assert not await company.write(lambda store: store.prompts.respond("p0", "ignored", NOW))
    assert await company.write(lambda store: store.prompts.respond("p0", "later", NOW)), "late is better than never"
    assert not await company.write(lambda store: store.prompts.respond("none", "used", NOW))


async def test_counts_by_kind_with_complaints(company: Database) -> None:
    """A11: what share of prompts was felt as an interruption; each viewer over their own people."""
    await answered(company, ("interrupted", "used", "", ""))

    def work(store: Store) -> None:
        store.prompts.add(prompt(10, state="withheld"))
        store.prompts.add(prompt(11, state="digest", kind="stalled"))
        store.prompts.add(prompt(12, person_id=OTHER.id, response="interrupted"))

    await company.write(work)
    manager = Person("E2001", "李伟", Role.MANAGER, "华东组", ("华东",))
    mine = await company.read(lambda store: store.prompts.counts(REP, NOW, NOW + DAY))
    assert mine == [KindCounts("price_objection", 4, 1, 0, 1, 1), KindCounts("stalled", 0, 0, 1, 0, 0)]
    assert (mine[0].complaint_rate, mine[1].complaint_rate) == (0.25, None)
    team = await company.read(lambda store: store.prompts.counts(manager, NOW, NOW + DAY))
    assert (team[0].sent, team[0].complaints) == (5, 2)
    assert await company.read(lambda store: store.prompts.counts(REP, NOW + DAY, NOW + 2 * DAY)) == []
    seen = await company.read(lambda store: store.prompts.visible_to(manager, NOW, NOW + DAY, states=("withheld",)))
    assert [one.id for one in seen] == ["p10"]


async def test_labels_are_learnt_from_and_seen_by_row(company: Database) -> None:
    """A12."""
    wrong = Label("l1", "price_objection", "没说太贵", "wrong", REP.id, NOW, "s1", reason="否定")
    missed = Label("l2", "ghosted", "", "missed", OTHER.id, NOW + DAY)

    def work(store: Store) -> list[bool]:
        return [store.labels.add(one) for one in (wrong, wrong, missed)]

    assert await company.write(work) == [True, False, True]
    assert await company.read(lambda store: store.labels.all()) == [wrong, missed]
    assert await company.read(lambda store: store.labels.all("wrong")) == [wrong]
    assert await company.read(lambda store: store.labels.visible_to(REP)) == [wrong]
    assert await company.read(lambda store: store.labels.visible_to(OPERATOR, kind="ghosted")) == [missed]


async def test_a_rule_changes_only_from_the_version_that_was_seen(company: Database) -> None:
    """A7: two people edit; the second is told."""
    rule = Rule("r1", "客户说两次竞品就提醒我", REP.id, NOW, NOW, {"kind": "competitor", "times": 2})

    def work(store: Store) -> None:
        assert store.rules.add(rule)
        assert not store.rules.add(rule)
        assert store.rules.live() == []
        assert store.rules.switch("r1", "live", NOW + HOUR)
        assert store.rules.rewrite("r1", 1, "三次", {"times": 3}, NOW + DAY)
        assert not store.rules.rewrite("r1", 1, "四次", {"times": 4}, NOW + DAY)
        assert not store.rules.switch("r2", "off", NOW)

    await company.write(work)
    [live] = await company.read(lambda store: store.rules.live())
    assert live == replace(
        rule, sentence="三次", definition={"times": 3}, version=2, state="live", changed_at=NOW + DAY
    )
    assert await company.read(lambda store: store.rules.visible_to(REP)) == [live]
    assert await company.read(lambda store: store.rules.visible_to(OTHER)) == []


async def test_a_proposal_needs_three_parties(company: Database) -> None:
    """A12: applied only after three approvals by three people; revertible."""

    def work(store: Store) -> None:
        proposals = store.proposals
        assert proposals.add(Proposal("c1", "2026-03", NOW, {"price": 0.7}, {"fewer": 41, "missed": 2}))
        assert not proposals.apply("c1")
        assert proposals.approve("c1", "algorithm", "E9001", NOW)
        assert proposals.approve("c1", "algorithm", "E9002", NOW) is None
        assert proposals.approve("c1", "rep", "E9001", NOW) is None, "one person speaks for one party"
        assert proposals.approve("c1", "rep", REP.id, NOW)
        assert not proposals.apply("c1")
        approved = proposals.approve("c1", "manager", "E2001", NOW)
        assert approved
        assert approved.missing == ()
        assert proposals.apply("c1")
        assert not proposals.refuse("c1", "E2001", NOW)
        assert proposals.approve("c1", "manager", "E2002", NOW) is None
        assert [one.id for one in proposals.applied()] == ["c1"]
        assert proposals.revert("c1", REP.id, NOW, "漏得太多")
        assert not proposals.revert("c1", REP.id, NOW, "又")

    await company.write(work)
    [proposal] = await company.read(lambda store: store.proposals.of_month("2026-03"))
    assert (proposal.state, proposal.approvals["rep"]["by"]) == ("reverted", REP.id)
    assert (proposal.version, proposal.closed_by, proposal.note) == (1, REP.id, "漏得太多")


async def test_approvals_at_once_count_once_each(company: Database) -> None:
    """A12: three people for each of two changes, all at once: both apply, as two versions; one person is one party."""

    def vote(id_: str, party: Party, by: str) -> Callable[[Store], bool]:
        return lambda store: store.proposals.approve(id_, party, by, NOW) is not None and store.proposals.apply(id_)

    await company.write(lambda s: [s.proposals.add(Proposal(id_, "2026-03", NOW)) for id_ in ("c1", "c2", "c3")])
    votes = [vote(id_, party, f"{id_}-{party}") for party in PARTIES for id_ in ("c1", "c2")]
    alone = [vote("c3", party, "E1001") for party in PARTIES]
    applied = await asyncio.gather(*(company.write(one) for one in (*votes, *alone)))
    assert applied.count(True) == 2
    found = await company.read(lambda store: store.proposals.history())
    assert {(one.id, one.version) for one in found} in ({("c1", 1), ("c2", 2)}, {("c1", 2), ("c2", 1)})
    [waiting] = await company.read(lambda store: store.proposals.open())
    assert len(waiting.approvals) == 1


async def test_what_people_made_of_prompts(company: Database) -> None:
    """A12: looked at is answered or labelled by anybody; a prompt counts once however many call it wrong."""

    def work(store: Store) -> None:
        for number in range(4):
            store.prompts.add(Prompt(f"p{number}", "ghosted", REP.id, "sent", NOW))
        store.prompts.add(Prompt("p9", "ghosted", REP.id, "withheld", NOW))
        store.prompts.respond("p0", "used", NOW)
        store.prompts.respond("p1", "ignored", NOW)
        for by in (REP.id, OTHER.id):
            store.labels.add(Label(f"l{by}", "ghosted", "", "wrong", by, NOW, prompt_id="p1"))

    await company.write(work)
    [found] = await company.read(lambda store: store.prompts.judged(NOW, NOW + DAY))
    assert found == Judged("ghosted", sent=4, looked_at=2, wrong=1)
    assert await company.read(lambda store: store.prompts.judged(NOW + DAY, NOW + 2 * DAY)) == []
    assert await company.read(lambda store: store.labels.wrong_prompts(["p0", "p1"])) == {"p1"}
    assert await company.read(lambda store: store.prompts.first_sent([REP.id, OTHER.id])) == {REP.id: NOW}


async def test_a_pattern_shows_the_quotes_that_one_may_see(company: Database) -> None:
    """A14, D9: the pattern is the company's, what a customer said isn't."""
    quotes = tuple({"dialogue_id": id_, "text": f"引用{id_}"} for id_ in ("d1", "d2", "gone"))
    pattern = Pattern("p1", "三步", NOW, ("异议响应", "价值重锚"), quotes, {"lift": 0.2}, "太贵", REP.id)

    def work(store: Store) -> None:
        customer(store)
        talk(store, "d1")
        talk(store, "d2", person_id=OTHER.id, customer_id="C2")
        store.patterns.put(pattern)
        assert store.patterns.switch("p1", "published", NOW + DAY)
        assert not store.patterns.switch("p2", "off", NOW)

    await company.write(work)
    shown = {}
    for viewer in (REP, OTHER, OPERATOR):
        [one] = await company.read(lambda store, viewer=viewer: store.patterns.visible_to(viewer, "published"))  # type: ignore[misc]  # a default only fixes the loop's value
        shown[viewer.id] = [quote["dialogue_id"] for quote in one.quotes]
    assert shown == {REP.id: ["d1"], OTHER.id: ["d2"], OPERATOR.id: ["d1", "d2"]}
    kept = await company.read(lambda store: store.patterns.get("p1"))
    assert kept == replace(pattern, quotes=quotes[:2], state="published", at=NOW + DAY)


async def test_on_a_visit(company: Database) -> None:
    """A2, A10: now, or ended within a window; of two at once the later one counts."""
    long = Visit("v1", REP.id, NOW, NOW + DAY, "calendar", "C1")
    short = Visit("v2", REP.id, NOW + HOUR, NOW + 2 * HOUR, "said")

    def work(store: Store) -> None:
        store.visits.put(replace(long, ends_at=NOW + 9 * DAY))
        store.visits.put(long)
        store.visits.put(short)

    await company.write(work)

    async def now(at: object) -> Visit | None:
        return await company.read(lambda store: store.visits.now(REP.id, at))  # type: ignore[arg-type]  # a time

    assert [await now(NOW - HOUR), await now(NOW), await now(NOW + HOUR), await now(NOW + 3 * HOUR)] == [
        None,
        long,
        short,
        long,
    ]
    assert await company.write(lambda store: store.visits.end("v1", NOW + 4 * HOUR))
    assert not await company.write(lambda store: store.visits.end("v1", NOW + 5 * HOUR))
    assert await now(NOW + 5 * HOUR) is None
    ended = await company.read(lambda store: store.visits.ended(NOW + 3 * HOUR, NOW + DAY))
    assert [visit.id for visit in ended] == ["v1"]
    assert await company.read(lambda store: store.visits.visible_to(OTHER, NOW, NOW + DAY)) == []
    assert len(await company.read(lambda store: store.visits.visible_to(REP, NOW, NOW + DAY))) == 2
