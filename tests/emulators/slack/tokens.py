"""Which token opens which method."""

from __future__ import annotations

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.method import Method, TokenKind
from tests.emulators.slack.world import World


class Tokens:
    """Checks tokens as Slack does: there, alive, known, of the right kind, with the scope."""

    def __init__(self, world: World) -> None:
        self._world = world

    def check(self, token: str, method: Method) -> None:
        """Raise not_authed, invalid_auth, token_revoked, not_allowed_token_type or missing_scope."""
        if not token:
            raise SlackError("not_authed")
        if token in self._world.faults.refused_tokens:
            raise SlackError(self._world.faults.refused_tokens[token])
        kind = self._kind(token)
        if kind is None:
            raise SlackError("invalid_auth")
        if kind != method.token:
            raise SlackError("not_allowed_token_type")
        scopes = self._world.workspace.scopes
        if method.scopes and not scopes & set(method.scopes):
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(scopes)))

    def _kind(self, token: str) -> TokenKind | None:
        space = self._world.workspace
        known: dict[str, TokenKind] = {space.bot_token: "bot", space.app_token: "app"}
        return "user" if token in self._world.signin.tokens else known.get(token)
