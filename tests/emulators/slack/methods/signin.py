"""apps.connections.open and openid.connect.*: what other tokens than the bot's are for."""

from __future__ import annotations

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.method import SPECIAL, TIER_2, TIER_4, Answer, Call, Method
from tests.emulators.slack.shapes.schema import Text


def open_connection(call: Call) -> Answer:
    """apps.connections.open: an address for one WebSocket."""
    if call.world.socket_url is None:
        raise SlackError("socket_mode_not_enabled")
    return {"url": call.world.socket_url()}


def token(call: Call) -> Answer:
    """openid.connect.token: a user token and an id_token for a code."""
    world, args = call.world, call.args
    if args["client_id"] != world.workspace.client_id:
        raise SlackError("invalid_client_id")
    if args["client_secret"] != world.workspace.client_secret:
        raise SlackError("bad_client_secret")
    if args.get("grant_type", "authorization_code") != "authorization_code":
        raise SlackError("invalid_grant_type")
    access, grant = world.signin.exchange(args["code"], args.get("redirect_uri", ""))
    id_token = world.signin.id_token(grant, world.base_url)
    return {"access_token": access, "token_type": "Bearer", "id_token": id_token, "state": ""}


def user_info(call: Call) -> Answer:
    """openid.connect.userInfo."""
    return call.world.signin.claims(call.world.signin.tokens[call.token])


METHODS = (
    Method("apps.connections.open", open_connection, token="app", per_minute=TIER_2),
    Method(
        "openid.connect.token",
        token,
        {
            "client_id": Text(required=True),
            "client_secret": Text(required=True),
            "code": Text(required=True),
            "redirect_uri": Text(),
            "grant_type": Text(),
        },
        per_minute=TIER_4,
        token="none",
        json=False,
    ),
    Method("openid.connect.userInfo", user_info, per_minute=SPECIAL, token="user"),
)
