"""`python -m tests.emulators.slack --port 8082 --callback http://127.0.0.1:8080/slack/events …`"""

from __future__ import annotations

import argparse

from tests.emulators.slack.run import run_emulator


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.slack", description="Slack 模拟器")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--callback", default="", help="the app's request URL; without it: Socket Mode")
    parser.add_argument("--bot-token", required=True)
    parser.add_argument("--app-token", required=True)
    parser.add_argument("--signing-secret", required=True)
    parser.add_argument("--client-id", default="1234567890.0987654321")
    parser.add_argument("--client-secret", default="emulated-client-secret")
    parser.add_argument("--users", default="U0ZHANGMIN=张敏,U0LIWEI=李伟", help="id=name, with commas")
    given = parser.parse_args()
    run_emulator(
        bot_token=given.bot_token,
        app_token=given.app_token,
        signing_secret=given.signing_secret,
        client_id=given.client_id,
        client_secret=given.client_secret,
        callback_url=given.callback,
        host=given.host,
        port=given.port,
        users=_users(given.users),
    )


def _users(text: str) -> dict[str, str]:
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    return {ident: name or ident for ident, _, name in pairs}


if __name__ == "__main__":
    main()
