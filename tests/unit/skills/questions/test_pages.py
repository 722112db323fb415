"""B9, D9: files, links and pages of answers."""

from __future__ import annotations

import csv
import io
import json
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from bot.contracts import Card, PageRequest, PageResult, Person
from bot.contracts.errors import BadInput
from knowledge.metrics.plan import Change, Filter, Order, Plan, Span, Threshold
from skills.questions.answer import Answer
from skills.questions.answering import Answering
from skills.questions.drawing import draw
from skills.questions.export import exported
from skills.questions.pages import QuestionPages
from skills.questions.picture import picture
from skills.questions.table import table
from skills.questions.token import Kept, of_address, one, pack, unpack
from tests.unit.flows.telling import Clock
from tests.unit.knowledge.metrics.small_company import NOVEMBER, NOW, OPS, REP

pytestmark = pytest.mark.asyncio(loop_scope="package")

LEADS = Plan(metrics=("leads",), by=("channel",), span=NOVEMBER)
FULL = Plan(
    kind="what_if",
    metrics=("won_amount", "leads"),
    by=("region", "channel"),
    where=(Filter("region", ("华东", "华南"), "not_in"),),
    having=(Threshold("won_amount", ">=", 1e6),),
    span=Span(NOVEMBER.first, NOVEMBER.last, "本月"),
    grain="month",
    against="year_ago",
    order=Order("won_amount", descending=False),
    limit=3,
    share=True,
    change=Change(-100, "channel", "搜索"),
)


@pytest.fixture
def pages(answering: Answering) -> QuestionPages:
    return QuestionPages(answering, Clock(NOW))


def asked(viewer: Person = OPS, **query: str) -> PageRequest:
    return PageRequest(viewer, "zh", query=query)


async def test_a_link_holds_a_plan() -> None:
    """Whole, and short enough for every platform; nothing that isn't ours is taken."""
    kept = Kept((FULL,), ("本月各渠道的线索", "那华南呢"), ("x",))
    assert unpack(pack(kept)) == kept
    assert len(pack(kept)) < 700
    bomb = urlsafe_b64encode(zlib.compress(b'{"q":["' + b"x" * 10_000_000 + b'"]}')).decode()
    for wrong in ("", "abc", "====", bomb):
        with pytest.raises(BadInput):
            unpack(wrong)
    with pytest.raises(BadInput):
        of_address("/ask")


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param({"sql": "x"}, id="sql"),
        pytest.param({"kind": "guess", "metrics": ["leads"]}, id="kind"),
        pytest.param({"metrics": [["leads"]]}, id="names"),
        pytest.param({"metrics": ["leads"], "limit": "all"}, id="limit"),
        pytest.param({"metrics": ["leads"], "order": {"by": []}}, id="order"),
        pytest.param({"kind": "what_if", "metrics": ["leads"], "change": {"percent": "-"}}, id="percent"),
        pytest.param("leads", id="text"),
    ],
)
async def test_a_link_written_by_hand_is_refused(pages: QuestionPages, plan: object) -> None:
    """With a sentence, not with a fault of the server."""
    link = urlsafe_b64encode(zlib.compress(json.dumps({"p": [plan]}).encode())).decode()
    assert (await pages.ask(asked(plan=link))).status == 404


async def test_a_link_remembers_that_a_model_read_the_words(pages: QuestionPages) -> None:
    """D1: whoever opens it, goes on from it or presses 为什么 is told."""
    link = pack(one(Plan(metrics=("won_amount",), by=("region",)), ("谁家成色最足",), proposed=True))
    found = await pages.ask(asked(plan=link))
    assert found.values["card"].facts[0].value.endswith("（由模型理解）")
    assert unpack(found.values["token"]).proposed
    assert all(of_address(url).proposed for _, url, _ in found.values["views"])


async def test_one_bar_of_what_is_now_leads_to_its_rows(pages: QuestionPages) -> None:
    """在谈商机金额 knows no months: behind its bars are the deals."""
    found = await pages.ask(asked(plan=pack(one(Plan(metrics=("pipeline",), by=("region",)), ("x",)))))
    url = found.values["drill"](("华东",))
    again = await pages.ask(asked(plan=url.partition("plan=")[2]))
    assert again.values["answer"].plan.rows == "deal"
    assert again.values["wrong"] == ""


