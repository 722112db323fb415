"""`python -m tests.emulators.wecom_bot --mode socket --bot-id … --secret …`"""

from __future__ import annotations

import argparse

from tests.emulators.wecom_bot.emulator import WecomBotEmulator
from tests.emulators.wecom_bot.run import run_emulator


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.wecom_bot", description="企业微信智能机器人模拟器")
    parser.add_argument("--mode", choices=("http", "socket"), required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--bot-id", required=True)
    parser.add_argument("--secret", default="", help="of the long connection")
    parser.add_argument("--token", default="", help="of the callback")
    parser.add_argument("--aes-key", default="A" * 43, help="of the callback, 43 characters")
    parser.add_argument("--callback", default="", help="the bot's callback URL")
    parser.add_argument("--users", default="zhangmin,liwei", help="userids, or userid=name, with commas")
    parser.add_argument("--group", action="append", default=[], help="chatid=userid,userid; may be given several times")
    parser.add_argument("--webhook-keys", default="", help="keys of group robots, with commas")
    given = parser.parse_args()
    users = dict(_pair(part) for part in given.users.split(",") if part)
    groups = {chat: userids.split(",") for chat, _, userids in (group.partition("=") for group in given.group)}
    run_emulator(
        WecomBotEmulator(
            mode=given.mode,
            bot_id=given.bot_id,
            secret=given.secret or "unused-in-http-mode",
            token=given.token,
            aes_key=given.aes_key,
            users=users,
            groups=groups,
            webhook_keys=[key for key in given.webhook_keys.split(",") if key],
            callback_url=given.callback,
            host=given.host,
            port=given.port,
        )
    )


def _pair(part: str) -> tuple[str, str]:
    userid, _, name = part.strip().partition("=")
    return userid, name or userid


if __name__ == "__main__":
    main()
