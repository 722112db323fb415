"""How people ask for a talk-track: what the router compares with."""

from bot.contracts import Example
from skills.talktracks.courtesies import PATTERN as COURTESIES
from skills.talktracks.understanding import LISTS, NEXT, ONCE

COMMANDS = ("话术", "talktrack", "talktracks")
PATTERNS = (
    r"话术",
    r"客户.{0,30}(怎么|如何|咋)(回|答|说|应对|接|谈|解释)",
    r"(怎么|如何|咋)(回复|回答|应对|跟客户|和客户)",
    NEXT,
    *LISTS.values(),
    r"(?i)\bhow (do|should|can|would) (i|we) (respond|reply|answer|handle|counter)\b",
    r"(?i)\b(talk ?tracks?|objections?|battle ?cards?)\b",
    *ONCE.values(),
    COURTESIES,
)
EXAMPLES = (
    Example("客户说太贵了怎么回", shown=True),
    Example("客户拿恒力达来比，怎么说", shown=True),
    Example("嫌贵"),
    Example("他嫌我们价格高"),
    Example("客户压价"),
    Example("客户说要再考虑考虑"),
    Example("客户说别家报价更低"),
    Example("对方要求再降五个点怎么谈"),
    Example("客户担心售后跟不上，怎么解释"),
    Example("客户嫌交期太长"),
    Example("客户说预算没批下来"),
    Example("报价阶段客户一直不回消息", shown=True),
    Example("客户问投资回报多久能收回来"),
    Example("采购说要三家比价怎么应对"),
    Example("客户说现在的设备还能用"),
    Example("竞品说他们切割速度更快，怎么回"),
    Example("续约的时候客户想砍服务包"),
    Example("The customer says it is too expensive, what do I say?", "en", shown=True),
    Example("How do I respond when they compare us with a competitor?", "en", shown=True),
    Example("They want another five percent off", "en"),
    Example("The buyer says he has to think about it", "en"),
    Example("The customer is worried about after-sales service", "en"),
    Example("They say the lead time is too long", "en"),
    Example("What should I say in the negotiation stage?", "en"),
    Example("The customer has no budget this year", "en"),
)
