"""A8: the card folds, unfolds, and keeps every limit of WeCom's template cards, whatever is in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.common.text import clean
from adapters.common.wecom.buttons import split_key
from adapters.common.wecom.card import template_card
from adapters.common.wecom.markdown import one_line, plain
from adapters.common.wecom.split import size
from adapters.wecom.render import render
from bot.contracts.card import Action, Card, Citation, Fact, Section
from bot.contracts.reply import Address, CardUpdate, OutgoingFile, Reply

CONSOLE = "https://bot.example.com"
TO = Address("wecom", "user:zhangsan")
REPORT = Citation("2025 年测试报告", "https://docs.example.com/report", "质检部 v3")
CARD = Card(
    id="card-1",
    headline="客户提到价格：先认同，再谈总成本",
    summary="三年总成本比竞品低 18%",
    source="话术库 · 报价",
    facts=(Fact("阶段", "报价"), Fact("金额", "620 万")),
    sections=(
        Section("这样说", "> 我理解您的顾虑。我们一起看看三年的总成本？"),
        Section("步骤", "1. 认同\n2. 换算\n3. 限时"),
        Section("对比", "| 项目 | 我们 | 竞品 |\n|---|---|---|\n| 能耗 | 1.2 度 | 1.8 度 |"),
    ),
    actions=(
        Action("useful", "有用", "primary"),
        Action("interrupted", "打断我了", "danger"),
        Action("report", "测试报告", url="https://docs.example.com/report"),
    ),
    citations=(REPORT,),
    url="https://bot.example.com/cards/1",
)


def rendered(reply: Reply) -> list[Any]:
    payloads = render(reply, 1000002, CONSOLE)
    assert json.loads(json.dumps(payloads)) == payloads  # stored and replayed as JSON
    return payloads


def keys(card: dict[str, Any]) -> list[str]:
    return [split_key(button["key"])[1] for button in card["button_list"]]


def test_plain_words_are_text_and_marked_ones_markdown() -> None:
    (text,) = rendered(Reply(TO, "好的，已记下。"))
    assert text == {
        "call": "message/send",
        "body": {"touser": "zhangsan", "agentid": 1000002, "msgtype": "text", "text": {"content": "好的，已记下。"}},
    }
    (marked,) = rendered(Reply(TO, "**好的**"))
    assert marked["body"]["msgtype"] == "markdown"


def test_nothing_to_say_is_no_call() -> None:
    assert rendered(Reply(TO, " \n\x00")) == []


def test_long_answers_come_in_numbered_parts() -> None:
    parts = rendered(Reply(TO, "这是一句很长的话。" * 400))
    contents = [part["body"]["text"]["content"] for part in parts]
    assert len(parts) == 6
    assert all(size(content) <= 2048 for content in contents)
    assert contents[5].startswith("(6/6)\n")


def test_citations_stand_below_the_text() -> None:
    (marked,) = rendered(Reply(TO, "总成本低 18%", citations=(REPORT, Citation("口述"))))
    assert marked["body"]["markdown"]["content"] == (
        "总成本低 18%\n\n来源：\n- [2025 年测试报告](https://docs.example.com/report) · 质检部 v3\n- 口述"
    )


def test_folded_card_shows_one_line_and_can_be_unfolded() -> None:
    """A8: one line first."""
    (payload,) = rendered(Reply(TO, card=CARD))
    card = payload["body"]["template_card"]
    assert card["card_type"] == "button_interaction"
    assert card["main_title"] == {"title": CARD.headline}
    assert card["sub_title_text"] == CARD.summary
    assert "quote_area" not in card
    assert "horizontal_content_list" not in card
    assert keys(card) == ["unfold", "useful", "interrupted"]
    assert card["button_list"][0]["key"] == "card-1:unfold"
    assert "jump_list" not in card, "a button_interaction has no such field"
    assert card["card_action"] == {"type": 1, "url": CARD.url}


def test_unfolding_changes_the_card_and_sends_what_has_no_room() -> None:
    """A8: press → unfolds to comparison, talk-track and the report's link."""
    reply = Reply(TO, card=replace(CARD, unfolded=True), update=CardUpdate("card-1", "rc-9", news=True))
    update, follow = rendered(reply)
    assert update["call"] == "update_template_card"
    body = update["body"]
    assert (body["userids"], body["agentid"], body["response_code"]) == (["zhangsan"], 1000002, "rc-9")
    card = body["template_card"]
    assert card["quote_area"]["quote_text"] == "我理解您的顾虑。我们一起看看三年的总成本？"
    assert [row["value"] for row in card["horizontal_content_list"]] == ["报价", "620 万", "测试报告", "查看全文"]
    assert [row.get("url", "") for row in card["horizontal_content_list"]][2:] == [
        "https://docs.example.com/report",
        CARD.url,
    ]
    assert keys(card) == ["fold", "useful", "interrupted"]
    text = follow["body"]["markdown"]["content"]
    assert "- **能耗**：我们 1.2 度；竞品 1.8 度" in text
    assert "https://docs.example.com/report" in text


