"""From the sentence in a chat to the card and its picture: the open questions, without a model.

Over the sample company, and over 1,000,000 leads and 4,000,000 touches (QUESTIONS_LEADS) with 200,000 customers.

Everything that the skill does: claiming, understanding, permissions, SQL, words, the drawing as PNG, the notes that are
kept. Not the router's embeddings of other skills' sentences, nor the platform.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts import Address, Context, Message, Person, Reply, Role
from knowledge.metrics.loading import load_registry
from knowledge.playbook.vocabulary import Vocabulary
from skills.questions.answering import Answering
from skills.questions.desk import Desk
from skills.questions.skill import QuestionsSkill
from storage.database import Database
from storage.warehouse import Warehouse
from tests.benchmarks.figures import percentile, seconds, table
from tests.benchmarks.machine import ROOT
from tests.benchmarks.questions_speed import LEADS, MEMORY_MB, large
from tests.unit.skills.funnel.sample import load

QUESTIONS = ROOT / "tests" / "evals" / "questions" / "open.jsonl"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 15, 2, tzinfo=UTC)  # of the sample company that the benchmarks use; the large one has its days
ROLES = {"E1": Role.REP, "E2": Role.MANAGER, "E3": Role.DIRECTOR, "E4": Role.SALES_OPS, "E5": Role.CHANNEL_OWNER}


def run(tell: Callable[[str], None]) -> str:
    """p50, p95 and the slowest, by what came of the question."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for company, fill in (("sample", _sample), (f"{LEADS:,} leads", large)):
            tell(company)
            found = asyncio.run(_measured(Path(folder) / company, fill, tell))
            every = [one for taken in found.values() for one in taken]
            rows += [_row(company, name, taken) for name, taken in [*sorted(found.items()), ("all", every)]]
    return table(("Company", "Outcome", "n", "p50", "p95", "slowest"), rows)


def _row(company: str, name: str, taken: list[float]) -> tuple[str, ...]:
    return company, name, f"{len(taken)}", *map(seconds, (percentile(taken, 50), percentile(taken, 95), max(taken)))


async def _sample(folder: Path) -> Database:
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    database.migrate()
    await load(database, folder / "company")
    return database


async def _measured(
    folder: Path, fill: Callable[[Path], Awaitable[Database]], tell: Callable[[str], None]
) -> dict[str, list[float]]:
    with closing(await fill(folder)) as database:
        warehouse = Warehouse(database, folder / "warehouse", MEMORY_MB)
        desk = Desk(database, warehouse, load_registry, Vocabulary.load(), ZONE)
        skill = QuestionsSkill(Answering(desk, folder, "http://xiaoce.example"), lambda _text, _plan: False)
        await _one(skill, {"question": "上周各渠道的线索", "asker": "E4001"})  # libraries and values are read once
        found: dict[str, list[float]] = defaultdict(list)
        for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            tell(question["question"][:40])
            outcome, taken = await _one(skill, question)
            found[outcome].append(taken)
        await warehouse.close()
    return found


async def _one(skill: QuestionsSkill, question: dict[str, Any]) -> tuple[str, float]:
    id_, text = question["asker"], question["question"]
    person = Person(id_, id_, ROLES.get(id_[:2], Role.ADMIN), "华东组", ("华东",))
    memory = {"plan": question["after"], "words": [""]} if question.get("after") else {}
    to = Address("console", id_)
    context = Context(person, to, question.get("language", "zh"), NOW, memory)
    begun = time.perf_counter()
    await skill.claims(text, context)
    outcomes = await skill.handle(Message("m", to.channel, to.conversation, id_, "text", NOW, text=text), context)
    taken = time.perf_counter() - begun
    reply = next(one for one in outcomes if isinstance(one, Reply))
    if reply.files:
        return "answered with a picture", taken
    if reply.card is None:
        return "refused", taken
    return ("answered" if len(outcomes) > 1 else "asked back"), taken
