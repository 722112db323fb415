"""Where the platforms say something differently: all of it. Whatever isn't named here must read the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.scenarios.reading import pieces

_SEVENTH = (r"Other reason", "the seventh button: a WeCom card has six")
# What a platform may leave out, though another shows it, and why.
_LEFT_OUT: Mapping[str, Sequence[tuple[str, str]]] = {
    "any": (
        (r"展开|收起|Details|Less|Unfold|Fold", "the label of the fold, in each platform's own words"),
        (r"来源|Sources", "the label above the sources; WeCom lists them as links"),
        (r"查看全文|Read it all|链接", "the way to the page: a WeCom card is tapped for it"),
        (r"[^…]+…", "a label shortened to the width of a WeCom button; the whole stands elsewhere in the answer"),
        (r"✓.*|已选|Done", "how a done button is marked"),
        (r"\(\d/\d\)|\d", "parts of a long WeCom message, numbers of its buttons"),
    ),
    "wecom": (
        (r"话术库", "the small line above, where a card without buttons is sent as text"),
        _SEVENTH,
        (r"指标|对方|我们", "the heading of a table, said in each row or left out where it is clear"),
    ),
    "wecom_bot": (_SEVENTH,),
    "wecom_bot_socket": (_SEVENTH,),
    "slack": (
        (r"Customer says it is too expensive", "the talk-track's title: WeCom's heading, elsewhere in the details"),
        (r"指标", "the corner of a table"),
    ),
    "console": (
        (r"Customer says it is too expensive", "the same"),
    ),
}  # fmt: skip


def missing(platform: str, heard: Mapping[str, str]) -> frozenset[str]:
    """What was read on another platform but not on this one, besides the differences above."""
    everything = frozenset[str]().union(*(pieces(words) for words in heard.values()))
    excuses = [re.compile(pattern) for pattern, _ in (*_LEFT_OUT["any"], *_LEFT_OUT[platform])]
    own = pieces(heard[platform])
    return frozenset(said for said in everything - own if not any(excuse.fullmatch(said) for excuse in excuses))