def test_an_unfolded_card_that_fits_stands_alone() -> None:
    small = Card("c", "标题", sections=(Section("这样说", "短"),), unfolded=True)
    assert len(rendered(Reply(TO, card=small, update=CardUpdate("c", "rc", news=True)))) == 1


def test_later_changes_of_an_open_card_change_the_card_only() -> None:
    """A8: the whole text went out when the card was unfolded; thanks for a press don't send it again."""
    card = replace(CARD, unfolded=True, pressed="useful", notice="已记下，谢谢")
    (update,) = rendered(Reply(TO, card=card, update=CardUpdate("card-1", "rc-9")))
    assert update["call"] == "update_template_card"


def test_links_inside_an_open_card_are_not_lost() -> None:
    section = Section("报告", "[全文](https://docs.example.com/r)")
    calls = rendered(Reply(TO, card=Card("c", "标题", sections=(section,), unfolded=True)))
    assert "https://docs.example.com/r" in calls[1]["body"]["markdown"]["content"]


def test_update_without_a_handle_is_a_new_card() -> None:
    (payload,) = rendered(Reply(TO, card=CARD, update=CardUpdate("card-1", "")))
    assert payload["call"] == "message/send"


def test_card_without_buttons_is_a_notice_that_leads_somewhere() -> None:
    (payload,) = rendered(Reply(TO, card=Card("c", "数据正常", facts=(Fact("渠道", "搜索"),))))
    card = payload["body"]["template_card"]
    assert card["card_type"] == "text_notice"
    assert card["card_action"] == {"type": 1, "url": CONSOLE}
    assert card["horizontal_content_list"] == [{"keyname": "渠道", "value": "搜索"}]


def test_what_was_pressed_is_noted_and_cannot_be_pressed_again() -> None:
    """A8: ✓ stands where the notice is; the button is gone, the others stay."""
    (payload,) = rendered(Reply(TO, card=replace(CARD, pressed="useful", notice="已记下，谢谢")))
    card = payload["body"]["template_card"]
    assert keys(card) == ["unfold", "interrupted"]
    assert card["main_title"]["desc"] == "✓ 有用 · 已记下，谢谢"


def test_the_only_button_is_greyed_once_it_is_pressed() -> None:
    """A8: WeCom's replace_text, for updates only: a new card has no such field."""
    card = Card("c", "要跟进吗", actions=(Action("yes", "跟进"),), pressed="yes")
    (update,) = rendered(Reply(TO, card=card, update=CardUpdate("c", "rc")))
    assert update["body"]["template_card"]["replace_text"] == "✓ 跟进"
    (new,) = rendered(Reply(TO, card=card))
    assert "replace_text" not in new["body"]["template_card"]


def test_english_cards_have_english_labels() -> None:
    """Also when the source names a Chinese owner."""
    sections = (Section("Say this", "x"),)
    (payload,) = rendered(Reply(TO, card=Card("c", "Price objection", source="话术库 · 周敏 v3", sections=sections)))
    assert payload["body"]["template_card"]["button_list"][0]["text"] == "Details"


SENTENCE = 'Ask "compared with what?", then move from the price of the machine to its cost over five years of work.'
NAMED = Card(
    "c",
    SENTENCE,
    summary="The customer says that our quote is clearly above what somebody else offers for a similar machine.",
    source="Playbook · Negotiation · 周敏 v3",
    sections=(Section("Say this", "x"),),
    citations=(Citation("Price too high", "https://bot.example.com/p/1", "周敏 v3"),),
    url="https://bot.example.com/p/1",
)


