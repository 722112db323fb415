"""The callback sender: members' messages and events on their way to the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from tests.emulators.wecom import callback_xml as xml
from tests.emulators.wecom.cards import selects
from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.ledger import Entry
from tests.emulators.wecom.poster import Delivery
from tests.emulators.wecom.sender import How, Sender, Verification

__all__ = ["CallbackSender", "How", "Verification"]

BUTTON_EVENT, MENU_EVENT = "template_card_event", "template_card_menu_event"


class CallbackSender(Sender):
    """What members can do: write, send files, press buttons, come and go."""

    async def send_text(self, userid: str, content: str, **how: Unpack[How]) -> Delivery:
        """A text message from a member."""
        return await self.send(userid, xml.text(content), **how)

    async def send_image(
        self, userid: str, content: bytes, filename: str = "image.jpg", **how: Unpack[How]
    ) -> Delivery:
        """A picture from a member; the app fetches it by MediaId."""
        media_id = self.world.media.put("image", filename, content).media_id
        return await self.send(userid, xml.image(media_id, f"{self.base_url}/phone/media/{media_id}"), **how)

    async def send_voice(self, userid: str, content: bytes, audio_format: str = "amr", **how: Unpack[How]) -> Delivery:
        """A voice message from a member."""
        media = self.world.media.put("voice", f"voice.{audio_format}", content)
        return await self.send(userid, xml.voice(media.media_id, audio_format), **how)

    async def send_video(self, userid: str, content: bytes, **how: Unpack[How]) -> Delivery:
        """A film from a member."""
        media, thumb = (
            self.world.media.put(kind, name, content) for kind, name in (("video", "video.mp4"), ("image", "thumb.jpg"))
        )
        return await self.send(userid, xml.video(media.media_id, thumb.media_id), **how)

    async def send_file(self, userid: str, filename: str, content: bytes, **how: Unpack[How]) -> Delivery:
        """A file from a member."""
        media_id = self.world.media.put("file", filename, content).media_id
        return await self.send(userid, xml.file(media_id, filename, len(content)), **how)

    async def send_location(
        self, userid: str, latitude: float, longitude: float, label: str, **how: Unpack[How]
    ) -> Delivery:
        """A place from a member."""
        return await self.send(userid, xml.location(latitude, longitude, label), **how)

    async def send_link(self, userid: str, title: str, description: str, url: str, **how: Unpack[How]) -> Delivery:
        """A link shared by a member."""
        return await self.send(userid, xml.link(title, description, url), **how)

    async def press_button(
        self,
        userid: str,
        message: Entry | Bubble | str,
        key: str,
        selected: Mapping[str, list[str]] | None = None,
        **how: Unpack[How],
    ) -> Delivery:
        """A button of a card (by entry, bubble, msgid or task_id), with a fresh ResponseCode."""
        return await self._card_event(BUTTON_EVENT, userid, message, key, selected or {}, how)

    async def press_menu(self, userid: str, message: Entry | Bubble | str, key: str, **how: Unpack[How]) -> Delivery:
        """An entry of the menu at a card's upper right corner."""
        return await self._card_event(MENU_EVENT, userid, message, key, {}, how)

    async def enter_agent(self, userid: str, **how: Unpack[How]) -> Delivery:
        """A member opens the app's conversation."""
        return await self.send(userid, xml.event("enter_agent"), **how)

    async def subscribe(self, userid: str, **how: Unpack[How]) -> Delivery:
        """A member comes into the app's range."""
        return await self.send(userid, xml.event("subscribe"), **how)

    async def unsubscribe(self, userid: str, **how: Unpack[How]) -> Delivery:
        """A member leaves the app's range."""
        return await self.send(userid, xml.event("unsubscribe"), **how)

    async def click_menu(self, userid: str, key: str, **how: Unpack[How]) -> Delivery:
        """An entry of the app's own menu."""
        return await self.send(userid, xml.event("click", key), **how)

    async def change_contact(self, change_type: str, userid: str, **fields: Any) -> Delivery:
        """create_user, update_user or delete_user of the address book; comes from `sys`."""
        return await self.send(
            "sys", {**xml.event("change_contact"), "ChangeType": change_type, "UserID": userid, **fields}
        )

    async def add_customer(
        self, userid: str, name: str, *, state: str = "", welcome: bool = True, external_userid: str = ""
    ) -> Delivery:
        """A member gets a new customer: add_external_contact, with a WelcomeCode unless `welcome` is False."""
        external = self.world.contacts.add(userid, name, state, external_userid).external_userid
        code = {"WelcomeCode": self.world.contacts.issue_code(userid, external)} if welcome else {}
        return await self.change_customer("add_external_contact", userid, external, State=state, **code)

    async def remove_customer(self, userid: str, external_userid: str, *, by_customer: bool = False) -> Delivery:
        """del_external_contact; del_follow_user if the customer did it."""
        self.world.contacts.remove(userid, external_userid)
        change = "del_follow_user" if by_customer else "del_external_contact"
        return await self.change_customer(change, userid, external_userid)

    async def change_customer(self, change_type: str, userid: str, external_userid: str, **fields: Any) -> Delivery:
        """Any change_external_contact, such as edit_external_contact or msg_audit_approved; comes from `sys`."""
        body = {"MsgType": "event", "Event": "change_external_contact", "ChangeType": change_type, "UserID": userid}
        return await self.send("sys", {**body, "ExternalUserID": external_userid, **fields})

    async def event(self, userid: str, fields: Mapping[str, Any], **how: Unpack[How]) -> Delivery:
        """Any event: `fields` must name the Event, and may replace every other field."""
        return await self.send(userid, {"MsgType": "event", **fields}, **how)

    async def _card_event(
        self,
        name: str,
        userid: str,
        message: Entry | Bubble | str,
        key: str,
        selected: Mapping[str, list[str]],
        how: How,
    ) -> Delivery:
        sent = self.world.cards.find(_name_of(message))
        bubble = self.world.chats.find(userid, sent.msgid)
        if bubble is None:
            raise LookupError(f"{userid} has no card {sent.msgid!r}")
        card = bubble.content
        check_press(name, card, key, selected)
        if name == BUTTON_EVENT:
            bubble.pressed = key
            bubble.selected = {question: list(chosen) for question, chosen in selected.items()}
        self.world.chats.changed(userid, bubble)
        code, task_id = self.world.cards.issue_code(sent.msgid), card.get("task_id", sent.task_id)
        body = xml.card_event(name, key, task_id, card["card_type"], code, selected)
        delivery = await self.send(userid, body, **how)
        self._report(userid, bubble, delivery)
        return delivery

    def _report(self, userid: str, bubble: Bubble, delivery: Delivery) -> None:
        bubble.note = "" if delivery.ok else delivery.failure
        if not delivery.ok:
            bubble.pressed = ""  # the member may press again
            self.world.chats.changed(userid, bubble)


def _name_of(message: Entry | Bubble | str) -> str:
    if isinstance(message, Entry):
        return message.msgid
    return message.id if isinstance(message, Bubble) else message


def check_press(name: str, card: Mapping[str, Any], key: str, selected: Mapping[str, list[str]]) -> None:
    """A member can press only what is on the card."""
    if name == MENU_EVENT:
        keys = [action["key"] for action in card.get("action_menu", {}).get("action_list", ())]
    elif card.get("replace_text"):
        raise ValueError("the card's buttons are greyed")
    else:
        keys = [button["key"] for button in card.get("button_list", ()) if button.get("type") != 1]
        keys += [card["submit_button"]["key"]] if "submit_button" in card else []
    if key not in keys:
        raise ValueError(f"no button {key!r} on the card, only {keys}")
    options = {question["question_key"]: [o["id"] for o in question["option_list"]] for question in selects(dict(card))}
    for question, chosen in selected.items():
        if set(chosen) - set(options.get(question, ())):
            raise ValueError(f"no options {chosen} for {question!r}, only {options}")
