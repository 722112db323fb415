"""Searching and syncing one collection, on real Chroma with the real sentence encoder."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from knowledge.retrieval.collection import Collection
from knowledge.retrieval.embedder import Embedder
from knowledge.retrieval.errors import DuplicatePassageError
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage

from .conftest import CARDS, BigramEmbedder, OpenLibrary, passages_of


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playbook(use: Embedder, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Collection]:
    """The five cards with the real sentence encoder; only read."""
    library = Library(tmp_path_factory.mktemp("playbook"), use)
    await library.collection("playbook").sync(passages_of(CARDS))
    yield library.collection("playbook")
    await library.close()


@pytest.mark.parametrize(
    ("query", "card"),
    [
        ("客户嫌我们报价高", "price"),
        ("最快几天能到货", "delivery"),
        ("恆力達更便宜", "rival"),
        ("機器壞了誰來修", "service"),
        ("how long is the warranty", "service"),
        ("先免费试用一下", "trial"),
    ],
)
async def test_finds_the_card(query: str, card: str, playbook: Collection) -> None:
    ranking = await playbook.search(query)
    assert ranking.hits[0].group == card
    assert ranking.fits
    assert ranking.reason == "fits"
    assert ranking.hits[0].passage.group == card


async def test_nothing_fits(playbook: Collection) -> None:
    for query in ["明天会下雨吗", "帮我写首诗", "what is the capital of France", "年假怎么请"]:
        ranking = await playbook.search(query)
        assert not ranking.fits, query
        assert ranking.reason == "below_threshold"


async def test_hits_are_groups_best_first_and_scores_are_shares(playbook: Collection) -> None:
    hits = (await playbook.search("价格贵", limit=3)).hits
    scores = [hit.score for hit in hits]
    assert len({hit.group for hit in hits}) == len(hits) == 3
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= value <= 1 for hit in hits for value in (hit.score, hit.keyword))
    assert (await playbook.search("价格贵", limit=0)).hits == ()


async def test_what_is_not_allowed_is_not_found(playbook: Collection) -> None:
    """The filter comes before the ranking: what is shut out takes no place among the hits."""
    ranking = await playbook.search("客户说太贵了", limit=2, allow=lambda p: p.facets["card"] != "price")
    assert len(ranking.hits) == 2
    assert "price" not in {hit.group for hit in ranking.hits}
    one = await playbook.search("客户说太贵了", allow=lambda p: p.text == "超出预算了怎么办")
    assert [hit.passage.text for hit in one.hits] == ["超出预算了怎么办"]
    nothing = await playbook.search("客户说太贵了", allow=lambda _: False)
    assert (nothing.hits, nothing.fits, nothing.reason) == ((), False, "nothing_allowed")


@pytest.mark.parametrize(
    "query", ["", "  ", "？？！", "😀", "\ud800", "\x00", "a" * 10_000, "太贵了" * 5_000, "𠮷" * 50]
)
async def test_odd_queries_raise_nothing(
    query: str, bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    collection = open_library(bigrams).collection("playbook")
    await collection.sync(passages)
    ranking = await collection.search(query)
    assert ranking.reason in {"empty_query", "below_threshold", "fits"}


@pytest.mark.parametrize("text", ["只有一句话", "", "😀", "\ud800"])
async def test_tiny_and_empty_collections(text: str, bigrams: BigramEmbedder, open_library: OpenLibrary) -> None:
    collection = open_library(bigrams).collection("tiny")
    assert (await collection.search("一句")).reason == "empty_collection"
    await collection.sync([])
    assert (await collection.search("一句")).reason == "empty_collection"
    await collection.sync([Passage("1", text, "1")])
    assert len((await collection.search("一句话")).hits) == 1
    await collection.sync([])
    assert (await collection.search("一句")).reason == "empty_collection"


async def test_one_passage_is_found_and_the_rest_refused(use: Embedder, open_library: OpenLibrary) -> None:
    collection = open_library(use).collection("tiny")
    await collection.sync([Passage("1", "客户说太贵了怎么回", "price")])
    assert (await collection.search("客户嫌太贵")).fits
    assert not (await collection.search("明天会下雨吗")).fits


async def test_only_new_texts_are_embedded(
    bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    collection = open_library(bigrams).collection("playbook")
    progress: list[tuple[int, int]] = []
    first = await collection.sync(passages, lambda done, total: progress.append((done, total)))
    assert (first.added, first.removed, first.unchanged) == (len(passages), 0, 0)
    assert first.embedded == len(bigrams.embedded) == len(passages)
    assert progress[-1] == (len(passages), len(passages))

    bigrams.embedded.clear()
    changed = [*passages[1:-1], Passage(passages[-1].id, "改过的句子", passages[-1].group)]
    second = await collection.sync(changed)
    assert (second.added, second.removed, second.unchanged, second.embedded) == (1, 1, len(passages) - 2, 1)
    assert bigrams.embedded == ["改过的句子"]

    bigrams.embedded.clear()
    assert (await collection.sync(changed)).unchanged == len(changed)
    moved = [Passage(p.id, p.text, "other", p.facets) for p in changed]
    assert (await collection.sync(moved)).added == len(moved)
    assert bigrams.embedded == []
    assert {hit.group for hit in (await collection.search("改过的句子")).hits} == {"other"}


async def test_the_last_generation_is_there_after_a_restart(
    bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    before = open_library(bigrams)
    await before.collection("playbook").sync(passages)
    ranking = await before.collection("playbook").search("客户说太贵了")
    await before.close()
    bigrams.embedded.clear()
    again = open_library(bigrams).collection("playbook")
    assert await again.search("客户说太贵了") == ranking
    assert bigrams.embedded == []


async def test_same_id_twice_is_refused(bigrams: BigramEmbedder, open_library: OpenLibrary) -> None:
    collection = open_library(bigrams).collection("playbook")
    with pytest.raises(DuplicatePassageError, match="same"):
        await collection.sync([Passage("same", "甲", "1"), Passage("same", "乙", "2")])


async def test_collections_are_apart(bigrams: BigramEmbedder, open_library: OpenLibrary) -> None:
    library = open_library(bigrams)
    await library.collection("playbook").sync(passages_of({"price": CARDS["price"]}))
    await library.collection("examples").sync(passages_of({"rival": CARDS["rival"]}))
    assert {hit.group for hit in (await library.collection("examples").search("太贵了")).hits} == {"rival"}
    assert library.collection("playbook") is library.collection("playbook")
    with pytest.raises(ValueError, match="can't name"):
        library.collection("../secrets")


async def test_english_question_reaches_a_card_without_english(use: Embedder, open_library: OpenLibrary) -> None:
    """Cards that have an English sentence don't take every English question."""
    cards = {"price": CARDS["price"], "service": CARDS["service"], "trial": CARDS["trial"]}
    collection = open_library(use).collection("playbook")
    await collection.sync(passages_of(cards))
    ranking = await collection.search("the customer says it is too expensive for the budget")
    assert ranking.hits[0].group == "price"
