"""Following a sign-in link as a person does: open it, press the button."""

from __future__ import annotations

import html
import re
from typing import Any

FIELD = re.compile(r'<input type="hidden" name="(csrf|next|token)" value="([^"]*)">')


async def follow_link(client: Any, token: str, base: str = "") -> str:
    """The page behind it. `client`: an aiohttp session, or a test client; it keeps the cookies."""
    async with client.get(f"{base}/", params={"token": token}) as response:
        asked = await response.text()
        assert response.status == 200, asked
    fields = {name: html.unescape(value) for name, value in FIELD.findall(asked)}
    if "token" not in fields:
        return str(asked)  # signed in already as this person: the link led on
    assert fields["token"] == token, asked
    async with client.post(f"{base}/sign-in", data=fields) as response:
        assert response.status == 200, response.status
        return str(await response.text())
