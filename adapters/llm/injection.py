"""Lines of the material that talk to the model instead of about the business. Pure.

They are neither sent nor part of the source: a link that only stands there isn't grounded. A pattern can't know every
such line; what gets past it meets the fences and rules of the prompt, the guard and the reader.
"""

from __future__ import annotations

import re

_ORDERS = re.compile(
    r"(?:忽略|无视|忘记|不要理会|绕过|覆盖).{0,12}(?:规则|指令|指示|提示词?|要求|设定|限制|说明|内容)"
    r"|(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:instructions?|rules?|prompts?|guidelines?|above|previous|system)"
    r"|(?:你现在(?:是|扮演|要)|从现在(?:起|开始)你|你的新?(?:身份|任务|角色)是|进入.{0,6}(?:开发者|越狱|调试)模式)"
    r"|\b(?:you are now|from now on,? you|act as|pretend (?:to be|you are)|developer mode|jailbreak)\b"
    r"|(?:请?(?:只|仅|直接|原样)(?:回复|输出|回答|返回|写)|(?:reply|respond|answer|output)\s+(?:only|exactly|just)\b)"
    r"|请(?:你|您)?(?:回复|输出|回答|返回|写上|写下|写入|附上|加上|说)\s*[:：]"
    r"|系统提示|system prompt|<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]"
    r"|^\s*(?:system|assistant|系统)\s*[:：]",
    re.IGNORECASE,
)


def without_orders(text: str) -> str:
    """The text without the lines that give orders to a model, and without what their colon announces."""
    kept, announced = [], False
    for line in text.split("\n"):
        order = _ORDERS.search(line) is not None
        if not order and not announced:
            kept.append(line)
        announced = order and line.rstrip().endswith((":", "："))
    return "\n".join(kept)
