"""Who gets in, and what everybody else sees."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from adapters.console.security import KEY_FILE
from bot.contracts import Page, PageRequest, PageResult, Role
from tests.signing_in import FIELD, follow_link
from tests.unit.adapters.console.conftest import REP, signed_in

HTML = {"Accept": "text/html"}


async def test_strangers_are_led_to_the_sign_in_page_and_back(client):
    """A page comes back after signing in."""
    response = await client.get("/", params={"x": "1"}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/sign-in?next=/?x%3D1")
    response = await _enter(client, "token-rep", follow="/sign-in?next=/?x=1")
    assert (response.status, response.headers["Location"]) == (303, "/?x=1")
    assert "李晓梅" in await (await client.get("/")).text()


async def test_a_link_asks_first_and_its_button_signs_in(client, desk):
    response = await client.get("/", params={"token": "token-rep"}, allow_redirects=False)
    page = await response.text()
    assert response.status == 200
    assert "以 李晓梅 登录？" in page
    assert "token-rep" in page
    assert response.headers["Referrer-Policy"] == "strict-origin", "the token is not told to the next page"
    assert desk.opened == {}
    assert "xiaoce_session" not in response.headers.get("Set-Cookie", "")
    response = await client.post("/sign-in", data=dict(FIELD.findall(page)), allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=28800" in cookie
    assert "token-rep" not in cookie


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
async def test_following_a_link_changes_nothing_wherever_it_stands(rep, desk, method, site):
    """Login CSRF: another site, a preview or a prefetch leads a browser to the attacker's link. Whoever is signed in
    stays it, and nobody else gets a session."""
    [before] = desk.opened
    headers = {"Sec-Fetch-Site": site} if site else {}
    link = {"token": "token-manager"}
    response = await rep.request(method, "/", params=link, headers=headers, allow_redirects=False)
    assert response.status == 200
    assert [*desk.opened] == [before]
    assert "李晓梅" in await (await rep.get("/")).text()


async def test_the_page_behind_a_link_says_who_is_signed_in_now(rep):
    page = await (await rep.get("/", params={"token": "token-manager"})).text()
    assert "以 Anna Schmidt 登录？" in page
    assert "现在是 李晓梅 登录着" in page


async def test_ones_own_link_leads_on_at_once_when_one_is_signed_in(rep, desk):
    """Whoever keeps the link as a bookmark isn't asked again and again."""
    before = dict(desk.opened)
    response = await rep.get("/", params={"token": "token-rep"}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert desk.opened == before


@pytest.mark.parametrize("mark", ["", "0" * 40])
async def test_another_site_cannot_press_the_button(client, desk, mark):
    """The form's mark hangs on a cookie of this browser; without it, or from another origin, nothing happens."""
    await client.get("/", params={"token": "token-rep"})
    forged = {"token": "token-rep", "next": "/", "csrf": mark}
    assert (await client.post("/sign-in", data=forged)).status == 403
    page = await (await client.get("/", params={"token": "token-rep"})).text()
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/sign-in", data=dict(FIELD.findall(page)), headers=elsewhere)).status == 403
    assert desk.opened == {}


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\nb"]
)
async def test_nobody_is_sent_elsewhere_after_signing_in(client, target):
    page = await (await client.get("/sign-in", params={"next": target})).text()
    assert 'name="next" value="/"' in page


async def test_a_wrong_token_gets_a_sentence_and_no_session(client):
    response = await _enter(client, "guess")
    assert response.status == 401
    assert "链接或登录码不对" in await response.text()
    assert "xiaoce_session" not in response.headers.get("Set-Cookie", "")


async def test_a_pasted_link_signs_in_like_its_code(client):
    """On a phone the link comes by chat: whoever pastes all of it gets in."""
    assert (await _enter(client, "https://bot.example.com/?token=guess")).status == 401
    assert (await _enter(client, " https://bot.example.com/?token=token-rep\n")).status == 303


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", ("销售运营", "8 小时")), ("en-GB", ("sales operations", "8 hours"))]
)
async def test_the_sign_in_page_says_where_links_come_from_and_when_they_end(client, language, words):
    page = await (await client.get("/sign-in", headers={"Accept-Language": language})).text()
    assert all(word in page for word in (*words, "xiaoce people token"))


async def test_the_eleventh_wrong_token_in_a_minute_is_refused(client, clock):
    for _ in range(10):
        assert (await client.get("/", params={"token": "guess"})).status == 401
    response = await client.get("/", params={"token": "token-rep"})
    assert response.status == 429
    assert "请 60 秒后" in await response.text()
    assert response.headers["Retry-After"] == "60"
    clock.forward(seconds=61)
    assert "李晓梅" in await follow_link(client, "token-rep")


async def test_an_office_behind_one_address_can_sign_in_at_nine(client):
    for _ in range(30):
        client.session.cookie_jar.clear()
        assert "李晓梅" in await follow_link(client, "token-rep")


async def test_the_sign_in_form_needs_its_own_csrf_mark(client):
    await client.get("/sign-in")
    response = await client.post("/sign-in", data={"token": "token-rep", "csrf": "0" * 40})
    assert response.status == 403


