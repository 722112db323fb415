"""The steps of answering, each one idea. Their order is in `bot/flows/steps.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from bot.contracts import Action, Card, CardUpdate, Context, Message, Reply, Role, Skill
from bot.contracts.skill import Ask
from bot.flows import privacy
from bot.flows.forms import asked_for
from bot.flows.keeping import LISTENING, kept
from bot.flows.listening import EMAIL
from bot.flows.persist import persistently
from bot.flows.turn import TOPIC, House, Turn
from bot.flows.wording import says_something
from config.locales import t
from knowledge.playbook.finding import LONGEST_QUESTION
from knowledge.playbook.masking import keep_gap, masked
from knowledge.retrieval.language import spoken_language
from storage.repositories.cards import StoredCard
from storage.store import Store

AGREED = "contact_agreed"  # the event; the message's sender is ours, `raw["contact"]` is who agreed
ASKING = "router"  # the name under which the question back is kept
TOPIC_LASTS = timedelta(minutes=30)

log = structlog.get_logger(__name__)


async def note_agreement(turn: Turn, house: House) -> None:
    """A18: from this moment on, what is said in that conversation may be kept."""
    if turn.message.event == AGREED and house.agreed is not None:
        await house.agreed(turn.message)


async def overhear(turn: Turn, house: House) -> None:
    """What isn't said to the bot may be worth hearing. Storing twice keeps once, so a repeated turn does no harm."""
    message = turn.message
    mail = message.channel == EMAIL
    turn.overheard = message.press is None and (mail or (message.in_group and not message.mentioned))
    if house.hear is not None and turn.overheard and (mail or message.kind == "text"):
        await house.hear(message)


async def stay_quiet(turn: Turn, house: House) -> None:
    """In a group the bot speaks only when it is mentioned or one of its buttons is pressed; mails it never answers."""
    if turn.overheard:
        turn.finish([], skill="")


async def recognise(turn: Turn, house: House) -> None:
    """Who is it, and in which language do they read? Strangers are told how to get in, and see nothing else."""

    if turn.person is None and turn.message.kind == "event":
        turn.finish([], skill="")  # they only opened something; nobody asked
        return
    if turn.person is None:
        turn.say("xiaoce.stranger", account=turn.message.sender)
        return
    turn.language = _reads(turn, turn.message.text)


async def greet_newcomers(turn: Turn, house: House) -> None:
    """Happenings of the platform: who opens the chat for the first time is greeted; the rest is only kept."""
    if turn.message.kind != "event":
        return
    first_time = turn.message.event in {"enter_chat", "enter_agent"} and not turn.memories
    if first_time or turn.message.event == "subscribe":
        turn.say("xiaoce.welcome", name=turn.viewer.name)
    else:
        turn.finish([], skill="")


async def keep_files(turn: Turn, house: House) -> None:
    """Attachments are fetched at once, because platforms forget them after days."""
    if not turn.message.attachments:
        return
    lines = [await kept(turn, house, number) for number in range(len(turn.message.attachments))]
    if said := [line for line in lines if line]:
        turn.asides.append(Reply(turn.to, text="\n".join(said)))
    if len(said) < len(lines) and not _is_spoken_question(turn.message):
        await _ask(turn, house, LISTENING)  # it finds the customer's name in the words beside the recording
    elif not turn.message.text.strip():
        turn.finish([], skill="xiaoce")  # with words beside the files, the words are answered too


async def fold_cards(turn: Turn, house: House) -> None:
    """展开 and 收起 are the same for every card: it changes in place."""
    press = turn.message.press
    if press is None:
        return
    turn.pressed = await persistently(lambda: house.database.read(lambda store: store.cards.get(press.card_id)))
    if turn.pressed is None or not _may_press(turn, house, turn.pressed):
        turn.say("xiaoce.card_gone")
    elif press.action in {"unfold", "fold"}:
        card = replace(turn.pressed.card, unfolded=press.action == "unfold")
        reply = Reply(turn.to, card=card, update=CardUpdate(card.id, press.handle))
        turn.finish([reply], skill=turn.pressed.skill)


async def return_presses(turn: Turn, house: House) -> None:
    """Every other button goes back to the skill that made the card; an answer to our own question is routed."""
    press = turn.message.press
    if press is None or turn.pressed is None:
        return
    if press.action and press.action == turn.pressed.card.pressed:  # pressed twice: show it as it is, count it once
        again = Reply(turn.to, card=turn.pressed.card, update=CardUpdate(press.card_id, press.handle))
        turn.finish([again], skill=turn.pressed.skill)
        return
    answers = asked_for(turn.pressed.card, press)
    turn.message = replace(turn.message, press=replace(press, values=answers))
    asked = str(turn.pressed.context.get("text", ""))
    turn.language = _reads(turn, asked)  # a card goes on in the language of the question that it answers
    name = press.action if turn.pressed.skill == ASKING else turn.pressed.skill
    if not _may_use(turn, house, name):
        turn.say("xiaoce.card_gone")
        return
    if turn.pressed.skill == ASKING:
        turn.message = _typed(turn.message, asked)
    await _ask(turn, house, name)


