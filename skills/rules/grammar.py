"""The words of rules, in Chinese and English, as patterns. Pure."""

from __future__ import annotations

import re

from skills.rules.definition import Speaker
from skills.rules.numbers import NUMBER, NUMBER_EN

QUOTED = re.compile(r"(?:[“\"「『‘]|(?<![A-Za-z])')([^”\"」』“‘’']{1,30})(?:[”\"」』’]|'(?![A-Za-z]))")
_ME = r"(?:我(?:们)?|一?下我?|一声|俺)"
ACTION = re.compile(
    r"(?:请|麻烦|帮我|要|都|就|则|马上|立刻|立即|及时|自动|给我|[,，\s])*"
    rf"(?:提醒|通知|告诉|告知|提示|喊|叫|推送给)\s*{_ME}(?:一下|一声)?"
    r"|\b(?:please )?(?:remind|alert|notify|tell|ping|warn|message) me\b(?: please| at once| immediately| right away)?"
    r"|\b(?:please )?let me know\b",
    re.IGNORECASE,
)
BARE = re.compile(r"(?:就|则|都|马上|立刻|自动)(?:提醒|通知|提示)[。.!！\s]*$")  # "就提醒", nobody named
OTHERS = re.compile(
    r"(?:提醒|通知|告诉|告知)(?!我|俺|一下|下我|一声|[。.!！\s]*$)"
    r"|\b(?:remind|alert|notify|tell|ping|warn|message) (?!me\b)(?:my|the|our|[A-Z])",
)
DIGEST = re.compile(
    r"(?:放|写|收|归)?(?:进|到|在)?(?:每[天日]的?|当天的?)?(?:汇总|日报)(?:里面?|中)?|下班前|每天一起"
    r"|\b(?:in (?:the|my) digest|at the end of the day)\b",
    re.IGNORECASE,
)
_TALK = "通话|电话|沟通|会议|拜访|聊天|录音|对话|谈话|见面"
ONE_TALK = re.compile(
    rf"(?:在)?(?:同|每)?(?:一|这|当|单)(?:次|通|场|个)(?:{_TALK})(?:里面?|中|之?内|上)?"
    r"|\b(?:with)?in (?:one|a single|the same|each|every) (?:call|meeting|conversation|chat|visit|talk)\b",
    re.IGNORECASE,
)
DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "day": 1, "week": 7, "month": 30}
SPAN = re.compile(
    rf"(?:在)?(?:最近|同)?(?P<n>半|{NUMBER})\s*个?(?P<unit>天|日|周|星期|礼拜|月)(?:之内|以内|里面?|内|中)"
    r"|(?P<day>当天|同一天|每天|一天)(?:之?内|里)?"
    r"|(?P<week>(?:[本这每]一?|一)(?:周|个?星期))(?:之?内|里)?|(?P<month>本月|这个月|每个?月|一个月)(?:之?内|里)?"
    rf"|\b(?:with)?in (?P<en>an?|one|the same|{NUMBER_EN}) (?P<unit_en>day|week|month)s?\b"
    r"|\b(?:a|per|each|every) (?P<per>day|week|month)\b",
    re.IGNORECASE,
)
TIMES = re.compile(
    r"(?:连续|累计|一共|总共|达到|至少|满|第|超过|多于|大于|不止|够)*\s*"
    rf"(?P<n>{NUMBER})\s*(?:次|回|遍|条|句)(?:以上|及以上)?(?:了)?"
    r"|(?P<many>反复|多次|一再|再三|好几次|几次)"
    rf"|\b(?:at least |more than |over )?(?P<en>{NUMBER_EN}) (?:or more )?times\b(?: or more)?"
    r"|\b(?P<word>once|twice|thrice)\b|\b(?P<often>repeatedly|several times|again and again|many times)\b",
    re.IGNORECASE,
)
OVER = re.compile(r"超过|多于|大于|不止|more than|over ", re.IGNORECASE)
MANY = 3  # what 反复, 多次, repeatedly stand for; the rule's card says so
SOURCES = (
    (
        "email",
        re.compile(r"(?:在)?(?:邮件|来信|邮箱)(?:里面?|中|上)|\b(?:in|by) (?:an? |the )?(?:e-?mails?|mails?)\b", re.I),
    ),
    (
        "recording",
        re.compile(
            r"(?:在)?(?:电话|通话|录音|会议|拜访)(?:里面?|中|上|时)"
            r"|\b(?:on|in) (?:a |the )?(?:calls?|phone|meetings?|recordings?|visits?)\b",
            re.I,
        ),
    ),
    (
        "chat",
        re.compile(
            r"(?:在)?(?:群|群聊|聊天|微信|企微|企业微信)(?:里面?|中|上)|\b(?:in|on) (?:a |the )?(?:chats?|group)\b",
            re.I,
        ),
    ),
)
NOT_ASKED = re.compile(
    r"[,，(（]?(?:不算|除了|不含|不包括|不是)(?:问句|提问|疑问句?|问)[)）]?|\b(?:not as a|no) questions?\b", re.I
)
ASKED = re.compile(
    r"(?:用|以)?(?:问句|提问的?方式|疑问句)|\bas a question\b|\b(?:only questions?|questions? only)\b", re.I
)
LEAD = re.compile(
    r"^(?:请|帮我|给我|我要|我想|[\s,，])*(?:新建|新增|增加|添加|加|定|设|建)(?:一?[条个])?(?:新的?|提醒)?规则[:：,，\s]*"
    r"|^(?:please )?(?:new|(?:add|make|create|set)(?: up)? (?:a|the)(?: new)?) rule\b[:,\s]*",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"^(?:[\s,，:：]|只要|如果|要是|一旦|每当|每次|每逢|当|若|假如|凡是|以后|今后|每"
    r"|\b(?:whenever|when|if|once|as soon as|each time|every time)\b)+",
    re.IGNORECASE,
)
WHEN = re.compile(
    r"就|则|时[,，\s]*$|时候|一旦|只要|如果|要是|每当|每次|每逢"
    r"|\b(?:whenever|when|if|once|as soon as|each time|every time)\b",
    re.IGNORECASE,
)
SPEECH = re.compile(
    r"说|提|问|讲|聊|谈|嫌|抱怨|要求|催|听到|出现"
    r"|\b(?:says?|said|mention\w*|asks?|asked|talks? (?:about|of)|brings? up|raises?|complains?|objects?|wants?|"
    r"promises?|refuses?|rejects?|compares?|hesitates?|threatens?)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"怎么|如何|[?？]\s*$|吗[。\s]*$|^(?:what|how|why|who|which|can|could|do|does|is|are)\b", re.IGNORECASE
)
SPEAKERS: tuple[tuple[Speaker, str], ...] = (
    (
        "theirs",
        r"(?:老|新|大|这个|那个|某个)?(?:对面|客户|顾客|对方|甲方|买方|买家|采购|他们|她们|他|她|人家)(?:那边|们)?",
    ),
    ("ours", r"(?:我方|我们|咱们|我自己|我|本人|销售)(?:这边)?"),
    ("theirs", r"(?:the |a |my |any |our )?(?:customers?|clients?|buyers?|prospects?|they|he|she)\b"),
    ("ours", r"(?:i|we|our side|our reps?|the reps?)\b"),
    ("any", r"(?:谁|有人|任何人|双方|大家|anybody|anyone|somebody|someone|either side)"),
)
SPOKEN = tuple((who, re.compile(rf"^{words}(?:[都又再也在要会]|有人)*\s*", re.I)) for who, words in SPEAKERS)
ASKS = re.compile(
    r"^(?:来|再|又|反复|主动)*(?:追问|询问|打听|咨询|问(?!题))(?:到|起|过|了|及|一下)*(?:关于|有关)?\s*"
    r"|^(?:keeps? )?(?:asks?|asked|asking|inquires?|enquires?)(?: me| us)?(?: about| for| after| on)?(?:\s+|$)",
    re.IGNORECASE,
)
SAYS = re.compile(
    r"^(?:来|再|又|反复|主动)*(?:说(?![明服])|提(?![前成供高升货交醒款])|讲(?!价)|聊|谈(?![判价])|表示|出现|听)"
    r"(?:到|起|过|了|及|出|一下)*(?:关于|有关)?\s*"
    r"|^(?:keeps? )?(?:says?|said|saying|mentions?|mentioned|mentioning|talks? (?:about|of)|talked about|talking about|"
    r"brings? up|brought up|raises?|raised|speaks? (?:about|of)|refers? to)(?: that)?(?:\s+|$)",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:[\s,，。.!！?？:：;；]|的时候|时候|之后|以后|的话|(?<!小)时|就|则|了|都|"
    r"的(?:问题|事情?|话题|情况|字眼|字样|词)|这(?:个|几个)词)+$"
)
TAIL_EN = re.compile(r"(?:\s|\b(?:please|then|or more|the word|words)\b)+$", re.IGNORECASE)
HEAD = re.compile(r"^(?:[\s,，:：的]|关于|有关|\b(?:about|the|our|an?|for|that|of|word|words)\b\s)+", re.IGNORECASE)
SPLIT = re.compile(r"\s*(?:或者是?|或是?|、|/|[,，]|\bor\b)\s*", re.IGNORECASE)
