"""Whose morning it may be: scopes that a viewer may choose, the one that is theirs, whose rows each is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bot.contracts.errors import BadInput
from bot.contracts.person import Person, Role
from config.locales import t
from knowledge.briefing.types import Scope

EVERYTHING = frozenset({Role.SALES_OPS, Role.ADMIN})
JOINT = "、"  # between regions of one director
_SELLERS = frozenset({Role.REP, Role.MANAGER})
_ALL_WORDS = frozenset({"全部", "全公司", "公司", "all", "company"})


def home(viewer: Person) -> Scope:
    """The scope of somebody's own morning."""
    if viewer.role in EVERYTHING:
        return Scope("all")
    if viewer.role is Role.DIRECTOR and viewer.regions:
        return Scope("region", JOINT.join(viewer.regions))
    if viewer.role is Role.MANAGER and viewer.team:
        return Scope("team", viewer.team)
    return Scope("own", viewer.name)


def choices(viewer: Person, people: Iterable[Person]) -> tuple[Scope, ...]:
    """Every scope that the viewer may choose, their own first. `people`: whom they may see."""
    found = [home(viewer)]
    if viewer.role in EVERYTHING or viewer.role is Role.DIRECTOR:
        sellers = [one for one in people if one.role in _SELLERS]
        regions = dict.fromkeys(region for one in sellers for region in one.regions if region)
        mine = [one for one in regions if viewer.role in EVERYTHING or one in viewer.regions]
        found += [Scope("region", name) for name in mine]
        found += [Scope("team", name) for name in dict.fromkeys(one.team for one in sellers if one.team)]
    return tuple(dict.fromkeys(found))


def choose(said: str, allowed: Sequence[Scope], language: str) -> Scope:
    """The scope that is called so; "" the first. Raises BadInput with the nearest names, the same whether a name is
    unknown or somebody else's."""
    word = said.strip()
    if not word:
        return allowed[0]
    if word.casefold() in _ALL_WORDS and allowed[0].kind == "all":
        return allowed[0]
    named = [one for one in allowed if one.name.casefold() == word.casefold()]
    begun = [one for one in allowed if one.name.casefold().startswith(word.casefold())]
    if named or begun:
        return (named or begun)[0]
    names = [one.name for one in allowed if one.name]
    near = get_close_matches(word, names, n=5, cutoff=0.3) or names[:5]
    raise BadInput(t("briefing.errors.scope", language, said=word[:40], near="、".join(near) or "–"))


def owners(scope: Scope, viewer: Person, people: Iterable[Person]) -> frozenset[str] | None:
    """Whose rows it is about; None: all that the viewer may see."""
    if scope.kind == "all":
        return None
    if scope.kind == "own":
        return frozenset({viewer.id})
    if scope.kind == "team":
        return frozenset(one.id for one in people if one.team == scope.name)
    names = frozenset(scope.name.split(JOINT))
    return frozenset(one.id for one in people if names & set(one.regions))


def key_of(scope: Scope, viewer: Person) -> str:
    """Its name in tables: of `own`, two people of one name are two."""
    return f"own:{viewer.id}" if scope.kind == "own" else f"{scope.kind}:{scope.name}"
