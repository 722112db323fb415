"""From the app to the phones: sending, changing and taking back."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from tests.emulators.wecom.card_desk import SentCard
from tests.emulators.wecom.cards import Card, check_card, needs_callback, refuse
from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.ledger import Entry, Outcome
from tests.emulators.wecom.messages import Message, Payload, check_agent, check_message
from tests.emulators.wecom.recipients import resolve
from tests.emulators.wecom.schema import Fields, Items, Number, Text
from tests.emulators.wecom.world import World

RECALL_WITHIN = timedelta(hours=24)
UPDATE = Fields(
    {
        "userids": Items(Text()),
        "partyids": Items(Number()),
        "tagids": Items(Number()),
        "atall": Number(low=0, high=1),
        "agentid": Number(),
        "response_code": Text(required=True),
        "enable_id_trans": Number(low=0, high=1),
        "button": Fields({"replace_name": Text(required=True)}),
        "template_card": Fields(),  # checked by rules of its own
    }
)
RECALL = Fields({"msgid": Text(required=True)})


class Outbox:
    """Handles the message interfaces of one app."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, payload: Payload) -> Payload:
        """message/send: the answer, with everything that happened in the ledger."""
        world = self._world
        check_agent(payload, world.company)
        message = check_message(payload, world.record, world.media, world.callback_set)
        recipients = resolve(payload, world.company)
        if message.card:
            world.cards.check_new(message.card)
        world.quotas.take_day(len(recipients.userids))
        msgid = secrets.token_urlsafe(24)
        addressed = str(payload.get("touser") or payload.get("toparty") or payload.get("totag"))
        self._note(Outcome.ACCEPTED, addressed, message.msgtype, payload, msgid)
        for userid in recipients.userids:
            self._deliver(userid, message, msgid)
        return {**recipients.answer(), "msgid": msgid, **self._open_card(message, msgid, recipients.userids)}

    def update_card(self, payload: Payload) -> Payload:
        """message/update_template_card: change a card where it stands."""
        world = self._world
        check_agent(payload, world.company)
        refuse(UPDATE.check({**payload, "template_card": {}}, ""), world.record)
        card, button = payload.get("template_card"), payload.get("button")
        if (card is None) == (button is None):
            raise ApiError(40058, "either button or template_card")
        if card is not None:
            check_card(card, world.record, world.media, update=True)
        wanted = self._audience(payload)
        sent = world.cards.use_code(payload["response_code"])
        chosen = sent.recipients if payload.get("atall") else tuple(u for u in sent.recipients if u in wanted)
        for userid in chosen:
            self._change(userid, sent, card, button)
        world.cards.rename(sent, card)
        return {"invaliduser": [userid.lower() for userid in wanted if userid not in sent.recipients]}

    def recall(self, payload: Payload) -> Payload:
        """message/recall: take a message back within 24 hours."""
        refuse(RECALL.check(payload, ""), self._world.record)
        msgid = payload["msgid"]
        sent = [entry for entry in self._world.ledger.of(Outcome.ACCEPTED) if entry.msgid == msgid]
        if not sent or self._world.clock.now() - sent[0].at >= RECALL_WITHIN:
            raise ApiError(40058, "invalid msgid")
        for entry in self._world.ledger.delivered:
            if entry.msgid == msgid:
                self._recall_from(entry)
        return {}

    def _deliver(self, userid: str, message: Message, msgid: str) -> None:
        world = self._world
        same = {"msgtype": message.msgtype, "content": message.content}
        if world.quotas.is_duplicate(userid, same, message.duplicate_window):
            window = message.duplicate_window or timedelta()
            reason = f"the same within {int(window.total_seconds())} s"
            self._note(Outcome.DUPLICATE, userid, message.msgtype, message.content, msgid, reason)
        elif reason := world.quotas.take_member(userid):
            self._note(Outcome.DROPPED, userid, message.msgtype, message.content, msgid, reason)
        else:
            outcome = Outcome.TRUNCATED if message.truncated else Outcome.DELIVERED
            self._note(outcome, userid, message.msgtype, message.content, msgid, message.truncated)
            self._show(userid, message, msgid)

    def _show(self, userid: str, message: Message, msgid: str) -> None:
        at = self._world.clock.now().isoformat()
        content = dict(message.content)
        if message.msgtype == "file":  # the phone shows the name under which it was uploaded
            content["filename"] = self._world.media.get(content["media_id"]).filename
        bubble = Bubble(msgid, "app", message.msgtype, content, at, message.truncated)
        self._world.chats.add(userid, bubble)

    def _open_card(self, message: Message, msgid: str, userids: tuple[str, ...]) -> Payload:
        if message.card is None:
            return {}
        self._world.cards.add(msgid, message.card, userids)
        return {"response_code": self._world.cards.issue_code(msgid)} if needs_callback(message.card) else {}

    def _audience(self, payload: Payload) -> list[str]:
        company = self._world.company
        users = [company.find_user(user) or user for user in payload.get("userids", ())]
        for party in payload.get("partyids", ()):
            users.extend(company.parties.get(str(party), ()))
        for tag in payload.get("tagids", ()):
            users.extend(company.tags.get(str(tag), ()))
        if not users and not payload.get("atall"):
            raise ApiError(82001)
        return list(dict.fromkeys(users))

    def _change(self, userid: str, sent: SentCard, card: Card | None, button: Payload | None) -> None:
        bubble = self._world.chats.find(userid, sent.msgid)
        renewed = _renewed(bubble.content if bubble else sent.card, card, button)
        self._note(Outcome.UPDATED, userid, "template_card", renewed, sent.msgid)
        if bubble:
            bubble.content, bubble.pressed, bubble.note = renewed, "", ""
            self._world.chats.changed(userid, bubble)

    def _recall_from(self, entry: Entry) -> None:
        now = self._world.clock.now()
        self._world.ledger.add(replace(entry, outcome=Outcome.RECALLED, at=now))
        if bubble := self._world.chats.find(entry.recipient, entry.msgid):
            bubble.msgtype, bubble.content = "recalled", {}
            self._world.chats.changed(entry.recipient, bubble)

    def _note(
        self, outcome: Outcome, recipient: str, msgtype: str, payload: Payload, msgid: str, reason: str = ""
    ) -> None:
        now = self._world.clock.now()
        self._world.ledger.add(Entry(outcome, recipient, msgtype, payload, msgid, now, reason))


def _renewed(before: Card, card: Card | None, button: Payload | None) -> Card:
    """The card as it looks afterwards: the new one, or the old one with its buttons greyed."""
    if button is not None:
        return {**before, "replace_text": button["replace_name"]}
    return dict(card or {})
