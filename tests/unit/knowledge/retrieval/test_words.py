"""Tokens and folding: the same thing typed differently is the same."""

import random
import warnings
from typing import Any

import pytest

from knowledge.retrieval.dictionary import segmenter
from knowledge.retrieval.folding import fold
from knowledge.retrieval.keyword_index import KeywordIndex
from knowledge.retrieval.language import is_chinese, is_other_sentence, spoken_language
from knowledge.retrieval.pieces import PIECE_CHARACTERS, pieces_of
from knowledge.retrieval.words import tokens_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("客戶說價格太貴了", "客户说价格太贵了"),
        ("ＲＺ－Ｌ３０１５　多少钱？", "rz-l3015 多少钱"),
        ("后台\x00\n\t系统", "后台 系统"),
    ],
)
def test_same_tokens(typed: str, meant: str) -> None:
    assert tokens_of(typed) == tokens_of(meant)


def test_words_pairs_and_parts_of_codes() -> None:
    assert {"价格", "格太"} <= set(tokens_of("价格太贵"))
    assert tokens_of("RZ-L3015") == ["rz-l3015", "rz", "l3015"]
    assert tokens_of("贵") == ["贵"]


def _jieba_itself() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    whole = jieba.Tokenizer()
    whole.FREQ, whole.total = whole.gen_pfdict(whole.get_dict_file())
    whole.initialized = True
    return whole


def test_the_lean_dictionary_cuts_as_jieba_does() -> None:
    whole, chance = _jieba_itself(), random.Random(1)
    words = [word for word, frequency in whole.FREQ.items() if frequency]
    texts = ["".join(chance.choices(words, k=8)) for _ in range(500)]
    texts += ["".join(chr(chance.randrange(0x4E00, 0x9FA6)) for _ in range(20)) for _ in range(200)]
    texts += ["客户说你们比恒力达贵了二十万，这个价格我没法跟老板交代", "㐀㐁客", "𠮷野家"]
    for text in texts:
        assert list(segmenter().cut_for_search(text)) == list(whole.cut_for_search(text))
    assert segmenter().total == whole.total


@pytest.mark.parametrize("text", ["", "  ", "？！……", "😀😀", "\ud800", "\x00"])
def test_nothing_to_search_for(text: str) -> None:
    assert tokens_of(text) == []


def test_simplified_text_with_shared_characters_is_left_alone() -> None:
    assert fold("皇后后面有千里马") == "皇后后面有千里马"


def test_coverage_is_a_share_and_unknown_words_lower_it() -> None:
    index = KeywordIndex([tokens_of("客户说太贵了"), tokens_of("交期多久")])
    exact = index.scores(tokens_of("太贵了"))
    diluted = index.scores(tokens_of("太贵了 大象跳舞"))
    assert 0 < diluted[0] < exact[0] < 1
    assert exact[1] == 0


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_index_without_words(corpus: list[list[str]]) -> None:
    assert KeywordIndex(corpus).scores(["价格"]).tolist() == [0.0] * len(corpus)


def test_language() -> None:
    assert is_chinese("RZ-L 怎么卖")
    assert is_other_sentence("they are much cheaper")
    assert not is_other_sentence("HLD Laser")
    assert not is_other_sentence("RZ-L3015 12 000")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("which channel brings the most won deals", "en"),
        ("Show me the ROAS by channel, please.", "en"),
        ("What's up with E1001's follow-ups?", "en"),
        ("speak English", ""),  # two words: skills/preferences decides
        ("Henglida Laser Pro Max", ""),  # names
        ("RZ-L3015 rz-f40 hld-12 li@hengrui.example https://ruize.example/a/b", ""),  # codes and addresses
        ("how did 展会扫码 do", ""),  # both: the reader's own language
        ("我有多少客户", "zh"),
        ("客户嫌 RZ-L3015 too expensive，怎么回", "zh"),
        ("苏州恒锐精密机械有限公司", ""),
        ("", ""),
    ],
)
def test_language_of_a_question(text: str, language: str) -> None:
    """Only what is clearly a sentence is answered in its own language."""
    assert spoken_language(text) == language


def test_pieces_hold_all_of_a_long_text_in_whole_sentences() -> None:
    text = "第一句话讲价格。" * 60
    pieces = pieces_of(text)
    assert len(pieces) > 1
    assert all(len(piece) <= PIECE_CHARACTERS and piece.endswith("。") for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text
    assert pieces_of("短句") == ["短句"]
    assert pieces_of("") == [""]
    assert max(map(len, pieces_of("长" * 1000))) == PIECE_CHARACTERS
