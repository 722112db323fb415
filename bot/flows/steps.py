"""How a message is answered, as one list. Read it from the top; the first step that knows the answer ends the turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.flows import answering
from bot.flows.turn import House, Turn

Step = Callable[[Turn, House], Awaitable[None]]

# Before this list: the adapter verified the platform's signature and translated, and intake stored the message
# together with this job before the platform got its acknowledgement.
ANSWERING: tuple[Step, ...] = (
    answering.note_agreement,  # a contact agreed to the chat archive: noted, nobody is answered
    answering.overhear,  # groups with customers, mails: kept where that was agreed to, and read by a job of its own
    answering.stay_quiet,  # a group isn't a help desk: silence unless mentioned; mails are never answered (D2)
    answering.recognise,  # who is it? Row permissions hang on this person from here on
    answering.greet_newcomers,  # entering, subscribing: hello or nothing
    answering.keep_files,  # platforms forget files; we don't
    answering.fold_cards,  # 展开, 收起
    answering.return_presses,  # other buttons: back to the skill that made the card
    answering.ask_for_words,  # nothing to read: say what to do
    answering.choose_skill,  # command, claim, rule, likeness; else ask back
)
# After it: replies are rendered by the adapter, put on the delivery list in the same transaction that marks the
# message as answered, and delivered in order, at the platform's pace (bot/flows/delivery.py).
