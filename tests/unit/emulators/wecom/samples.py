"""A full card of each type, for the tests and for looking at the phone."""

from __future__ import annotations

from typing import Any

PAGE = "https://example.com/deal/1"
LINK = {"type": 1, "url": PAGE}
MENU = {
    "desc": "以后怎么提醒",
    "action_list": [{"text": "接受推送", "key": "on"}, {"text": "不再推送", "key": "off"}],
}

TEXT_NOTICE: dict[str, Any] = {
    "card_type": "text_notice",
    "source": {"desc": "小策 · 每日简报", "desc_color": 0},
    "action_menu": MENU,
    "task_id": "brief-2026-03-02",
    "main_title": {"title": "华东区本周回款进度", "desc": "截至 3 月 2 日 09:00"},
    "emphasis_content": {"title": "68%", "desc": "完成 342 万 / 目标 500 万"},
    "quote_area": {**LINK, "title": "提醒", "quote_text": "华东电子 的 120 万合同已逾期 3 天，建议今天跟进。"},
    "sub_title_text": "比上周同期高 5 个百分点，主要来自续约客户。",
    "horizontal_content_list": [
        {"keyname": "负责人", "value": "张敏"},
        {"keyname": "最大商机", "value": "华东电子 120 万", "type": 1, "url": PAGE},
    ],
    "jump_list": [{**LINK, "title": "查看回款明细"}, {**LINK, "title": "查看逾期合同"}],
    "card_action": LINK,
}
NEWS_NOTICE: dict[str, Any] = {
    "card_type": "news_notice",
    "source": {"desc": "小策 · 竞品动态", "desc_color": 3},
    "main_title": {"title": "竞品 A 下调入门版价格", "desc": "来自 3 位客户的反馈"},
    "card_image": {"url": "/phone/static/missing.png", "aspect_ratio": 2},
    "image_text_area": {
        **LINK,
        "title": "应对话术",
        "desc": "强调三年总成本，而非首年单价",
        "image_url": "/phone/static/missing.png",
    },
    "vertical_content_list": [
        {"title": "影响的商机", "desc": "5 个在谈商机提到了价格"},
        {"title": "建议", "desc": "本周内主动沟通"},
    ],
    "horizontal_content_list": [{"keyname": "更新时间", "value": "今天 08:30"}],
    "jump_list": [{**LINK, "title": "打开竞品卡"}],
    "card_action": LINK,
}
BUTTONS: dict[str, Any] = {
    "card_type": "button_interaction",
    "source": {"desc": "小策 · 审批", "desc_color": 1},
    "main_title": {"title": "华东电子 折扣申请", "desc": "李伟 提交于 09:12"},
    "quote_area": {"quote_text": "客户承诺本月签约，三年期，首付 50%。"},
    "sub_title_text": "低于底价 3 个点，需要您确认。",
    "horizontal_content_list": [
        {"keyname": "申请折扣", "value": "8.2 折"},
        {"keyname": "合同金额", "value": "120 万元"},
    ],
    "button_selection": {
        "question_key": "level",
        "title": "批准到",
        "selected_id": "1",
        "option_list": [{"id": "1", "text": "8.2 折"}, {"id": "2", "text": "8.5 折"}],
    },
    "button_list": [
        {"text": "同意", "style": 1, "key": "approve"},
        {"text": "退回", "style": 3, "key": "reject"},
        {"text": "稍后处理", "style": 2, "key": "later"},
        {"text": "查看商机", "style": 4, "type": 1, "url": PAGE},
    ],
    "task_id": "discount-1",
}
VOTE: dict[str, Any] = {
    "card_type": "vote_interaction",
    "source": {"desc": "小策 · 复盘"},
    "main_title": {"title": "这次拜访，哪里做得好？", "desc": "可多选"},
    "checkbox": {
        "question_key": "good",
        "mode": 1,
        "option_list": [
            {"id": "need", "text": "问清了客户需求", "is_checked": True},
            {"id": "value", "text": "讲清了三年总成本", "is_checked": False},
            {"id": "next", "text": "约定了下一步", "is_checked": False},
        ],
    },
    "submit_button": {"text": "提交", "key": "vote"},
    "task_id": "vote-1",
}
MULTIPLE: dict[str, Any] = {
    "card_type": "multiple_interaction",
    "source": {"desc": "小策 · 商机更新"},
    "main_title": {"title": "华东电子 现在到哪一步了？", "desc": "选完后提交"},
    "select_list": [
        {
            "question_key": "stage",
            "title": "阶段",
            "selected_id": "quote",
            "option_list": [{"id": "quote", "text": "报价"}, {"id": "contract", "text": "合同"}],
        },
        {
            "question_key": "month",
            "title": "预计签约",
            "option_list": [{"id": "3", "text": "3 月"}, {"id": "4", "text": "4 月"}],
        },
    ],
    "submit_button": {"text": "提交", "key": "save"},
    "task_id": "stage-1",
}
CARDS = [TEXT_NOTICE, NEWS_NOTICE, BUTTONS, VOTE, MULTIPLE]
