"""`python -m tests.emulators.wecom --port 8081 --callback http://127.0.0.1:8080/wecom/callback …`"""

from __future__ import annotations

import argparse

from tests.emulators.wecom.run import run_emulator


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.wecom", description="企业微信模拟器")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--callback", default="", help="the app's callback URL")
    parser.add_argument("--corp-id", required=True)
    parser.add_argument("--agent-id", type=int, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--aes-key", required=True, help="43 characters")
    parser.add_argument("--users", default="zhangmin,liwei", help="userids, or userid=name, with commas")
    parser.add_argument("--webhook-keys", default="", help="keys of group robots, with commas")
    given = parser.parse_args()
    run_emulator(
        corp_id=given.corp_id,
        agent_id=given.agent_id,
        secret=given.secret,
        token=given.token,
        aes_key=given.aes_key,
        callback_url=given.callback,
        host=given.host,
        port=given.port,
        users=_users(given.users),
        webhook_keys=[key for key in given.webhook_keys.split(",") if key],
    )


def _users(text: str) -> dict[str, str]:
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    return {userid: name or userid for userid, _, name in pairs}


if __name__ == "__main__":
    main()
