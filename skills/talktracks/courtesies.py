"""Words that ask for nothing: thanks, noted, hello, stop. They get one polite line and are never a gap. Pure."""

from __future__ import annotations

import re

LONGEST = 30  # characters; also keeps the repeated groups below from being tried at length
_TAIL = r"[\s,，、。.!！~～?？]*"
_FRIEND = r"(小策|你|您|了|啦|哈|呀|啊|的|xiaoce)*"
# Each stands for the whole message: "好的，那他要是还嫌贵呢" asks for something.
WORDS = {
    "thanks": rf"(非常|太|多)?(谢谢|感谢|多谢|谢了|谢啦|辛苦|感恩|3q|thx|thanks?|thank you|cheers){_FRIEND}"
    r"( (a lot|so much|very much|you))*",
    "noted": rf"(好|行|可以|嗯|哦|对|是|收到|明白|知道|了解|懂|没事|没问题|不用|okay|ok|got it|noted|great|fine|cool|"
    rf"i see|understood|all right|alright|sure|never ?mind){_FRIEND}",
    "hello": rf"((你|您|大家|早上|上午|中午|下午|晚上)好|早安?|晚安|嗨|哈喽|在吗|在不在|小策|hi|hello|hey|"
    rf"good (morning|afternoon|evening)|bye|再见|拜拜){_FRIEND}",
    "stop": r"(我?要?(退订|取消订阅|取消推送)|别(再)?(发|推|打扰)(给我|我)?了?|unsubscribe|stop|td|t)",
}
# For the router: thanks and noted may come first in a conversation, or after another skill's answer.
PATTERN = rf"^(?=.{{1,{LONGEST}}}$)\s*(({WORDS['thanks']}|{WORDS['noted']}|{WORDS['stop']}){_TAIL})+$"
_KINDS = {kind: re.compile(rf"^\s*({words}{_TAIL})+$", re.IGNORECASE) for kind, words in WORDS.items()}
_ANY = re.compile(rf"^\s*(({'|'.join(WORDS.values())}){_TAIL})+$", re.IGNORECASE)

_EVERYWHERE = re.compile(r"^[\s\W]*(ok|okay|hi|hello|thx|3q|td|t|bye|stop|yes|no)*[\s\W]*$", re.IGNORECASE)


def says_no_language(text: str) -> bool:
    """Whether a courtesy tells nothing about the language spoken: "ok" and "3q" are said in both."""
    return _EVERYWHERE.match(text) is not None


def courtesy(text: str) -> str:
    """ "thanks", "noted", "hello" or "stop" when that is all that is said; "" otherwise."""
    if len(text) > LONGEST or not _ANY.match(text):
        return ""
    # "好的谢谢" is both: thanks are what deserves an answer.
    return next((kind for kind, pattern in _KINDS.items() if pattern.match(text)), "thanks")
