"""Reads dialogues: which moves our people made, and which signals the customer had given just before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.contracts.listening import Dialogue, Side, Source, Utterance
from knowledge.patterns.case import Case, Quote, Step, Talk
from knowledge.patterns.move import Move
from knowledge.retrieval.embedder import Embedder
from knowledge.signals.classifier import Classifier
from knowledge.signals.kind import Frame, Kind, Policy
from knowledge.signals.sentences import sentences_of

MOVE_FROM = 0.5  # score from which a sentence is a move
LOOK_BACK = 3  # utterances of the customer that a move may answer
BATCH = 128  # sentences
_EVERY_FRAME: frozenset[Frame] = frozenset({"denied", "quoted", "supposed", "joking", "over"})

Progress = Callable[[int, int], None]  # dialogues read, of how many


@dataclass(frozen=True, slots=True)
class _Told:
    """What one text is: its best move if it is one, or the signals in it."""

    move: str = ""
    sureness: float = 0.0
    kinds: frozenset[str] = frozenset()


class Reader:
    """Made once for a run. Knows every sentence that it has judged: people say the same things."""

    def __init__(self, moves: Mapping[str, Move], ours: Classifier, theirs: Classifier) -> None:
        self._moves, self._ours, self._theirs = moves, ours, theirs
        self._known: dict[tuple[Side, str], _Told] = {}

    @classmethod
    async def make(
        cls,
        moves: Mapping[str, Move],
        kinds: Mapping[str, Kind],
        embedder: Embedder,
        names: Mapping[str, Sequence[str]] | None = None,
        labels: Sequence[tuple[str, str]] = (),
    ) -> Reader:
        """`names`, `labels`: as for signals; they decide about what customers say."""
        ours = await Classifier.make({key: _as_kind(move) for key, move in moves.items()}, embedder, {})
        wanted = {key: kind for key, kind in kinds.items() if _can_trigger(kind)}
        return cls(moves, ours, await Classifier.make(wanted, embedder, names or {}, labels))

    async def read(self, talks: Sequence[Talk], on_progress: Progress | None = None) -> list[Case]:
        """One case for each talk, in their order."""
        cases: list[Case] = []
        total = sum(len(talk.dialogues) for talk in talks)
        done = 0
        for talk in talks:
            await self._judge(talk)
            cases.append(self._case(talk))
            done += len(talk.dialogues)
            if on_progress:
                on_progress(done, total)
        return cases

    async def moves_in(self, texts: Sequence[str]) -> list[list[str]]:
        """The moves in each text of ours, in their order; for measuring how well they are told apart."""
        await self._learn(Side.OURS, texts)
        return [[move for move, _ in self._made(text)] for text in texts]

    async def _judge(self, talk: Talk) -> None:
        for side in (Side.OURS, Side.THEIRS):
            said = (one.text for dialogue in talk.dialogues for one in dialogue.utterances if one.side is side)
            await self._learn(side, said)

    async def _learn(self, side: Side, texts: Iterable[str]) -> None:
        pieces = [piece for text in texts for piece in _pieces(text)]
        new = [piece for piece in dict.fromkeys(pieces) if (side, piece) not in self._known]
        for begin in range(0, len(new), BATCH):
            some = new[begin : begin + BATCH]
            told = await (self._moves_of(some) if side is Side.OURS else self._kinds_of(some))
            self._known |= {(side, piece): one for piece, one in zip(some, told, strict=True)}

    async def _moves_of(self, pieces: Sequence[str]) -> list[_Told]:
        found = []
        for judged in await self._ours.judge(pieces):
            key, best = max(judged.found.items(), key=lambda pair: pair[1].score)
            sure = best.score >= MOVE_FROM and not self._moves[key].plain
            found.append(_Told(key, best.score) if sure else _Told())
        return found

    async def _kinds_of(self, pieces: Sequence[str]) -> list[_Told]:
        return [
            _Told(
                kinds=frozenset(
                    key
                    for key, one in judged.found.items()
                    if one.score >= one.kind.report and one.kind.hears(Side.THEIRS, None, asks=judged.sentence.asks)
                )
            )
            for judged in await self._theirs.judge(pieces)
        ]

    def _case(self, talk: Talk) -> Case:
        steps: list[Step] = []
        heard: list[tuple[frozenset[str], Quote]] = []
        for dialogue in talk.dialogues:
            for said in dialogue.utterances:
                quote = _quote(dialogue, said)
                if said.side is Side.THEIRS:
                    heard.append((self._signals(said.text), quote))
                elif said.side is Side.OURS:
                    after = {kind: words for kinds, words in heard[-LOOK_BACK:] for kind in sorted(kinds)}
                    steps += [Step(move, sureness, quote, after) for move, sureness in self._made(said.text)]
        every = frozenset(kind for kinds, _ in heard for kind in kinds)
        return Case(talk.deal_id, talk.won, tuple(steps), every, talk.about)

    def _made(self, text: str) -> list[tuple[str, float]]:
        """The moves of one utterance: of its sentences; of the whole where no sentence alone is one."""
        *sentences, whole = _pieces(text) or [""]
        told = [self._known.get((Side.OURS, piece), _Told()) for piece in sentences or [whole]]
        if not any(one.move for one in told):
            told = [self._known.get((Side.OURS, whole), _Told())]
        moves: dict[str, float] = {}
        for one in told:
            if one.move:
                moves[one.move] = max(one.sureness, moves.get(one.move, 0.0))
        return list(moves.items())

    def _signals(self, text: str) -> frozenset[str]:
        found = (self._known.get((Side.THEIRS, piece), _Told()).kinds for piece in _pieces(text))
        return frozenset(kind for kinds in found for kind in kinds)


def _pieces(text: str) -> list[str]:
    """The sentences of an utterance and, last, the whole of it where that is short enough to be judged."""
    sentences = sentences_of(text)
    whole = " ".join(sentences)
    return [*sentences, whole] if len(sentences) > 1 else sentences


def _quote(dialogue: Dialogue, said: Utterance) -> Quote:
    at = said.at or dialogue.begun_at
    source = dialogue.source.value
    return Quote(dialogue.id, said.id, said.text, said.speaker, dialogue.person_id, at, said.start, source)


def _as_kind(move: Move) -> Kind:
    """A move is read by the machine that reads signals. What is denied or supposed in it is still the move."""
    return Kind(
        key=move.key,
        title=move.title,
        family="move",
        method="text",
        level="utterance",
        sources=frozenset(Source),
        policy=Policy((), because="a move is mined, nobody is told"),
        speaker=Side.OURS,
        heedless=_EVERY_FRAME,
        exemplars=move.exemplars,
        against=move.against,
    )


def _can_trigger(kind: Kind) -> bool:
    """Whether it is something of a customer's that we may answer: no mood, and nothing that is only measured."""
    return kind.method == "text" and kind.speaker is Side.THEIRS and bool(kind.policy.tell) and kind.family != "feeling"