async def ask_for_words(turn: Turn, house: House) -> None:
    """Links and empty messages say nothing that a skill could answer; a place may be a customer's: a check-in (A10)."""
    if (place := turn.message.location) is not None and place.label:
        found = await persistently(
            lambda: house.database.read(lambda store: store.customers.mentioned_in(turn.viewer, place.label))
        )
        if len(found) == 1:
            turn.message = _typed(turn.message, t("coaching.visit.check_in", turn.language, customer=found[0].name))
    if not turn.message.text.strip():
        turn.say("xiaoce.say_it_in_words")


async def choose_skill(turn: Turn, house: House) -> None:
    """Route the text; when several skills could be meant, ask with three buttons instead of guessing."""
    await house.ready.wait()  # just started: the question is safe, the index is seconds away
    topic, memory = await _thread(turn, house)
    route = await house.router.route(turn.message.text, _context(turn, house, memory), topic)
    log.info("routed", skill=route.skill, how=route.how)
    if route.skill:
        await _ask(turn, house, route.skill)
    elif route.how == "closed":
        turn.finish([Reply(turn.to, _closed(turn, house.skills[route.candidates[0]]))], skill=ASKING)
    else:
        await _keep_unanswered(turn, house)
        turn.finish([Reply(turn.to, card=_question(turn, route.candidates))], skill=ASKING)


def _closed(turn: Turn, skill: Skill) -> str:
    """Whom to ask instead; nothing of what they would see."""
    title = t(f"{skill.name}.title", turn.language)
    roles = t("xiaoce.or", turn.language).join(
        t(f"console.role.{role.value}", turn.language) for role in Role if role in skill.roles
    )
    return t("xiaoce.closed", turn.language, title=title, roles=roles)


async def _keep_unanswered(turn: Turn, house: House) -> None:
    """What we could only ask back about shows sales ops what the playbook lacks, as an open question does."""
    message = turn.message
    if not says_something(message.text):
        return

    def keep(store: Store) -> None:
        keep_gap(
            store, masked(store, message.text[:LONGEST_QUESTION]), turn.language, message.id, turn.viewer, turn.now
        )

    await persistently(lambda: house.database.write(keep))


async def _thread(turn: Turn, house: House) -> tuple[str, Mapping[str, object]]:
    """The skill that answered last and what it keeps, if that is fresh and a follow-up could continue it."""
    last = turn.memories.get(TOPIC, {})
    recent = last and turn.now - datetime.fromisoformat(str(last["at"])) < TOPIC_LASTS
    if not recent or last.get("asker", turn.viewer.id) != turn.viewer.id:  # told to somebody else alone
        return "", {}
    name = str(last["skill"])
    memories = turn.memories
    if privacy.is_needed(turn, house, name):
        alone = await privacy.alone_with(turn, house)
        memories = alone.memories if alone else {}
    memory = memories.get(name, {})
    return (name, memory) if memory else ("", {})


async def _ask(turn: Turn, house: House, name: str) -> None:
    private = privacy.is_needed(turn, house, name)
    turn.alone = await privacy.alone_with(turn, house) if private else None
    if private and turn.alone is None:
        privacy.withhold(turn, name)
        return
    outcomes = list(await house.skills[name].handle(turn.message, _context(turn, house, turn.memory(name))))
    if asked := next((outcome for outcome in outcomes if isinstance(outcome, Ask)), None):
        turn.message = _typed(turn.message, asked.text)  # and the next steps answer it
    elif private:
        privacy.whisper(turn, outcomes, name)
    else:
        turn.finish(outcomes, skill=name)


def _reads(turn: Turn, asked: str) -> str:
    """The language that the person chose; else the question's own, for this turn; else the one in the HR list."""
    return str(turn.preferences.get("language") or spoken_language(asked) or turn.viewer.language)


def _context(turn: Turn, house: House, memory: Mapping[str, object]) -> Context:
    """The moment, with what the skill keeps. Drafts appear where the message came from: a private answer has none."""
    adapter, message = house.adapters[turn.message.channel], turn.message

    async def draft(text: str) -> None:
        await adapter.draft(turn.to, message.id, text)

    shown = draft if turn.alone is None else None
    return Context(turn.viewer, turn.answer_to, turn.language, turn.now, memory, shown)


def _typed(message: Message, text: str) -> Message:
    """A press that means words, as if they had been typed."""
    return replace(message, kind="text", text=text, press=None)


def _question(turn: Turn, candidates: tuple[str, ...]) -> Card:
    names = candidates or ("talktracks", "customers", "help")
    buttons = tuple(Action(name, t(f"{name}.title", turn.language)) for name in names)
    return Card(f"q-{uuid4().hex}", headline=t("xiaoce.which", turn.language), actions=buttons)


def _may_press(turn: Turn, house: House, card: StoredCard) -> bool:
    """One's own cards where one is alone; in a group those that were shown to all of it."""
    if not turn.message.in_group:
        return card.person_id == turn.viewer.id
    return card.address == turn.to and not privacy.is_needed(turn, house, card.skill)


def _may_use(turn: Turn, house: House, name: str) -> bool:
    """The router's own condition, for buttons: a role may have changed, others of a group may press, and what a browser
    sends can be forged (D9)."""
    skill = house.skills.get(name)
    return skill is not None and (not skill.roles or turn.viewer.role in skill.roles)


def _is_spoken_question(message: Message) -> bool:
    """A voice message that came with the platform's own transcript is said to us, not recorded at a customer's."""
    return bool(message.text.strip()) and all(one.kind == "voice" and not one.name for one in message.attachments)
