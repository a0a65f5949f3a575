"""Signs that a page was taken over: each where it stands, and each guard that keeps a broken template from being believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml.html import document_fromstring

from archive.match.footers import feed_footer, lines_outside
from archive.match.republished import (
    Head,
    Signal,
    SignalKind,
    image_ids,
    read_head,
    signals,
)
from archive.text import Span
from archive.types import Lead, Link, Markup, PageText, Story

HERE = "https://gazet.example/nieuws/rusland-moet-leren-verliezen"
THERE = "https://motherboard.example/en/article/qjkq9w/russia-needs-to-learn-to-lose"
STORY = Story(
    "lose",
    "Russia Needs to Learn to Lose",
    outlet="Motherboard",
    aliases=("VICE",),
    urls=(THERE,),
    short_ids=("qjkq9w",),
)
BODY = "De tekst van een lang artikel over Rusland en de kunst van het verliezen staat hier. " * 30


def page(
    text: str = BODY, url: str = HERE, byline: str | None = None, links: tuple[Link, ...] = (), **markup: object
) -> PageText:
    return PageText(url, text, "nl", links=links, markup=Markup(**markup), byline=byline)  # type: ignore[arg-type]


def of_kind(found: tuple[Signal, ...], kind: SignalKind) -> list[Signal]:
    return [signal for signal in found if signal.kind == kind]


def test_a_page_that_says_nothing_gives_no_sign() -> None:
    assert signals(page(canonical=HERE + "?utm_source=x", og_url=HERE, original_source=HERE), STORY, head=Head()) == ()


def test_a_copy_names_its_original_in_the_head() -> None:
    (signal,) = signals(page(canonical=THERE, og_url=HERE), STORY)
    assert signal == Signal("canonical", THERE, "head", "strong", ("an address of the story",))
    assert signal.claims


@pytest.mark.parametrize(
    ("canonical", "og_url", "here", "reason"),
    [
        pytest.param("https://motherboard.example/", None, HERE, "front page", id="front page"),
        pytest.param("https://gazet.wordpress.com/2023/01/rusland", HERE, HERE, "serves pages of others", id="backend"),
        pytest.param("https://www.youtube.com/watch?v=1", HERE, HERE, "serves pages of others", id="video host"),
        pytest.param("http://52.16.95.170/article/825076", HERE, HERE, "machine", id="machine"),
        pytest.param(
            "https://gazet.example/nieuws/x", None, "https://52.16.95.170/nieuws/x", "machine", id="from a machine"
        ),
        pytest.param("https://gaz.et/2ESDmBZ", HERE, HERE, "short link", id="short link"),
        pytest.param(
            "https://politico.example/x-y",
            "https://politi.co/2ESDmBZ",
            "https://politi.co/2ESDmBZ",
            "short",
            id="fetched",
        ),
        pytest.param("https://gazet.com/nieuws/x-y-z", HERE, HERE, "two endings", id="two endings"),
        pytest.param(
            "https://wtf.example/what",
            "https://wtf.example/what",
            "https://medium.com/wtf/what",
            "own names",
            id="platform",
        ),
    ],
)
def test_an_address_elsewhere_that_means_nothing(canonical: str, og_url: str | None, here: str, reason: str) -> None:
    (signal,) = signals(page(url=here, canonical=canonical, og_url=og_url))
    assert (signal.kind, signal.weight, signal.claims) == ("canonical", "none", False)
    assert reason in signal.notes[0]


def test_a_head_that_was_copied_whole_is_believed_less() -> None:
    (signal,) = signals(page(canonical=THERE, og_url=THERE))
    assert (signal.kind, signal.weight) == ("canonical", "medium")
    (signal,) = signals(page(canonical=HERE, og_url=THERE))
    assert (signal.kind, signal.weight) == ("og_url", "weak")


def test_google_s_source_tags_count_on_another_site_only() -> None:
    (signal,) = signals(page(original_source=THERE, syndication_source=HERE))
    assert (signal.kind, signal.words, signal.weight) == ("original_source", THERE, "strong")


def test_what_a_work_is_based_on_is_mostly_itself() -> None:
    html = (
        '<html><head><script type="application/ld+json">{"@type": "NewsArticle", "isBasedOn": ["HERE", "THERE?x=1"],'
        '"translator": {"name": "Jan Jansen"}, "sourceOrganization": {"name": "Gazet"}, "image": {"url": "/a.jpg",'
        '"isBasedOn": "https://getty.example/1"}}</script></head><body><p>Tekst</p></body></html>'
    )
    head = read_head(document_fromstring(html.replace("THERE", THERE).replace("HERE", HERE)), HERE, "Tekst")
    assert head.translators == ("Jan Jansen",)
    assert head.image == "https://gazet.example/a.jpg"
    found = signals(page(), head=head)
    assert [(signal.words, signal.weight) for signal in of_kind(found, "is_based_on")] == [
        (HERE, "none"),
        (THERE + "?x=1", "medium"),
    ]
    assert [signal.weight for signal in of_kind(found, "organization")] == ["none"]
    assert [signal.words for signal in of_kind(found, "translator")] == ["Jan Jansen"]


def test_a_credit_stands_in_the_text_and_names_the_outlet() -> None:
    text = BODY + "\nDit artikel verscheen oorspronkelijk op Motherboard."
    (signal,) = of_kind(signals(page(text), STORY), "credit")
    assert isinstance(signal.place, Span)
    assert signal.place.of(text) == signal.words == "Dit artikel verscheen oorspronkelijk op Motherboard."
    assert (signal.weight, signal.notes) == ("strong", ("names Motherboard",))


def test_a_credit_outside_of_the_text_is_found_and_teasers_are_not() -> None:
    html = document_fromstring(
        "<html><body><nav>Dit artikel verscheen oorspronkelijk op NRC</nav><article><p>Tekst</p></article>"
        "<ul><li><a href='/x'>This story was originally published by Grist</a></li></ul>"
        "<div>This story was originally published at <a href='https://nytimes.com/x'>nytimes.com</a>. Read it <i>here</i>.</div>"
        "<script>This story was originally published by Futurism</script></body></html>"
    )
    lines = lines_outside(html, "Tekst")
    assert lines == ("This story was originally published at nytimes.com. Read it here.",)
    (signal,) = signals(page(), head=Head(lines=lines))
    assert (signal.kind, signal.place, signal.weight) == ("credit", "page", "medium")


def test_an_outlet_that_credits_itself_claims_nothing() -> None:
    text = BODY + "\nOriginally published on Live Science."
    (signal,) = signals(page(text, url="https://www.livescience.com/48502-mushrooms.html"))
    assert (signal.kind, signal.claims, signal.notes) == ("credit", False, ("names the page's own outlet",))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("The post Russia Needs to Lose appeared first on VICE.", "VICE"),
        ("The post Russia Needs to Lose first appeared on VICE CA.", "VICE CA"),
        ("Der Beitrag Russland muss verlieren erschien zuerst auf Motherboard.", "Motherboard"),
        ("Het bericht Rusland moet verliezen verscheen eerst op Motherboard.", "Motherboard"),
        ("L’article La Russie est apparu en premier sur VICE.", "VICE"),
        ("La entrada Rusia se publicó primero en VICE.", "VICE"),
        ("L'articolo La Russia proviene da VICE.", "VICE"),
        ("O post A Rússia apareceu primeiro em VICE.", "VICE"),
        ("Artykuł Rosja pochodzi z serwisu VICE.", "VICE"),
        ("Запись Россия впервые появилась VICE.", "VICE"),
        ("投稿 ロシア は VICE に最初に表示されました。", "VICE"),
        ("The post office appeared first on our list.", "our list"),
    ],
)
def test_the_closing_line_of_a_feed(line: str, name: str) -> None:
    assert feed_footer(line) == name


def test_a_feed_s_closing_line_counts_in_a_foreign_page_only() -> None:
    line = "The post Russia Needs to Lose appeared first on Gazet."
    assert [signal.weight for signal in of_kind(signals(page(f"{BODY}\n{line}")), "feed_footer")] == ["none"]
    other = page(f"{BODY}\n{line}", url="https://mirror.example/1")
    assert [(s.weight, s.notes) for s in of_kind(signals(other), "feed_footer")] == [("strong", ("Gazet",))]
    assert feed_footer("He wrote a post.") is None


def test_a_feed_names_the_origin_of_an_entry() -> None:
    lead = Lead(
        HERE,
        "feed",
        "https://gazet.example/rss",
        outlet="Motherboard",
        note="names https://motherboard.example/rss as its source",
    )
    (signal,) = signals(page(), lead=lead)
    assert (signal.kind, signal.words, signal.place, signal.weight) == (
        "feed_source",
        "https://motherboard.example/rss",
        "feed",
        "strong",
    )
    own = Lead(HERE, "feed", "https://gazet.example/rss", outlet="Gazet")
    assert [signal.weight for signal in signals(page(), lead=own)] == ["none"]
    assert signals(page(), lead=Lead(HERE, "news_sitemap", "https://gazet.example/map", outlet="Motherboard")) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Vertaald door Jan Jansen",
        "Vertaling: Jan Jansen",
        "Translated from the Dutch by Jan Jansen",
        "Übersetzt von: Roland Hildebrandt",
        "Traduit par Jeanne Dupont",
        "Tradução: Ana Souza",
        "Traducido por Ana Pérez",
        "Tłumaczenie: Anna Nowak",
        "Перевод: Анна Иванова",
        "翻译：王小明",
    ],
)
def test_a_translator_is_named(line: str) -> None:
    (signal,) = of_kind(signals(page(f"{BODY}\n{line}")), "translator")
    assert isinstance(signal.place, Span)
    assert signal.words == line


@pytest.mark.parametrize(
    "line",
    [
        "Zijn boek werd vertaald door Jan Jansen en verscheen in veertig landen, waar het goed verkocht werd.",
        "His book was translated by Ann Goldstein.",
        "Vertaling volgt later",
    ],
)
def test_somebody_s_translator_is_not_the_page_s(line: str) -> None:
    assert of_kind(signals(page(f"{BODY}\n{line}")), "translator") == []


def test_a_byline_is_carried_over() -> None:
    known = Story("lose", "", bylines=("By Jane Doe and Madonna", "Associated Press"))
    (signal,) = signals(page(byline="Door Jane Doe en de redactie"), known)
    assert (signal.kind, signal.place, signal.weight) == ("byline", "head", "medium")
    (signal,) = signals(page(f"{BODY}\nDoor Jane Doe"), known)
    assert (signal.kind, signal.weight) == ("byline", "weak")
    assert (
        signals(
            page(f"{BODY}\nVolgens Jane Doe, die er een boek over schreef, is dat geen toeval geweest in 1905."),
            known,
        )
        == ()
    )
    dispatch = page(byline="Associated Press")
    assert of_kind(signals(dispatch, known), "byline") == []


def test_the_lead_picture_keeps_its_id() -> None:
    there = "https://video-images.vice.com/articles/5d5c34e5562a3700098e013d/lede/1566324039276-2.jpeg?crop=1xw"
    here = "https://img.gazet.example/cache/800x600/1566324039276-2-1024x768.jpeg"
    (signal,) = signals(page(), replace(STORY, images=(there,)), head=Head(image=here))
    assert (signal.kind, signal.words, signal.weight) == ("image", here, "strong")
    stock = "https://cdn.gazet.example/GettyImages-1566324039.jpg"
    (signal,) = signals(page(), replace(STORY, images=(stock.replace("cdn", "img"),)), head=Head(image=stock))
    assert signal.weight == "weak"
    assert signals(page(), replace(STORY, images=("https://a.example/lede.jpg",)), head=Head(image=here)) == ()
    assert image_ids("https://a.example/images/og-image.png") == image_ids("https://a.example/") == frozenset()


def test_a_link_to_the_story_beside_words_of_attribution() -> None:
    text = f"{BODY}\nDit stuk verscheen eerder op Motherboard."
    (signal,) = of_kind(signals(page(text, links=(Link(THERE, "Motherboard"),)), STORY), "link")
    assert (signal.weight, text[signal.place.start : signal.place.end]) == ("strong", "Motherboard")  # type: ignore[union-attr]
    bare = f"{BODY}\nMeer bij Motherboard."
    (signal,) = of_kind(signals(page(bare, links=(Link(THERE, "Motherboard"),)), STORY), "link")
    assert signal.weight == "weak"


def test_another_edition_leads_to_the_story() -> None:
    alternates = (("en", THERE), ("nl", HERE), ("x-default", THERE), ("fr", "https://gazet.example/fr/x"))
    found = signals(page(alternates=alternates), STORY)
    assert [(signal.kind, signal.words) for signal in found] == [("hreflang", THERE)]
    assert signals(page(alternates=alternates)) == ()


def test_an_agency_is_a_source_that_others_have_too() -> None:
    text = f"BRUSSEL (ANP) - De ministers zijn het eens geworden.\n{BODY}"
    (signal,) = signals(page(text))
    assert (signal.kind, signal.weight, signal.notes[0]) == ("agency", "medium", "ANP")
    assert isinstance(signal.place, Span)
    (signal,) = signals(page(byline="Reuters"))
    assert (signal.kind, signal.place) == ("agency", "head")
