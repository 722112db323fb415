"""Messages in, replies out, and nothing that harms the reader."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from adapters.console.markdown import safe_url, to_html
from adapters.console.translate import address_of
from bot.contracts import OutgoingFile, Reply
from bot.contracts.card import Action, Citation, Fact, Section
from config.locales import load
from tests.unit.adapters.console.conftest import signed_in, talk_track

TO = address_of("u1")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Dangers(HTMLParser):
    """Reads HTML as a browser does and notes what could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "style", "link", "base", "form"}:
            self.found.append(tag)
        self.found += [f"{tag} {name}={value}" for name, value in attrs if _is_danger(name, value or "")]


def _is_danger(name: str, value: str) -> bool:
    if name in {"href", "src"}:
        ours = value.startswith("/") and not value.startswith("//")
        return not (ours if name == "src" else ours or value.startswith(("http://", "https://")))
    return name.startswith("on") or name == "style"


def dangers(html: str) -> list[str]:
    """What in the HTML could harm its reader."""
    parser = Dangers()
    parser.feed(html)
    return parser.found


def test_the_danger_finder_finds():
    hostile = "<p style=x><a href='javascript:x' onclick=y><img src=http://z><script></script>"
    assert len(dangers(hostile)) == 5


async def test_a_message_is_stored_before_it_is_acknowledged_and_once_only(rep, desk):
    body = {"id": str(uuid.uuid4()), "text": "客户说太贵了怎么回"}
    for _ in range(3):
        assert (await rep.post("/chat/messages", json=body)).status == 202
    (message,) = desk.received
    assert message.id == f"console:u1:{body['id']}"
    assert (message.channel, message.conversation, message.sender) == ("console", "user:u1", "u1")
    assert (message.kind, message.text) == ("text", "客户说太贵了怎么回")


async def test_when_the_intake_is_down_the_browser_is_asked_to_repeat(rep, desk):
    desk.broken = True
    response = await rep.post("/chat/messages", json={"id": str(uuid.uuid4()), "text": "在吗"})
    assert response.status == 503
    assert "会自动重发" in (await response.json())["error"]
    assert desk.received == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"id": "1", "text": "a"}',
        b'{"id": "be842e85-5e14-4085-9460-81bd76f60487", "text": "  "}',
        b'{"id": "be842e85-5e14-4085-9460-81bd76f60487", "text": 5}',
        b'{"id": "be842e85-5e14-4085-9460-81bd76f60487", "text": "a", "uploads": "x"}',
        b'{"id": "be842e85-5e14-4085-9460-81bd76f60487", "text": "a", "uploads": ["../../etc/passwd"]}',
        b"[" * 50_000,
        b'{"text": "' + b"x" * 100_000 + b'"}',
        b"\xff\xfe",
    ],
)
async def test_what_the_page_never_sends_is_refused(rep, desk, body):
    response = await rep.post("/chat/messages", data=body, headers={"Content-Type": "application/json"})
    assert response.status == 400
    assert (await response.json())["error"]
    assert desk.received == []


async def test_characters_that_databases_refuse_are_left_out(rep, desk):
    body = {"id": str(uuid.uuid4()), "text": "a\x00b\ud800c\r\nd\te"}
    assert (await rep.post("/chat/messages", json=body)).status == 202
    assert desk.received[0].text == "abc\nd\te"


async def test_presses_name_card_and_action(rep, desk):
    """A8: pressing a card comes back as a message, unfolding too."""
    for action in ("unfold", "useful"):
        body = {"id": str(uuid.uuid4()), "card": "card-1", "action": action}
        assert (await rep.post("/chat/presses", json=body)).status == 202
    assert [(m.kind, m.press.card_id, m.press.action, m.press.handle) for m in desk.received] == [
        ("press", "card-1", "unfold", "card-1"),
        ("press", "card-1", "useful", "card-1"),
    ]
    for card, action in (
        ("card-1", "DROP TABLE"),
        ("", "useful"),
        ("c" * 201, "useful"),
        (None, "useful"),
        ("a\0", "x"),
    ):
        body = {"id": str(uuid.uuid4()), "card": card, "action": action}
        assert (await rep.post("/chat/presses", json=body)).status == 400


