"""What a page's past and its neighbours give away: walls that look like pages, stubs, other articles, moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.plausibility import (
    SAME_TEXT,
    STUB,
    SeenText,
    common_words,
    lost_text,
    other_article,
    same_article,
    same_text_elsewhere,
    shrunk_to_stub,
)

HOST = "example.org"
LEAD = "The ferry to Harwell was cancelled on Tuesday after inspectors found cracks in the hull."
ARTICLE = "\n".join(
    [
        LEAD,
        "The harbour master said that nobody had looked at the plates since the ship was bought from a yard in Gdynia.",
        "Passengers waited for six hours in the rain, and were then sent home with a voucher for a cup of tea.",
        "The company, which has run the line for thirty years, did not want to say when the next inspection was due.",
        "Two members of the council have asked for a report, and the minister has promised one before the summer.",
    ]
)


def seen(number: int, path: str, text: str = "w" * 64, *, canonical: str | None = None, length: int = 400) -> SeenText:
    return SeenText(number, f"{HOST}/{path}", HOST, text, length, canonical)


# --- the same text under several addresses ------------------------------------------------------------


def test_a_wall_that_looks_like_a_page_is_known_by_standing_everywhere() -> None:
    told = same_text_elsewhere([seen(1, "a"), seen(2, "b"), seen(3, "c"), seen(4, "d", "another text")])
    assert told == {1: SAME_TEXT, 2: SAME_TEXT, 3: SAME_TEXT}


def test_two_addresses_are_no_wall() -> None:
    assert same_text_elsewhere([seen(1, "sport/a"), seen(2, "news/a")]) == {}


def test_one_page_captured_three_times_is_no_wall() -> None:
    assert same_text_elsewhere([seen(1, "a"), seen(2, "a"), seen(3, "a")]) == {}


def test_aliases_of_one_article_are_one_page() -> None:
    canonical = "https://www.example.org/news/a"
    aliases = [
        seen(n, path, canonical=canonical) for n, path in enumerate(["news/a", "amphtml/a", "print/a", "x/a"], 1)
    ]
    assert same_text_elsewhere(aliases) == {}
    # The page that the aliases name may itself name nobody.
    assert same_text_elsewhere([seen(1, "news/a"), *aliases[1:]]) == {}


def test_a_block_page_that_calls_the_front_page_its_address_joins_nothing() -> None:
    home = "https://example.org/"
    assert len(same_text_elsewhere([seen(n, f"a{n}", canonical=home) for n in (1, 2, 3)])) == 3


def test_other_hosts_and_empty_texts_do_not_count() -> None:
    elsewhere = SeenText(3, "other.example/a", "other.example", "w" * 64, 400)
    assert same_text_elsewhere([seen(1, "a"), seen(2, "b"), elsewhere]) == {}
    assert same_text_elsewhere([seen(n, f"a{n}", length=0) for n in (1, 2, 3)]) == {}


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from("xy"), st.sampled_from([None, "c", "d"])), max_size=14),
    st.randoms(use_true_random=False),
)
def test_the_order_of_a_run_plays_no_part(run: list[tuple[int, str, str | None]], chance: object) -> None:
    captures = [
        seen(n, f"p{page}", text, canonical=canonical and f"https://example.org/{canonical}")
        for n, (page, text, canonical) in enumerate(run)
    ]
    shuffled = captures.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same_text_elsewhere(shuffled) == same_text_elsewhere(captures)


# --- stubs --------------------------------------------------------------------------------------------

OFFERS = [
    "Already a subscriber? Log in to continue reading.",
    "Dit artikel is exclusief voor abonnees.",
    "Weiterlesen mit dem Digital-Abo.",
    "Cet article est réservé aux abonnés.",
    "Suscríbete para seguir leyendo.",
    "Contenuto riservato agli abbonati.",
    "Conteúdo exclusivo para assinantes.",
    "Läs hela artikeln: bli prenumerant.",
    "Czytaj dalej z dostępem cyfrowym.",
    "Оформите подписку, чтобы читать полностью.",
    "この記事は有料会員限定です。",
    "De eerste maand voor € 1 per maand.",
]


@pytest.mark.parametrize("offer", OFFERS)
def test_a_stub_with_an_offer_is_no_edit(offer: str) -> None:
    assert shrunk_to_stub(ARTICLE, f"{LEAD}\n{offer}") == STUB


def test_lengths_of_the_past_will_do_and_their_median_counts() -> None:
    stub = f"{LEAD}\n{OFFERS[0]}"
    assert shrunk_to_stub([500, 520, 90], stub) == STUB
    assert shrunk_to_stub([90, 100, 520], stub) is None
    assert shrunk_to_stub([], stub) is None


def test_an_article_that_is_not_free_and_breaks_off_is_a_stub() -> None:
    assert shrunk_to_stub(ARTICLE, LEAD, free=False) == STUB
    assert shrunk_to_stub([500], "The ferry to Harwell was cancelled on…", free=False) == STUB


def test_an_article_cut_down_by_its_editors_is_an_edit() -> None:
    assert shrunk_to_stub(ARTICLE, LEAD) is None
    assert shrunk_to_stub(ARTICLE, "The story of the ferry was wrong in every point.", free=False) is None


def test_an_offer_below_a_whole_article_is_no_stub() -> None:
    assert shrunk_to_stub(ARTICLE, f"{ARTICLE}\n{OFFERS[0]}", free=False) is None


# --- another article, and the same one elsewhere --------------------------------------------------------

FERRY = {"title": "Ferry to Harwell cancelled", "text": ARTICLE, "canonical": "https://example.org/ferry"}
MAIL = {"title": "Our newsletters", "text": "Pick what lands in your inbox", "canonical": "https://example.org/mail"}


def test_another_article_is_told_by_title_text_and_address_together() -> None:
    assert other_article(FERRY, MAIL)
    assert not other_article(FERRY, MAIL | {"canonical": FERRY["canonical"]})
    assert not other_article(FERRY, MAIL | {"title": FERRY["title"]})
    assert lost_text(FERRY, MAIL)


def test_a_moved_article_is_known_again() -> None:
    moved = FERRY | {"canonical": "https://news.example.org/2019/ferry"}
    assert same_article(FERRY, moved)
    assert same_article(FERRY, moved | {"text": f"{ARTICLE}\n{LEAD.replace('Tuesday', 'Friday')}"})
    # It grew fivefold: the headline stayed, and all the old words are in it.
    assert same_article(FERRY | {"text": LEAD}, moved)


def test_a_front_page_with_the_headline_on_it_is_not_the_article() -> None:
    teasers = "Ferry to Harwell cancelled\nMinister resigns\nRain until Friday\nFive recipes with leek"
    assert not same_article(FERRY, {"title": "The Courier", "text": teasers, "canonical": "https://example.org/"})
    assert not same_article(FERRY, MAIL)
    assert not same_article(FERRY, FERRY | {"text": ""})


def test_scripts_without_spaces_are_compared_too() -> None:
    one = "国务院总理在北京主持召开会议讨论农业政策和粮食安全问题。会议强调要保护耕地。"
    edited = one.replace("北京", "上海")
    other = "著名足球运动员昨天宣布退役,球迷在体育场外聚集向他告别。俱乐部将举行纪念比赛。"
    assert common_words(one, edited) > 0.7
    assert common_words(one, other) < 0.1
