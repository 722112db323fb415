"""Who is who in a recording, as far as lists, lines and settings tell; and which names the transcriber expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.speech.utterances import line_of
from bot.contracts.listening import Side, Utterance
from bot.flows.recording_desk import OUR_CHANNEL
from knowledge.listening.sides import Known
from storage.imports.transcripts import roles_of

if TYPE_CHECKING:
    from storage.repositories.dialogues import DialogueRecord
    from storage.store import Store

HOT_WORDS = 60  # names that the transcriber is told to expect


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how, here."""

    company: str
    rivals: Callable[[], Sequence[str]]
    our_channel: str = ""  # left or right, of telephone systems; "": not known

    def hot_words(self, customer: str) -> list[str]:
        """What is likely to be said, the likeliest first."""
        names = [customer, self.company, *self.rivals()]
        return [name for name in dict.fromkeys(names) if name][:HOT_WORDS]

    def known(self, store: Store, record: DialogueRecord, utterances: Sequence[Utterance]) -> Known:
        """By what the sides of a recording are told."""
        customer = store.customers.get(record.customer_id) if record.customer_id else None
        rep, company = store.people.get(record.person_id), [*filter(None, [self.company])]
        return Known(
            ours=[*store.people.all_names(), *company],
            theirs=[name for name in (customer.name, customer.short_name) if name] if customer else [],
            heard=[*company, *([rep.name] if rep else [])],
            lines=roles_of(utterances) or self._lines(record, utterances),
        )

    def _lines(self, record: DialogueRecord, utterances: Sequence[Utterance]) -> Mapping[str, Side]:
        """By speaker, where each has a channel and somebody said which is ours."""
        ours = str((record.summary or {}).get(OUR_CHANNEL) or self.our_channel)
        lines = {one.speaker: line_of(one.id) for one in utterances if one.speaker}
        if not ours or "" in lines.values():
            return {}
        return {speaker: Side.OURS if line == ours else Side.THEIRS for speaker, line in lines.items()}
