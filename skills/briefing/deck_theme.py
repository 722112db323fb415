"""What a presentation's theme says about fonts and colours, as far as a deck has to know."""

from __future__ import annotations

from typing import Any

from skills.briefing.deck_base import LATIN
from skills.briefing.deck_letters import ACCENT, CHINESE, INK, SOFT, Fonts

_READABLE = 4.5  # contrast of words to their ground (WCAG 2, level AA)


def fonts(master: Any, tag: str) -> tuple[Fonts, Fonts]:
    """For texts and for headlines: the theme's, where it has one for Latin or Chinese letters; else ours."""
    theme = _theme(master)
    return _fonts(theme, "minor", tag), _fonts(theme, "major", tag)


def hides_words(master: Any) -> bool:
    """Whether its colour for words can't be read on its colour for panels."""
    return not _readable(master, "tx1", "bg2")


def strong(master: Any) -> str:
    """For words that stand out: the accent's colour, where these can be read."""
    return ACCENT if _readable(master, "accent1", "bg1", "bg2") else INK


def soft(master: Any) -> str:
    """For words of less weight: the theme's second colour, where these can be read."""
    return SOFT if _readable(master, "tx2", "bg1", "bg2") else INK


def _readable(master: Any, words: str, *grounds: str) -> bool:
    theme = _theme(master)
    colours = [_colour(master, theme, ground) for ground in grounds]
    return min(contrast(_colour(master, theme, words), one) for one in colours) >= _READABLE


def contrast(one: str, other: str) -> float:
    """Of two colours like 18211E, from 1 to 21, as WCAG defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _theme(master: Any) -> Any:
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml import parse_xml

    return parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)


def _fonts(theme: Any, which: str, tag: str) -> Fonts:
    from pptx.oxml.ns import qn

    short = {"minor": "mn", "major": "mj"}[which]
    found = theme.find(f".//{qn(f'a:{which}Font')}")
    if found is None:
        return Fonts(LATIN, CHINESE, tag)
    latin, east = (found.find(qn(f"a:{name}")) for name in ("latin", "ea"))
    has_latin = latin is not None and latin.get("typeface")
    has_east = east is not None and east.get("typeface")
    return Fonts(f"+{short}-lt" if has_latin else LATIN, f"+{short}-ea" if has_east else CHINESE, tag)


def _colour(master: Any, theme: Any, name: str) -> str:
    """Of the theme, through the master's own assignment of its colours."""
    from pptx.oxml.ns import qn

    mapped = master.element.find(qn("p:clrMap"))
    slot = theme.find(f".//{qn(f'a:{mapped.get(name)}')}") if mapped is not None else None
    if slot is None or not len(slot):
        return "000000" if name.startswith("tx") else "FFFFFF"
    return str(slot[0].get("lastClr") or slot[0].get("val"))


def _luminance(colour: str) -> float:
    """Relative, as WCAG defines it; of what is no such colour, that of white."""
    try:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    except ValueError:
        return 1.0
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
