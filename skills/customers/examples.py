"""How people ask about customers. What `claims` understands completely needs no pattern here."""

from bot.contracts import Example, Role

COMMANDS = ("我的客户",)
# Each ends where the question ends: "我的客户说太贵了" and "有几个客户嫌贵" are not about the list.
PATTERNS = (
    r"(多少|几)[个家]?客户[吗呢\s?？。]*$|客户(有|一共有|总共有)?(多少|哪些|几)[个家]?[\s?？。]*$",
    # 它的年采购额: which one "it" is, only this skill knows, or asks.
    r"^\s*(那么?)?(它|这家(公司|客户)?|这个客户|该客户)(是|由|归|的)?(年?采购额|负责人|行业|等级|级别|谁(在)?(负责|跟进|管))",
    r"^\s*(看看?|列出|查一?下)?(我的)?客户(名单|列表|清单)?(有哪些|都有谁|有谁)?[\s?？。]*$",
    r"(是|归|由)?谁(在)?(负责|跟进|对接)[的呢\s?？。]*$|(是|归)谁的客户",
    # 查一下泓达, 泓达的情况: whether or not the asker may see such a customer, the answer is this skill's (D9).
    r"^\s*(帮我|请)?(查询?|搜索?)(一?[下查])?[^,，。]{2,20}$",
    r"^[^,，。]{2,24}的(客户)?(基本)?(情况|资料|档案|详情)[呢\s?？。]*$",
    r"(?i)^\s*(看|翻到?)?([上下]一?页|(next|previous) page)[\s。.!！?？]*$",
    r"^\S{4,}(有限公司|有限责任公司|股份公司|集团)[\s?？。]*$",
    r"(?i)\b(how many|list|show)\b.{0,20}\b(customers|accounts)\b|^\s*(my |our )?(customers|accounts)[\s?.]*$",
    r"(?i)\bwho (owns|handles|looks after|is responsible for|is in charge of)\b",
    r"(?i)^\s*look up \S.{1,40}$|^\S.{2,60}\bco\.?,? ?ltd\.?$",
)
_LEADING = frozenset({Role.MANAGER, Role.DIRECTOR, Role.SALES_OPS, Role.ADMIN})
_OWNING = frozenset({Role.REP, Role.CHANNEL_OWNER})
_MANAGER = frozenset({Role.MANAGER})
_WIDE = frozenset({Role.DIRECTOR, Role.SALES_OPS, Role.ADMIN})
EXAMPLES = (
    Example("我的客户有哪些", shown=True, roles=_OWNING),
    Example("我最大的5家客户", shown=True, roles=_OWNING),
    Example("A级客户有多少", shown=True, roles=_OWNING),
    Example("团队有多少客户", shown=True, roles=_MANAGER),
    Example("华东有多少客户", shown=True, roles=_WIDE),
    Example("前十大客户", shown=True, roles=_LEADING),
    Example("汽车行业的A级客户", shown=True, roles=_LEADING),
    Example("我有几个客户"),
    Example("汽车零部件行业的客户有多少"),
    Example("列出江苏的客户"),
    Example("A级客户名单"),
    Example("这家公司是谁负责"),
    Example("苏州的这个客户归谁跟进"),
    Example("我们团队一共有多少家客户"),
    Example("my customers", "en", shown=True, roles=_OWNING),
    Example("my five largest customers", "en", shown=True, roles=_OWNING),
    Example("how many level A customers", "en", shown=True, roles=_OWNING),
    Example("how many customers do we have", "en", shown=True, roles=_LEADING),
    Example("ten largest customers", "en", shown=True, roles=_LEADING),
    Example("auto parts customers in Jiangsu", "en", shown=True, roles=_LEADING),
    Example("how many customers do I have", "en"),
    Example("who is responsible for this customer", "en"),
    Example("list my accounts in East China", "en"),
    Example("which customers are in new energy", "en"),
)
