"""How people ask for figures. What `claims` understands completely needs no pattern here."""

from bot.contracts import Example, Role

COMMANDS = ("问数", "ask", "我的订阅", "订阅列表")
LISTING = frozenset(
    {
        "我的订阅",
        "订阅列表",
        "看看我的订阅",
        "我订阅了什么",
        "my subscriptions",
        "subscriptions",
        "list my subscriptions",
    }
)
PATTERNS = (
    r"^\s*(看看|查看|列出)?(我的)?订阅(列表|了什么|有哪些)?[\s?？。]*$",
    r"(取消|退|停掉|不要|删除)了?.{0,6}订阅",
    r"(?i)^\s*((show|list) )?(my )?subscriptions[\s?.]*$|\bunsubscribe\b|\b(cancel|end|stop)\b.{0,20}\bsubscription",
)
_OPS = frozenset({Role.SALES_OPS, Role.ADMIN, Role.DIRECTOR})
_CHANNELS = frozenset({Role.CHANNEL_OWNER})
_MANAGER = frozenset({Role.MANAGER})
_REP = frozenset({Role.REP})
EXAMPLES = (
    Example("上周各渠道的线索", shown=True, roles=_OPS | _CHANNELS),
    Example("我这个月赢了几单", shown=True, roles=_REP),
    Example("我们组这个月的赢单率和上个月比", shown=True, roles=_MANAGER),
    Example("近半年回款趋势", shown=True, roles=_OPS),
    Example("本月回款多少"),
    Example("华东和华南谁的赢单金额高"),
    Example("哪些商机超过100万"),
    Example("赢单率为什么跌了"),
    Example("前三名销售的回款额"),
    Example("展会扫码的线索占比"),
    Example("平均成交周期按产品看"),
    Example("上个月工单满意度"),
    Example("每周一发我上周各渠道的线索"),
    Example("我的订阅"),
    Example("leads by channel last week", "en", shown=True, roles=_OPS | _CHANNELS),
    Example("how many deals did I win this month", "en", shown=True, roles=_REP),
    Example("our team's win rate this month against last month", "en", shown=True, roles=_MANAGER),
    Example("payments received in the last six months by month", "en"),
    Example("which deals are over 1 million", "en"),
    Example("send me leads by channel every Monday", "en"),
)
