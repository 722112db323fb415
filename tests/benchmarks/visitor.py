"""A person at the console, who signs in once and then asks, over HTTP as the browser does."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import create_engine, text

from bot.cli.signing_in import issue_token
from bot.contracts import Role
from storage.database import Database
from storage.repositories.people import PersonRecord
from tests.benchmarks.bot_process import PATIENCE, Bot
from tests.signing_in import FIELD

LOOK_EVERY = 0.02  # seconds
VISITOR = "V0001"


class Visitor:
    """One signed-in person of a running bot; stays signed in when the bot starts again."""

    def __init__(self, bot: Bot) -> None:
        """Join the company and sign in by a link."""
        self._port = bot.port
        self._rows = create_engine(bot.database_url)
        self._headers: dict[str, str] = {}
        token = asyncio.run(_token(bot))
        asked = self._request("GET", f"/?token={token}")
        self._headers["Cookie"] = (asked.headers["Set-Cookie"] or "").split(";")[0]
        fields = dict(FIELD.findall(asked.read().decode()))
        entered = self._request("POST", "/sign-in", urlencode(fields), "application/x-www-form-urlencoded")
        self._headers["Cookie"] = (entered.headers["Set-Cookie"] or "").split(";")[0]
        page = self._request("GET", "/").read().decode()
        self._headers["X-CSRF"] = page.split('name="csrf" content="')[1].split('"')[0]

    def ask(self, question: str) -> float:
        """Send a question; the time (of `time.perf_counter`) when the reply was there. Raises TimeoutError."""
        body = json.dumps({"id": str(uuid4()), "text": question})
        accepted = self._request("POST", "/chat/messages", body)
        if accepted.status != http.HTTPStatus.ACCEPTED:
            raise RuntimeError(f"the console refused a question: {accepted.status}")
        message = json.loads(accepted.read())["id"]
        deadline = time.monotonic() + PATIENCE
        while not self._replied(message):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no reply within {PATIENCE:.0f} s")
            time.sleep(LOOK_EVERY)
        return time.perf_counter()

    def _replied(self, message: str) -> bool:
        # In the rows, since asking the bot itself again and again would slow down what is measured.
        sent = text("SELECT count(*) FROM deliveries WHERE message_id = :message AND state = 'sent'")
        with self._rows.connect() as connection:
            return bool(connection.execute(sent, {"message": message}).scalar())

    def _request(
        self, method: str, path: str, body: str | None = None, kind: str = "application/json"
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        headers = {**self._headers, "Content-Type": kind} if body else self._headers
        connection.request(method, path, body.encode() if body else None, headers)
        return connection.getresponse()


async def _token(bot: Bot) -> str:
    database = Database(bot.database_url)
    person = PersonRecord(id=VISITOR, name="访客", role=Role.REP, accounts={"console": VISITOR})
    try:
        await database.write(lambda store: store.people.upsert_all([person]))
        return await issue_token(database, VISITOR)
    finally:
        await asyncio.to_thread(database.close)