async def test_a_reply_is_one_payload_of_plain_json(desk):
    update = replace(talk_track(), pressed="useful")
    (payload,) = desk.adapter.render(Reply(TO, text="**好**", card=update))
    assert json.loads(json.dumps(payload)) == payload | json.loads(json.dumps(payload))
    assert (payload["kind"], payload["card"]["pressed"]) == ("card", "useful")
    assert desk.adapter.render(Reply(TO, "x"))[0]["kind"] == "text"
    assert desk.adapter.render(Reply(TO, files=(OutgoingFile("a", "a", "b"),)))[0]["kind"] == "file"


async def test_history_comes_in_pages_without_presses(rep, desk):
    for number in range(40):
        desk.store("u1", "in", f"m{number}", text=f"第 {number} 条")
    desk.store("u1", "in", "press")
    page = await (await rep.get("/chat/history")).json()
    assert [entry["id"] for entry in page["entries"]] == [f"m{number}" for number in range(11, 40)]
    older = await (await rep.get("/chat/history", params={"before": page["more"]})).json()
    assert [entry["id"] for entry in older["entries"]] == [f"m{number}" for number in range(11)]
    assert older["more"] is None
    for wrong in ("x", "--5", "9" * 30, "٣"):
        assert (await rep.get("/chat/history", params={"before": wrong})).status == 400


async def test_nobody_reads_another_persons_history(rep, desk):
    desk.store("u2", "in", "secret", text="机密")
    assert (await (await rep.get("/chat/history")).json())["entries"] == []


async def test_times_are_those_of_the_company(rep, desk):
    """02:00 UTC is ten o'clock in Shanghai; 17:00 UTC is tomorrow there."""
    desk.store("u1", "in", "m", text="早")
    desk.store("u1", "in", "n", text="晚", at=desk.clock.now() + timedelta(hours=15))
    entries = (await (await rep.get("/chat/history")).json())["entries"]
    assert [entry["day"] for entry in entries] == ["2025-03-03", "2025-03-04"]
    assert ">10:00<" in entries[0]["html"]


async def test_a_card_folds_and_shows_what_was_pressed(rep, desk):
    """A8: folded it is one line, unfolded it has everything; a pressed button is shown as such."""
    await desk.say(Reply(TO, card=talk_track()))
    (entry,) = (await (await rep.get("/chat/history")).json())["entries"]
    assert "<details >" in entry["html"]
    assert entry["html"].count('aria-pressed="false"') == 3
    await desk.say(Reply(TO, card=talk_track(unfolded=True, pressed="useful", notice="谢谢")))
    entry = (await (await rep.get("/chat/history")).json())["entries"][1]
    assert "<details open>" in entry["html"]
    assert entry["html"].count('aria-pressed="true"') == 1
    for expected in ("近 90 天赢单率", "<blockquote>", '<table class="stacks">', "https://example.com/report", "谢谢"):
        assert expected in entry["html"]


async def test_facts_are_seen_where_there_is_nothing_to_fold(rep, desk):
    """A8: a card without sections has no button that would show only what fits anyway."""
    await desk.say(Reply(TO, card=talk_track(sections=())))
    (entry,) = (await (await rep.get("/chat/history")).json())["entries"]
    assert "<details" not in entry["html"]
    for expected in ("近 90 天赢单率", 'class="facts"', "https://example.com/report"):
        assert expected in entry["html"]


async def test_a_card_speaks_the_viewers_language(client, desk):
    manager = await signed_in(client, "token-manager")
    await desk.say(Reply(address_of("u2"), card=talk_track()))
    assert "Unfold" in await (await manager.get("/chat/history")).text()


