"""A rehearsal's report in words: the same for card, page and command line. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.locales import t

RUNNING, PASSED, FAILED, BROKEN = "running", "passed", "failed", "broken"
MARKS = {True: "✓", False: "✗"}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule and its result."""

    key: str
    ok: bool
    required: bool
    title: str
    rule: str
    text: str

    @property
    def mark(self) -> str:
        """Passed, failed, or failed where it is only advised."""
        return MARKS[True] if self.ok else MARKS[False] if self.required else "!"


def lines(report: Mapping[str, Any], lang: str) -> list[Line]:
    """Those that failed first, then advice, then the rest."""
    found = []
    for check in report.get("checks", ()):
        at = f"sandbox.check.{check['key']}"
        text = t(f"{at}.{'ok' if check['ok'] else 'bad'}", lang, **check["values"])
        title, rule = t(f"{at}.title", lang), t(f"{at}.rule", lang)
        found.append(Line(check["key"], bool(check["ok"]), bool(check["required"]), title, rule, text))
    return sorted(found, key=lambda one: (one.ok, not one.required))


def headline(name: str, state: str, report: Mapping[str, Any], lang: str) -> str:
    """The first line."""
    bad = sum(1 for one in report.get("checks", ()) if one["required"] and one["ok"] is False)
    return t(f"sandbox.head.{state}", lang, name=name, events=report.get("events", 0), faults=bad)


def why(state: str, report: Mapping[str, Any], lang: str) -> str:
    """What ended it early, or broke it; "" when it went to its end."""
    if state == BROKEN:
        return t(f"sandbox.broken.{report.get('fault', 'ours')}", lang, detail=report.get("detail", ""))
    stopped = report.get("stopped", "")
    return t(f"sandbox.stopped.{stopped}", lang, requests=report.get("requests", 0)) if stopped else ""


def injected(report: Mapping[str, Any], lang: str) -> str:
    """超时 52，乱序 47."""
    said = [f"{t(f'sandbox.short.{name}', lang)} {count}" for name, count in report.get("injected", {}).items()]
    return "、".join(said) if said else t("sandbox.facts.none", lang)


def own_faults(report: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    """What the subscriber answered instead, and how often: (status or word of systems.reason, times)."""
    return tuple(report.get("own_faults", {}).items())


def facts(report: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """The figures, with their names."""
    if "events" not in report:
        return []
    said = [
        ("delivered", t("sandbox.facts.delivered_value", lang, **report)),
        ("lost", str(report["lost"])),
        ("retried", str(report["retried"])),
    ]
    if report["repeats"]:
        repeats = t("sandbox.facts.repeats_value", lang, repeats=report["repeats"], taken=report["repeats_taken"])
        said.append(("repeats", repeats))
    if report["p50"] is not None:
        said.append(("speed", t("sandbox.facts.speed_value", lang, **report)))
    said.append(("injected", injected(report, lang)))
    said.append(("took", t("sandbox.facts.took_value", lang, **report)))
    return [(t(f"sandbox.facts.{key}", lang), value) for key, value in said]