async def test_a_session_ends_by_time_by_revocation_and_by_signing_out(client, desk, clock):
    rep = await signed_in(client, "token-rep")
    assert (await rep.get("/chat/history")).status == 200
    clock.forward(hours=9)
    assert (await rep.get("/chat/history")).status == 401

    await signed_in(client, "token-rep")
    person = desk.people.pop("token-rep")
    assert (await rep.get("/chat/history")).status == 401

    desk.people["token-rep"] = person
    await signed_in(client, "token-rep")
    assert (await rep.post("/sign-out", allow_redirects=False)).headers["Location"] == "/sign-in"
    assert (await rep.get("/chat/history")).status == 401


async def test_a_forged_or_cut_cookie_is_nobody(client):
    for forged in ("x", "gAAAAA", "令牌", "=" * 5000):
        response = await client.get("/chat/history", headers={"Cookie": f"xiaoce_session={forged}"})
        assert response.status == 401


async def test_every_post_needs_the_mark_of_its_session(rep, desk):
    mark = rep.session.headers.pop("X-CSRF")
    for path in ("/chat/messages", "/chat/presses", "/chat/uploads?name=a", "/sign-out"):
        assert (await rep.post(path, json={})).status == 403
    assert (await rep.post("/sign-out", data={"csrf": mark}, allow_redirects=False)).status == 303
    assert desk.received == []


async def test_security_headers_are_on_everything_of_ours_and_on_nothing_else(rep):
    for path in ("/", "/sign-in", "/chat/history", "/static/console/base.css", "/nothing"):
        response = await rep.get(path)
        assert "script-src 'self'" in response.headers["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
    other = await rep.get("/other/callback")
    assert "Content-Security-Policy" not in other.headers
    assert await (await rep.get("/other/callback?missing=1", headers=HTML)).text() == "404: Not Found"


async def test_no_page_has_inline_scripts_styles_or_foreign_addresses(rep):
    """A strict content policy would break them, so they must not be there."""
    for path in ("/", "/nothing"):
        page = await (await rep.get(path, headers=HTML)).text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://", page), path


async def test_unknown_paths_get_a_page_or_json(rep):
    page = await rep.get("/nothing", headers=HTML)
    assert page.status == 404
    assert "没有这个页面" in await page.text()
    assert (await (await rep.get("/nothing")).json())["error"].startswith("没有这个页面")


async def test_the_key_file_is_private_and_survives_a_restart(rep, settings):
    path = settings.data / KEY_FILE
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in settings.data.iterdir()] == [KEY_FILE]


class TestPages:
    """Pages of skills."""

    @pytest.fixture
    def pages(self, tmp_path):
        """Two skills whose templates have the same name, one for managers only, one that fails."""
        self.asked: list[PageRequest] = []
        first, second = tmp_path / "one", tmp_path / "two"
        for folder in (first, second):
            folder.mkdir()
            text = '{% extends "layout.html" %}{% block content %}' + folder.name + ": {{ word }}{% endblock %}"
            (folder / "list.html").write_text(text)
        managers = frozenset({Role.MANAGER})
        return [
            Page("/one/{id}", self._show, first, methods=("GET", "POST")),
            Page("/two", self._show, second, title="console.card.facts", roles=managers),
            Page("/bad", self._fail, second),
        ]

    async def _show(self, request):
        self.asked.append(request)
        if request.method == "POST":
            return PageResult(redirect="/one/2")
        return PageResult("list.html", {"word": "<script>alert(1)</script>"})

    async def _fail(self, request):
        raise RuntimeError("secret detail")

    async def test_a_page_is_framed_escaped_and_knows_its_viewer(self, rep):
        page = await (await rep.get("/one/7?q=a")).text()
        assert "one: &lt;script&gt;" in page
        assert (self.asked[0].viewer, self.asked[0].path, self.asked[0].query) == (REP, {"id": "7"}, {"q": "a"})

    async def test_a_page_of_another_role_is_refused_and_not_in_the_menu(self, rep, desk):
        refused = await rep.get("/two", headers=HTML)
        assert refused.status == 403
        assert "没有权限" in await refused.text()
        assert 'href="/two"' not in await (await rep.get("/")).text()
        desk.people["token-rep"] = replace(REP, role=Role.MANAGER)  # a changed role counts at once
        assert "two: " in await (await rep.get("/two")).text()
        assert 'href="/two"' in await (await rep.get("/")).text()

    async def test_a_form_needs_the_mark_and_arrives_without_it(self, rep):
        mark = rep.session.headers.pop("X-CSRF")
        assert (await rep.post("/one/1", data={"name": "x"})).status == 403
        fields = [("csrf", mark), ("on", "off"), ("on", "on")]
        response = await rep.post("/one/1", data=fields, allow_redirects=False)
        assert response.headers["Location"] == "/one/2"
        assert self.asked[0].form == {"on": "on"}

    async def test_a_form_that_is_too_large_is_refused(self, rep):
        response = await rep.post("/one/1", data=io.BytesIO(b"x" * 1_100_000))
        assert response.status == 413

    async def test_a_failing_page_says_so_without_details(self, rep):
        response = await rep.get("/bad", headers=HTML)
        assert response.status == 500
        page = await response.text()
        assert "系统出错了" in page
        assert "secret detail" not in page


async def _enter(client, token: str, follow: str = "/sign-in"):
    page = await (await client.get(follow)).text()
    fields = dict(re.findall(r'name="(csrf|next)" value="([^"]*)"', page))
    return await client.post("/sign-in", data=fields | {"token": token}, allow_redirects=False)
