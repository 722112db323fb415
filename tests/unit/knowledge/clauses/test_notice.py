"""A1: the key clauses of a mail in one notice: field and value in words, the sentence word for word."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.contracts.listening import Dialogue, Signal, Source, Utterance
from knowledge.clauses.notice import KIND, shown, terms_of, with_notice

SHANGHAI = ZoneInfo("Asia/Shanghai")
SENT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # the third in Shanghai


def mail(*sentences: str, at: datetime = SENT) -> Dialogue:
    said = tuple(Utterance(f"m#{n}", text, at=at) for n, text in enumerate(sentences, 1))
    return Dialogue("m", Source.EMAIL, said)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("合同总价128万元。", "价格 128 万元", "price CNY 1,280,000"),
        ("单价8600元。", "价格 8600 元", "price CNY 8,600"),
        ("Total price: USD 95,000.50.", "价格 USD 95,000.50", "price USD 95,000.50"),
        ("预付30%，交货期45天。", "付款 30%、交期 45 天", "payment 30%, delivery 45 days"),
        ("授予独家代理权。", "独家", "exclusivity exclusive"),
        ("本报价有效期30天。", "有效期 2026-04-02", "validity 2026-04-02"),
        ("期满自动续约。", "续约 自动", "renewal automatic"),
        ("质保期两年，请查收附件。", "", ""),
    ],
)
def test_values_are_said_as_people_write_them(text: str, zh: str, en: str) -> None:
    terms = terms_of(mail(text), SHANGHAI)
    assert (shown(terms, "zh"), shown(terms, "en")) == (zh, en)


def test_one_notice_takes_the_place_of_likeness() -> None:
    """Each sentence is cited once, and stands in its utterance; other signals stay."""
    dialogue = mail("您好。", "总价128万元，预付30%。", "交货期：", "45天。")
    alike, other = Signal(KIND, 0.6), Signal("price_objection", 0.9)
    [kept, notice] = with_notice([alike, other], dialogue, terms_of(dialogue, SHANGHAI), "zh")
    assert kept is other
    assert notice.values["terms"] == "：价格 128 万元、付款 30%、交期 45 天"
    assert [one.utterance_id for one in notice.evidence] == ["m#2", "m#4"]
    texts = {one.id: one.text for one in dialogue.utterances}
    assert all(one.quote in texts[one.utterance_id] for one in notice.evidence)


def test_what_only_looks_like_a_clause_stays_when_no_rule_reads_one() -> None:
    dialogue = mail("价格按上次说的办。")
    [kept] = with_notice([Signal(KIND, 0.6, (), {"price": "x"})], dialogue, terms_of(dialogue, SHANGHAI), "zh")
    assert (kept.score, dict(kept.values)) == (0.6, {"price": "x", "terms": ""})


def test_terms_of_a_forwarded_mail_are_counted_from_its_own_day() -> None:
    inner = Utterance("m#1", "本报价有效期10天。", at=datetime(2026, 2, 1, tzinfo=UTC))
    outer = Utterance("m#2", "请看，本报价有效期10天。", at=SENT)
    terms = terms_of(Dialogue("m", Source.EMAIL, (inner, outer)), SHANGHAI)
    assert [(term.utterance.id, term.clause.value) for term in terms] == [("m#1", "2026-02-11"), ("m#2", "2026-03-13")]
