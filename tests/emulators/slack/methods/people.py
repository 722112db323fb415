"""auth.test and users.*: who is who."""

from __future__ import annotations

from typing import Any

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.method import SPECIAL, TIER_3, TIER_4, Answer, Call, Method
from tests.emulators.slack.shapes.schema import Flag, Text


def auth_test(call: Call) -> Answer:
    """auth.test."""
    space = call.world.workspace
    return {
        "url": "https://emulated.slack.com/",
        "team": space.team_name,
        "user": "xiaoce",
        "team_id": space.team_id,
        "user_id": space.bot_user_id,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }


def info(call: Call) -> Answer:
    """users.info; the address only with users:read.email."""
    user = call.args["user"]
    if user not in call.world.workspace.users and user != call.world.workspace.bot_user_id:
        raise SlackError("user_not_found")
    return {"user": _user(call, user)}


def by_email(call: Call) -> Answer:
    """users.lookupByEmail."""
    space = call.world.workspace
    user = next((user for user in space.users if space.email_of(user) == call.args["email"]), None)
    if user is None:
        raise SlackError("users_not_found")
    return {"user": _user(call, user)}


def _user(call: Call, user: str) -> dict[str, Any]:
    space = call.world.workspace
    name, is_bot = space.name_of(user), user == space.bot_user_id
    profile: dict[str, Any] = {"real_name": name, "display_name": name, "team": space.team_id}
    if "users:read.email" in space.scopes and not is_bot:
        profile["email"] = space.email_of(user)
    locale = {"locale": "zh-CN"} if call.args.get("include_locale") else {}
    return {
        "id": user,
        "team_id": space.team_id,
        "name": user.lower(),
        "deleted": False,
        "real_name": name,
        "tz": "Asia/Shanghai",
        "tz_offset": 28800,
        "profile": profile,
        "is_bot": is_bot,
        "is_app_user": False,
        **locale,
    }


METHODS = (
    Method("auth.test", auth_test, per_minute=SPECIAL),
    Method(
        "users.info",
        info,
        {"user": Text(required=True), "include_locale": Flag()},
        ("users:read",),
        TIER_4,
        json=False,
    ),
    Method("users.lookupByEmail", by_email, {"email": Text(required=True)}, ("users:read.email",), TIER_3, json=False),
)
