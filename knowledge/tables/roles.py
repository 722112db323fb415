"""Tables that are linked twice (主队, 客队): which link is meant, where the question says so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.tables.query import Column
from knowledge.tables.schema import Draft, Link
from knowledge.tables.tokens import Token


def with_roles(draft: Draft, tokens: Sequence[Token]) -> tuple[Draft, list[Token]]:
    """客队 stands for the team that the column points to, and its link is the only one between the two tables.

    Where both roles are named, nothing is decided: the same table would be needed twice.
    """
    doubled = {link.child: link for link in draft.links if len(_ways(draft, link)) > 1}
    named = [one.value for one in tokens if one.letter == "C" and one.value in doubled]
    chosen = {frozenset((link.child.table, link.parent.table)): link for link in map(doubled.__getitem__, named)}
    if not named or len(set(named)) != len(chosen):
        return draft, list(tokens)
    kept = tuple(one for one in draft.links if chosen.get(frozenset((one.child.table, one.parent.table)), one) == one)
    made = [_as_table(one, doubled) if one.letter == "C" and one.value in named else one for one in tokens]
    return replace(draft, links=kept), made


def _ways(draft: Draft, link: Link) -> list[Link]:
    ends = {link.child.table, link.parent.table}
    return [one for one in draft.links if {one.child.table, one.parent.table} == ends]


def _as_table(one: Token, doubled: dict[Column, Link]) -> Token:
    return replace(one, letter="T", value=doubled[one.value].parent.table)
