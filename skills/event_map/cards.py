"""Cards about who tells what to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from bot.contracts import Card, Section
from config.locales import t
from skills.event_map.wiring import Listener, Wire, Wiring

_LISTED = 40


class MapCards:
    """In one language, with links to one console."""

    def __init__(self, wiring: Wiring, lang: str, public_url: str) -> None:
        self._wiring, self._lang, self._url = wiring, lang, public_url

    def overview(self) -> Card:
        """How much is connected, and what isn't."""
        wiring = self._wiring
        used = [one for one in wiring.wires if one.is_used]
        said = self._t("overview", systems=len(wiring.systems), used=len(used), all=len(wiring.wires))
        if not wiring.systems:
            said = self._t("nobody", all=len(wiring.wires))
        sections = [
            self._section("wired", (self._line(one) for one in used if one.listeners)),
            self._section("untold", (self._title(one) for one in wiring.untold)),
            self._section("unheard", (self._title(one) for one in wiring.unheard)),
            self._section("idle", (self._title(one) for one in wiring.idle)),
        ]
        return self._card(said, self._warning(), sections, "/events/map")

    def type(self, wire: Wire, *, senders_first: bool = False) -> Card:
        """Who hears it, who tells it; `senders_first`: the other way round."""
        hears = self._heard(wire.listeners)
        tells = self._names(one.title for one in wire.producers)
        key = "heard" if wire.listeners else "heard_by_us" if wire.rules else "unheard_type"
        said = self._t(key, title=wire.type.named(self._lang), names=hears)
        by = self._t("told", names=tells) if tells else self._t("untold_type", kinds=self._kinds(wire.type.producers))
        if senders_first:
            title = wire.type.named(self._lang)
            by, said = (
                said,
                self._t("told_of", title=title, names=tells) if tells else self._t("untold_of", title=title),
            )
        sections = [
            self._section("what", [wire.type.what.get(self._lang, wire.type.what["zh"]), wire.type.name]),
            self._section("rules", (rule.named(self._lang) for rule in wire.rules)),
            self._section("typical", [self._kinds(wire.type.listeners)] if wire.type.listeners else []),
        ]
        return self._card(said, by, sections, f"/events/map/{wire.type.name}")

    def system(self, name: str) -> Card:
        """What one system tells and hears."""
        sent, heard = self._wiring.of(name)
        said = self._t("system", title=self._wiring.systems[name].title, sent=len(sent), heard=len(heard))
        sections = [
            self._section("sent", (self._title(one) for one in sent)),
            self._section("hears", (self._title(one) for one in heard)),
        ]
        return self._card(said, "", sections, f"/events/map?focus=from:{name}")

    def heard_by(self, one: Listener) -> str:
        """A listener, with what keeps it from hearing."""
        return one.system.title if one.state == "live" else self._t(f"state.{one.state}", title=one.system.title)

    def _heard(self, listeners: Sequence[Listener]) -> str:
        """What all have in common is said once."""
        states = {one.state for one in listeners}
        if len(listeners) > 1 and len(states) == 1 and "live" not in states:
            return self._t(f"all.{states.pop()}", names=self._names(one.system.title for one in listeners))
        return self._names(self.heard_by(one) for one in listeners)

    def _warning(self) -> str:
        counts = {"untold": len(self._wiring.untold), "unheard": len(self._wiring.unheard)}
        return " ".join(self._t(f"warning.{name}", count=count) for name, count in counts.items() if count)

    def _line(self, wire: Wire) -> str:
        tells = self._names(one.title for one in wire.producers) or self._t("no_one")
        return f"{tells} → {wire.type.named(self._lang)} → {self._heard(wire.listeners)}"

    def _title(self, wire: Wire) -> str:
        return f"{wire.type.named(self._lang)} `{wire.type.name}`"

    def _kinds(self, kinds: Sequence[str]) -> str:
        return self._names(t(f"event_map.kind.{kind}", self._lang) for kind in kinds)

    def _names(self, names: Iterable[str]) -> str:
        return self._t("and").join(dict.fromkeys(names))

    def _section(self, key: str, lines: Iterable[str]) -> Section:
        return Section(self._t(f"section.{key}"), "\n".join(f"- {line}" for line in list(lines)[:_LISTED]))

    def _card(self, headline: str, summary: str, sections: Sequence[Section], path: str) -> Card:
        return Card(
            f"event_map-{uuid4().hex}",
            headline=headline,
            summary=summary,
            source=self._t("title"),
            sections=tuple(one for one in sections if one.body),
            url=f"{self._url}{path}",
        )

    def _t(self, key: str, **values: object) -> str:
        return t(f"event_map.{key}", self._lang, **values)
