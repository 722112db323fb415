"""Reads and checks all of `config/signals/` (A4: nothing starts with a signal that has no policy or no card)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import config
from bot.contracts.errors import ConfigurationError
from bot.contracts.listening import Side, Source
from knowledge.signals.deal_rules import DEAL_RULES, DealRule
from knowledge.signals.kind import Kind, Policy
from knowledge.signals.lines import Lines, read_lines
from knowledge.signals.schema import KindEntry, PolicyEntry
from knowledge.signals.talk_rules import TALK_RULES, TalkRule

FOLDER = Path(config.__file__).parent / "signals"
_REMEDY = "Compare it with config/signals/README.md."


def load_kinds(folder: Path = FOLDER) -> Mapping[str, Kind]:
    """Every kind by its key, in the order of files and entries. Raises ConfigurationError with every fault found."""
    entries: dict[str, tuple[KindEntry, Lines]] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        lines = read_lines(path)
        for key, raw in lines.tree.items():
            if key in entries:
                faults.append(lines.fault((key,), f"{key!r} is also in {entries[key][1].name}; remove one."))
                continue
            try:
                entries[key] = (KindEntry.model_validate(raw), lines)
            except ValidationError as error:
                faults += [_sentence(lines, key, fault) for fault in error.errors()]
    faults += [fault for key, (entry, lines) in entries.items() for fault in _across(key, entry, lines, entries)]
    if not entries and not faults:
        faults.append(f"{folder}: there are no signals. Put back the files that came with us.")
    if faults:
        raise ConfigurationError("\n".join(faults))
    return {key: _kind(key, entry) for key, (entry, _) in entries.items()}


def ordinary_sentences(folder: Path = FOLDER) -> list[str]:
    """Sentences that are a signal of no kind; lines that begin with # are comments."""
    lines = (folder / "ordinary.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _sentence(lines: Lines, key: str, fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    what = f"{key}: {where}: {fault['msg']}" if where else f"{key}: {fault['msg']}"
    return lines.fault((key, *fault["loc"]), f"{what}. {_REMEDY}")


def _across(key: str, entry: KindEntry, lines: Lines, entries: Mapping[str, object]) -> list[str]:
    """What can only be seen with all kinds and rules at hand."""
    faults = [
        lines.fault((key, "beside"), f"{key}: there is no signal {other!r} to stand beside. Correct the name.")
        for other in entry.beside
        if other not in entries
    ]
    if entry.method in {"text", "rule", "model"}:
        return faults
    rules: Mapping[str, TalkRule | DealRule] = TALK_RULES if entry.method == "structure" else DEAL_RULES
    rule = rules.get(entry.rule)
    if rule is None:
        names = ", ".join(sorted(rules))
        return [*faults, lines.fault((key, "rule"), f"{key}: there is no rule {entry.rule!r}. Choose of: {names}.")]
    missing = [name for name in rule.limits if name not in entry.limits]
    if missing:
        faults.append(lines.fault((key, "limits"), f"{key}: add the limits {', '.join(missing)}. {_REMEDY}"))
    return faults


def _kind(key: str, entry: KindEntry) -> Kind:
    return Kind(
        key=key,
        title={"zh": entry.title.zh, "en": entry.title.en},
        family=entry.family,
        method=entry.method,
        level=entry.level,
        sources=frozenset(Source(source) for source in entry.sources),
        policy=_policy(entry.policy),
        priority=entry.priority,
        speaker=None if entry.speaker == "any" else Side(entry.speaker),
        question=entry.question,
        rule=entry.rule,
        limits=entry.limits,
        stages=frozenset(entry.stages),
        names=entry.names,
        beside=frozenset(entry.beside),
        heedless=frozenset(entry.heedless),
        patterns=_compiled(entry.patterns),
        unless=_compiled(entry.unless),
        sounds=entry.sounds,
        exemplars=tuple(text for texts in entry.exemplars.values() for text in texts),
        against=tuple(text for texts in entry.against.values() for text in texts),
        report=entry.thresholds.report,
        strong=entry.thresholds.strong,
    )


def _policy(entry: PolicyEntry) -> Policy:
    ask = {"zh": entry.ask.zh, "en": entry.ask.en} if entry.ask else None
    return Policy(entry.tell, entry.cool_down_hours or 0.0, entry.card or "", ask, entry.because)


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