def test_a_headline_too_long_for_the_title_is_read_whole_below_it() -> None:
    """A8, A15: the sentence to say now is never cut; the title names the talk-track, the source keeps its owner."""
    (payload,) = rendered(Reply(TO, card=NAMED))
    card = payload["body"]["template_card"]
    assert card["main_title"] == {"title": "Price too high", "desc": NAMED.source}
    assert card["quote_area"]["quote_text"] == SENTENCE
    assert card["sub_title_text"] == NAMED.summary
    assert "source" not in card
    opened = template_card(replace(NAMED, unfolded=True), CONSOLE)
    assert opened is not None
    assert opened["quote_area"]["title"] == "Say this"
    assert opened["sub_title_text"].startswith(SENTENCE)


def test_without_a_name_the_source_is_the_title() -> None:
    (payload,) = rendered(
        Reply(TO, card=Card("c", "您能查看的" + "江苏汽车零部件行业" * 4 + "客户共 6 家。", source="客户"))
    )
    card = payload["body"]["template_card"]
    assert card["main_title"]["title"] == "客户"
    assert card["quote_area"]["quote_text"].endswith("客户共 6 家。")
    assert "source" not in card, "not said twice"


def test_long_labels_are_cut_between_words_and_said_whole_in_rows() -> None:
    """A15: one can read which alternative a button means."""
    titles = ("Discount at the end of the quarter", "客户拿竞品的低价来压我们的价格", "Short one")
    actions = tuple(Action(f"pick_{number}", title) for number, title in enumerate(titles, 1))
    (payload,) = rendered(Reply(TO, card=Card("c", "Price too high", actions=actions)))
    card = payload["body"]["template_card"]
    assert [button["text"] for button in card["button_list"]] == [
        "1. Discount at the…",
        "2. 客户拿竞品的低价…",
        "Short one",
    ]
    assert card["horizontal_content_list"] == [
        {"keyname": "1", "value": titles[0]},
        {"keyname": "2", "value": titles[1]},
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://0.0.0.0:80", "http://[::1]"])
def test_links_to_this_machine_are_left_out(url: str) -> None:
    """Without web.public_url the console can't be opened from a phone: no link is better than a dead end."""
    card = replace(CARD, url=f"{url}/cards/1", citations=(Citation("话术", f"{url}/cards/1"),), unfolded=True)
    calls = render(Reply(TO, card=card), 1000002, url)
    assert url not in json.dumps(calls)
    assert "https://docs.example.com/report" in json.dumps(calls), "links elsewhere stay"


def test_a_card_without_buttons_and_links_is_said_in_words() -> None:
    """A text_notice must lead to a page; there is none."""
    (payload,) = render(
        Reply(TO, card=Card("c", "数据正常", facts=(Fact("渠道", "搜索"),))), 1, "http://127.0.0.1:8080"
    )
    assert payload["body"]["markdown"]["content"] == "**数据正常**\n\n- 渠道：搜索"


def test_order_of_text_card_and_files() -> None:
    file = OutgoingFile("out/brief.pptx", "晨会.pptx", "application/octet-stream")
    calls = rendered(Reply(TO, "早上好", card=CARD, files=(file,)))
    assert [call["call"] for call in calls] == ["message/send", "message/send", "media+send"]
    assert calls[2]["file"] == {"path": "out/brief.pptx", "name": "晨会.pptx", "media_type": "application/octet-stream"}
    assert calls[2]["body"] == {"touser": "zhangsan", "agentid": 1000002}


def test_group_chats_get_the_words_of_a_card() -> None:
    (payload,) = rendered(Reply(Address("wecom", "group:wr1"), card=CARD))
    assert payload["call"] == "appchat/send"
    assert payload["body"]["chatid"] == "wr1"
    assert "这样说" in payload["body"]["markdown"]["content"]


def test_links_that_are_not_web_are_left_out() -> None:
    bad = Card(
        "c",
        "t",
        actions=(Action("go", "去", url="javascript:alert(1)"),),
        citations=(Citation("x", "file:///e"),),
        url="ftp://x",
    )
    drawn = json.dumps(template_card(bad, CONSOLE))
    assert not any(word in drawn for word in ("javascript", "file:", "ftp:"))


EMOJI = st.lists(
    st.sampled_from(
        ["👨‍👩‍👧‍👦", "🇨🇳", "销", "e\u0301", "**", "\n", "| a |", " ", "\x00", "\ud800", "[x](http://a.b)", "# "]
    ),
    max_size=80,
).map("".join)
words = st.one_of(st.text(max_size=60), EMOJI, st.just("长" * 1000), st.just(""))
urls = st.one_of(st.just(""), words, st.sampled_from(["https://a.example/1", "http://b.example", "https://c.example"]))
cards = st.builds(
    Card,
    id=words,
    headline=words,
    summary=words,
    source=words,
    facts=st.lists(st.builds(Fact, words, words), max_size=9).map(tuple),
    sections=st.lists(st.builds(Section, words, words), max_size=4).map(tuple),
    actions=st.lists(
        st.builds(
            Action,
            st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "unfold", "fold"]),
            words,
            st.sampled_from(["default", "primary", "danger"]),
            urls,
        ),
        max_size=9,
    ).map(tuple),
    citations=st.lists(st.builds(Citation, words, urls, words), max_size=5).map(tuple),
    url=urls,
    unfolded=st.booleans(),
    pressed=st.sampled_from(["", "a", "b", "unfold"]),
    notice=words,
)