async def test_nothing_in_a_reply_becomes_markup_of_its_own(rep, desk):
    """XSS: every field of text, card, citation and file."""
    card = talk_track(
        id='"><script>',
        headline=HOSTILE,
        summary=HOSTILE,
        source=HOSTILE,
        notice=HOSTILE,
        url="javascript:alert(1)",
        facts=(Fact(HOSTILE, HOSTILE),),
        sections=(Section(HOSTILE, HOSTILE + "\n\n[x](javascript:alert(1)) ![y](http://evil.example/pixel)"),),
        actions=(
            Action("a", HOSTILE),
            Action("b", "go", url="JaVaScRiPt:alert(1)"),
            Action("c", "go", url=' " onmouseover="alert(1)'),
        ),
        citations=(Citation(HOSTILE, "data:text/html,x", HOSTILE),),
    )
    file = OutgoingFile("x.html", HOSTILE, "text/html")
    await desk.say(Reply(TO, text=HOSTILE, card=card, files=(file,), citations=card.citations))
    desk.store("u1", "in", "m", text=HOSTILE, attachments=(HOSTILE,))
    html = "".join(entry["html"] for entry in (await (await rep.get("/chat/history")).json())["entries"])
    assert "&lt;script&gt;" in html
    assert dangers(html) == []


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "<javascript:alert(1)>",
        "[x](//evil.example)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[a]: vbscript:x\n\n[a]",
        "<a href='https://x' onclick='y'>z</a>",
        "```\n</code><script>x</script>\n```",
        "![x](https://evil.example/a.png)",
    ],
)
def test_markdown_makes_no_dangerous_elements(text):
    assert dangers(str(to_html(text))) == []


def test_markdown_keeps_what_is_harmless():
    html = str(
        to_html("**重点**\n换行\n\n[官网](https://example.com/a?b=1&c=2) [内页](/playbook/1)\n\n|a|b|\n|-|-|\n|1|2|")
    )
    assert "<strong>重点</strong><br />" in html
    assert '<a href="https://example.com/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">' in html
    assert '<a href="/playbook/1" rel="noopener noreferrer">' in html
    assert '<div class="scroll" tabindex="0"><table class="stacks">' in html


@pytest.mark.parametrize(
    "url", ["javascript:x", " javascript:x", "java\nscript:x", "//x", "/\\x", "x", "http://[", "file:///a"]
)
def test_unsafe_addresses_are_dropped(url):
    assert safe_url(url) == ""


class TestFiles:
    """Files that a reply brings."""

    async def test_only_the_person_it_was_sent_to_gets_it(self, rep, desk, settings):
        (settings.data / "out").mkdir()
        (settings.data / "out" / "brief.html").write_text("<script>")
        url = await self._sent(rep, desk, OutgoingFile("out/brief.html", "晨会.html", "text/html"))
        response = await rep.get(url)
        assert await response.text() == "<script>"
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6%99%A8")
        await signed_in(rep, "token-manager")
        assert (await rep.get(url)).status == 404

    async def test_pictures_are_shown(self, rep, desk, settings):
        (settings.data / "chart.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        url = await self._sent(rep, desk, OutgoingFile("chart.png", "图.png", "image/png"))
        response = await rep.get(url)
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["Content-Disposition"].startswith("inline")

    async def test_a_changed_link_or_a_path_outside_the_data_folder_leads_nowhere(self, rep, desk, settings):
        (settings.data.parent / "outside.txt").write_text("secret")
        url = await self._sent(rep, desk, OutgoingFile("../outside.txt", "a.txt", "text/plain"))
        assert (await rep.get(url)).status == 404
        assert (await rep.get(url[:-1] + "x")).status == 404
        assert (await rep.get("/chat/files/x.y")).status == 404

    async def _sent(self, rep, desk, file: OutgoingFile) -> str:
        await desk.say(Reply(TO, files=(file,)))
        html = (await (await rep.get("/chat/history")).json())["entries"][-1]["html"]
        return str(html.split('href="')[1].split('"')[0])


async def test_every_text_exists_in_both_languages_with_the_same_places():
    chinese, english = ({k: v for k, v in load(lang).items() if k.startswith("console.")} for lang in ("zh", "en"))
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[key])), key
