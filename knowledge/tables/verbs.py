"""Chinese verbs: what people say for the way in which two tables belong together (执导, 寄往)."""

from __future__ import annotations

import re
from functools import cache

_ENTRY = re.compile(r"^([\u3400-\u9fff]{2,4}) \d+ v[a-z]*$", re.MULTILINE)


_SHORT = frozenset("借写买卖演拍教住养修建订吃喝打踢唱寄送租读投签收种造存管带考赢捐骑穿治诊评讲编译导印购销")
_MORE = frozenset("产自 产于 出自 源自 生于 建于 创于 寄往 发往 开往 卖给 送给".split())  # noqa: SIM905  # reads better


@cache
def verbs() -> frozenset[str]:
    """All that the segmenter's dictionary calls verbs, of two characters and more, and some of one. Read once.

    The dictionary as it is written, not the segmenter's table of words, which grows with what it has met.
    """
    from knowledge.retrieval.dictionary import segmenter

    with segmenter().get_dict_file() as file:
        return _SHORT | _MORE | frozenset(_ENTRY.findall(file.read().decode("utf-8")))
