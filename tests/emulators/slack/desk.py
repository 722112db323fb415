"""The modals and App Homes that people have before them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.slack.errors import SlackError

STACK = 3


@dataclass
class View:
    """One modal or home, as it is now."""

    id: str
    user: str
    content: dict[str, Any]
    root: str
    previous: str | None = None
    hash: str = ""
    state: dict[str, Any] = field(default_factory=dict)  # what the person has put in, by block and action

    def as_json(self, team: str, app: str, bot: str) -> dict[str, Any]:
        """The view as the API and the payloads show it."""
        optional = {"submit": None, "close": None, "external_id": "", "private_metadata": "", "callback_id": ""}
        return {
            **optional,
            "clear_on_close": False,
            "notify_on_close": False,
            **self.content,
            "id": self.id,
            "team_id": team,
            "state": {"values": self.state},
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "app_id": app,
            "bot_id": bot,
        }


class Desk:
    """All views that are open."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}  # modals, by person, the visible one last
        self._homes: dict[str, View] = {}

    def open(self, user: str, content: dict[str, Any]) -> View:
        """A new modal, alone."""
        self._check_external(content)
        view = self._new(user, content)
        self._stacks[user] = [view]
        return view

    def push(self, view_id: str, content: dict[str, Any]) -> View:
        """A modal on top of the one in which a button was pressed."""
        below = self.find(view_id)
        stack = self._stacks[below.user]
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self._check_external(content)
        view = self._new(below.user, content)
        view.root, view.previous = below.root, below.id
        stack.append(view)
        return view

    def update(self, view: View, content: dict[str, Any], expected: str = "") -> View:
        """Other content; raise hash_conflict when somebody else was quicker."""
        if expected and expected != view.hash:
            raise SlackError("hash_conflict")
        if content.get("external_id") and content["external_id"] != view.content.get("external_id"):
            self._check_external(content)
        kept = {block.get("block_id") for block in content["blocks"]}
        view.content, view.hash = with_ids(content), _hash()
        view.state = {block: values for block, values in view.state.items() if block in kept}
        return view

    def find(self, view_id: str = "", external_id: str = "") -> View:
        """An open modal or a home; raise not_found."""
        for view in [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]:
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def stack_of(self, user: str) -> list[View]:
        """The modals before a person, the visible one last."""
        return self._stacks.get(user, [])

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Take a modal (or all of them) away; what was taken, top first."""
        stack = self._stacks.get(view.user, [])
        gone = list(stack) if everything else [view]
        self._stacks[view.user] = [other for other in stack if other not in gone]
        return gone[::-1]

    def publish(self, user: str, content: dict[str, Any], expected: str = "") -> View:
        """The person's App Home."""
        home = self._homes.get(user)
        if home is None:
            home = self._homes[user] = self._new(user, content)
            return home
        return self.update(home, content, expected)

    def home_of(self, user: str) -> View | None:
        """What was published for this person."""
        return self._homes.get(user)

    def _new(self, user: str, content: dict[str, Any]) -> View:
        ident = f"V{secrets.token_hex(5).upper()}"
        return View(ident, user, with_ids(content), ident, hash=_hash())

    def _check_external(self, content: dict[str, Any]) -> None:
        views = [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]
        name = content.get("external_id")
        if name and any(view.content.get("external_id") == name for view in views):
            raise SlackError("duplicate_external_id")


def with_ids(content: dict[str, Any]) -> dict[str, Any]:
    """The same with a block_id at every block and an action_id at every element, as Slack adds them."""
    return {**content, "blocks": [block_with_ids(block) for block in content["blocks"]]}


def block_with_ids(block: dict[str, Any]) -> dict[str, Any]:
    """One block with its ids."""
    made: dict[str, Any] = {"block_id": secrets.token_urlsafe(4), **block}
    for name in ("accessory", "element"):
        if name in made and made[name]["type"] != "image":
            made[name] = {"action_id": secrets.token_urlsafe(4), **made[name]}
    if made["type"] in ("actions", "context_actions"):
        made["elements"] = [{"action_id": secrets.token_urlsafe(4), **element} for element in made["elements"]]
    return made


def _hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