def check_limits(card: dict[str, Any]) -> None:
    """Every limit of PROTOCOLS, and that no field is empty where WeCom wants one."""
    assert 0 < len(card["main_title"]["title"]) <= 36
    assert len(card["main_title"].get("desc", "")) <= 44
    assert len(card.get("source", {}).get("desc", "")) <= 20
    assert len(card.get("sub_title_text", "")) <= 160
    rows, jumps, buttons = (card.get(name, []) for name in ("horizontal_content_list", "jump_list", "button_list"))
    assert len(rows) <= 6
    assert len(jumps) <= 3
    assert len(buttons) <= 6
    assert all(row["keyname"] and row["value"] for row in rows)
    assert all(jump["title"] and jump["url"].startswith(("http://", "https://")) for jump in jumps)
    assert all(button["text"] and size(button["key"]) <= 1024 for button in buttons)
    assert len({button["key"] for button in buttons}) == len(buttons)
    assert card["card_type"] == ("button_interaction" if buttons else "text_notice")
    assert buttons or card["card_action"]["url"].startswith("http")
    assert "task_id" not in card  # comes with the parcel
    json.dumps(card, ensure_ascii=False).encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cards, words, st.booleans())
def test_any_card_keeps_every_limit(card: Card, text: str, updates: bool) -> None:
    update = CardUpdate(card.id, "rc") if updates else None
    payloads = rendered(Reply(TO, text, card=card, update=update))
    drawn = 0
    for payload in payloads:
        body = payload["body"]
        if "template_card" in body:
            check_limits(body["template_card"])
            drawn += 1
        else:
            content = body[body["msgtype"]]["content"]
            assert content.strip()
            assert size(content) <= 2048
    assert drawn == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cards)
def test_an_open_card_hides_nothing(card: Card) -> None:
    """Either the template shows a card whole, or its whole text follows."""
    payloads = rendered(Reply(TO, card=replace(card, unfolded=True)))
    follow = payloads[1:]
    assert all(payload["body"]["msgtype"] in ("text", "markdown") for payload in follow)
    if not follow:
        drawn = payloads[0]["body"]["template_card"]
        quoted = [plain(clean(section.body)) or "—" for section in card.sections]
        assert [drawn["quote_area"]["quote_text"] for _ in quoted] == quoted
        said = [fact.value for fact in card.facts if fact.label.strip() or fact.value.strip()]
        rows = [row["value"] for row in drawn.get("horizontal_content_list", []) if "url" not in row]
        assert rows[: len(said)] == [one_line(clean(value)) or "—" for value in said]
        title = drawn["main_title"]["title"]
        shown = f"{title}\n{drawn.get('sub_title_text', '')}\n{drawn.get('quote_area', {}).get('quote_text', '')}"
        assert one_line(clean(card.headline)) in shown
        assert plain(clean(card.summary)) in shown or one_line(clean(card.summary)) in shown


@pytest.mark.parametrize("count", [1, 6, 7, 12])
def test_unfold_always_has_a_place(count: int) -> None:
    """A8: however many actions a skill offers, the card can be unfolded."""
    actions = tuple(Action(f"a{number}", "按钮") for number in range(count))
    card = template_card(replace(CARD, actions=actions), CONSOLE)
    assert card is not None
    assert keys(card)[0] == "unfold"
    assert len(card["button_list"]) == min(count + 1, 6)
