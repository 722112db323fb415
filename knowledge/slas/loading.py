"""All rules: ours in config/slas, and a company's own beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import config
from bot.contracts.errors import ConfigurationError
from config.groups.slas import Slas
from config.languages import operator_language
from config.locales import t
from knowledge.events.types import Catalog
from knowledge.slas.faults import BadRule, RuleFault
from knowledge.slas.making import house_of
from knowledge.slas.reading import parse
from knowledge.slas.rule import Rule

OURS = Path(config.__file__).parent / "slas"


def load_rules(settings: Slas, zone: str, catalog: Catalog) -> Mapping[str, Rule]:
    """By their names; a company's rule takes the place of ours with its name.

    Raises ConfigurationError that names file, line and remedy.
    """
    house, found = house_of(settings, zone), dict[str, Rule]()
    for folder, label in _folders(settings):
        here: dict[str, str] = {}
        for path in sorted(folder.glob("*.yaml")):
            file = f"{label}/{path.name}"
            rule = parse(path.read_text(encoding="utf-8"), file, house, catalog)
            if rule.name in here:
                raise BadRule(file, [RuleFault(1, "name_twice", {"value": rule.name, "file": here[rule.name]})])
            here[rule.name], found[rule.name] = file, rule
    for name in settings.off:
        if name not in found:
            known = ", ".join(sorted(found))
            raise ConfigurationError(t("slas.settings.off", operator_language(), value=name, known=known))
    return {name: rule for name, rule in found.items() if name not in settings.off}


def _folders(settings: Slas) -> Iterator[tuple[Path, str]]:
    yield OURS, "config/slas"
    if settings.folder is not None:
        if not settings.folder.is_dir():
            raise ConfigurationError(t("slas.settings.folder", operator_language(), value=settings.folder))
        yield settings.folder, str(settings.folder)