async def test_files_run_nothing(answering: Answering) -> None:
    """A customer who calls himself a formula stays text, in CSV and in the workbook; numbers stay numbers."""
    answer = await answering.desk.answer(replace(LEADS, by=("channel",)), OPS, NOW, "zh")
    evil = '=HYPERLINK("http://x")'
    named = {**answer.names.values, "channel": {"搜索": evil}}
    answer = replace(answer, names=replace(answer.names, values=named))
    rows = list(csv.reader(io.StringIO(exported(answer, "csv").decode("utf-8-sig"))))
    assert rows[0][:2] == ["渠道", "线索数"]
    assert ["'" + evil, "2"] in [row[:2] for row in rows]
    book = load_workbook(io.BytesIO(exported(answer, "xlsx")))
    cells = {cell.value: cell.data_type for row in book.active.iter_rows() for cell in row if cell.value}
    assert cells[evil] == "s"
    assert cells[2] == "n"


async def test_pictures(answering: Answering) -> None:
    """Bars, the two series of a comparison, a trend; nothing for one number."""
    plans = (
        LEADS,
        replace(LEADS, against="before"),
        Plan(metrics=("payments_received",), grain="month"),
        Plan(metrics=("leads",), by=("channel",), grain="month"),
    )
    for plan in plans:
        answer = await answering.desk.answer(plan, OPS, NOW, "zh")
        drawing = draw(answer)
        assert drawing is not None
        made = picture(drawing, "本月线索 <script>", "问数")
        assert made is None or made.startswith(b"\x89PNG")
    assert draw(await answering.desk.answer(replace(LEADS, by=()), OPS, NOW, "zh")) is None


async def test_the_page_answers(pages: QuestionPages) -> None:
    """In words and by link; chart, other views, files; SQL for those who keep the data alone."""
    found = await pages.ask(asked(q="本月各渠道的线索"))
    assert headline(found).startswith("本月")
    assert found.values["drawing"] is not None
    assert any("按大区" in label for label, _, _ in found.values["views"])
    assert found.values["statements"]
    link = found.values["token"]
    again = await pages.ask(asked(plan=link))
    assert headline(again) == headline(found)
    for name in ("answer.csv", "answer.xlsx"):
        file = (await pages.export(replace(asked(plan=link), path={"name": name}))).file
        assert file
        assert file.path.stat().st_size > 100
    assert (await pages.export(replace(asked(plan=link), path={"name": "answer.exe"}))).status == 404


async def test_the_page_asks_for_the_right_every_time(pages: QuestionPages) -> None:
    """D9: the same link shows a rep their own rows, or whom to ask."""
    link = pack(one(Plan(metrics=("won_amount",), by=("region",), span=NOVEMBER), ("x",)))
    everything, own = await pages.ask(asked(plan=link)), await pages.ask(asked(REP, plan=link))
    assert headline(own).startswith("您名下")
    assert "statements" not in own.values or own.values["statements"] == ()
    assert headline(own) != headline(everything)
    refused = await pages.ask(asked(REP, plan=pack(one(LEADS, ()))))
    assert refused.values["answer"] is None
    assert "区域总监" in refused.values["wrong"]
    file = await pages.export(replace(asked(REP, plan=pack(one(LEADS, ()))), path={"name": "answer.csv"}))
    assert file.status == 404


async def test_the_page_asks_back(pages: QuestionPages) -> None:
    """Choices and nearest questions are links; a broken one says so."""
    assert len((await pages.ask(asked(q="你是个傻瓜"))).values["nearest"]) == 3
    assert len((await pages.ask(asked(q="上个月的收入是多少"))).values["choices"]) > 1
    assert (await pages.ask(asked(plan="broken"))).status == 404
    assert (await pages.ask(asked())).values["answer"] is None
    opened = await pages.open_questions(asked())
    assert any("傻瓜" in row.text for row in opened.values["rows"])


async def test_subscribed_on_the_page(pages: QuestionPages) -> None:
    link = (await pages.ask(asked(q="本月各渠道的线索"))).values["token"]
    form = {"plan": link, "rhythm": "workday", "minute": "08:05"}
    done = await pages.subscriptions(replace(asked(), method="POST", form=form))
    assert "每个工作日 08:05" in done.values["said"]
    [(number, words, when, _)] = done.values["rows"]
    assert (words, when) == ("本月各渠道的线索", "每个工作日 08:05")
    wrong = await pages.subscriptions(replace(asked(), method="POST", form={**form, "minute": "99:99"}))
    assert "打不开" in wrong.values["said"]
    other = await pages.subscriptions(replace(asked(REP), method="POST", form={"number": str(number)}))
    assert "没有这个订阅" in other.values["said"]
    ended = await pages.subscriptions(replace(asked(), method="POST", form={"number": str(number)}))
    assert ended.values["rows"] == []


def headline(found: PageResult) -> str:
    """The answer's first line."""
    card = found.values["card"]
    assert isinstance(card, Card)
    assert isinstance(found.values["answer"], Answer)
    assert table(found.values["answer"]).lines
    return card.headline
