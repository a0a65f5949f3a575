"""What a page says of where it comes from, through the whole pipeline: kept as evidence with its place, told in words,
and deciding only where the text itself cannot be read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.comparing import compare, read
from archive.match import match
from archive.match.fallback import survivors
from archive.match.reading import Reading
from archive.store import Store
from archive.types import Lead, Markup, Match, PageText, Story, StoryText
from tests.archive import matching_texts as texts
from tests.archive.test_process import T, add, run

ORIGINAL = "https://www.coastweekly.example/2019/harbour-that-drowned-twice"
PICTURE = "https://img.coastweekly.example/5d5c34e5562a3700098e013d/harbour-wall-1566324039276.jpeg"

#: The story in Georgian, which the default encoder does not know and whose letters have no capitals.
GEORGIAN = """\
ნავსადგური, რომელიც ორჯერ ჩაიძირა

როდესაც 2019 წლის 14 ნოემბრის ქარიშხალმა ველამოს ძველი ზღვის კედელი გაარღვია, თევზის ბაზარში წყალი 3,4 მეტრზე იდგა. 6200-კაციან ქალაქში არავის სჯეროდა, რომ ეს კიდევ შეიძლებოდა მომხდარიყო.

„გვეუბნებოდნენ, რომ ეს კედელი ას წელს გაძლებდა, — თქვა მარტა ლინდქვისტმა, რომელიც ნაპირზე შებოლილ ქაშაყს ყიდის. — ოცდათერთმეტ წელს გაძლო.“

კედელი 1988 წელს ააშენა კომპანიამ, რომელიც აღარ არსებობს. ინჟინრებმა, რომლებმაც ნანგრევები შეისწავლეს, აღმოაჩინეს, რომ ბეტონში იმის ნახევარი ფოლადი იყო, რასაც ნახაზები ჰპირდებოდა. თვითონ ნახაზები მუნიციპალური არქივიდან გამქრალიყო, საბჭოს სამი სხდომის ოქმებთან ერთად.

მერმა ჰენრიკ აალტომ დაკარგულ ქაღალდებს სამწუხარო შეცდომა უწოდა. სატამას პროვინციის მიერ შექმნილ კომისიას თვრამეტი თვე დასჭირდა 240-გვერდიანი მოხსენების დასაწერად, საიდანაც 112 გვერდი გაშავებულია.

კომისიამ 1994-დან 2017 წლამდე მუშების ცხრა გაფრთხილება დათვალა, და არცერთი არ გადაცემულა. სადაზღვევო კომპანიებმა ჯერჯერობით 48 მილიონი ევრო გადაიხადეს. კანალის ქუჩის ოჯახების უმეტესობა მაინც გადავიდა.

„ზღვა მოხსენებებს არ კითხულობს“, — თქვა ლინდქვისტმა, რომელმაც თავისი დახლი ბორბლებზე დადგა.
"""

#: Another event, in Swahili.
SWAHILI_OTHER = """\
Bei ya samaki yapanda mjini

Wavuvi wa Mwangaza wameuza kilo 300 za samaki tangu Januari, asema mwenyekiti wao Juma Kazungu. Mwaka jana waliuza kilo 950 katika miezi hiyo hiyo.

“Bahari imekuwa na joto kali mwaka huu,” alisema Kazungu. “Samaki wameondoka kwenda kina kirefu, na mashua zetu ni ndogo mno.”

Serikali ya Kaunti ya Pwani imeahidi mikopo ya shilingi milioni 27 kwa vikundi 14 vya wavuvi. Wengi wao hawaamini kwamba fedha hizo zitawafikia kabla ya msimu wa mvua.
"""


def story(**more: Any) -> Story:
    facts: dict[str, Any] = {"outlet": "Coast Weekly", "urls": (ORIGINAL,), **more}
    text = StoryText(texts.ENGLISH, "en", "original", "file:x", id=1)
    return Story("harbour", "The harbour that drowned twice", texts=(text,), **facts)


def page(text: str, language: str, **more: Any) -> PageText:
    return PageText("https://gazeti.example/2020/1", text, language, **more)


def kinds(found: Match) -> list[str]:
    signals = found.evidence.get("signals", [])
    assert isinstance(signals, list)
    return [signal["kind"] for signal in signals]


# --- a language that nobody reads -------------------------------------------------------------------------


def test_picture_names_and_figures_make_a_translation_in_a_language_that_is_not_read() -> None:
    found = match(page(GEORGIAN, "ka", image=PICTURE + "?w=800"), story(images=(PICTURE,)), thorough=True)
    assert found.kind == "translation"
    assert found.confidence < 0.7
    assert "does not know" in found.explanation
    assert "its lead picture is the story's" in found.explanation
    fallback = found.evidence["fallback"]
    assert isinstance(fallback, dict)
    assert fallback["taken_over"] == ["image"]
    assert fallback["names"] >= 4
    assert kinds(found) == ["image"]


def test_without_a_sign_that_it_was_taken_over_it_is_about_the_same() -> None:
    text = GEORGIAN.replace("„", "").replace("“", "")
    assert match(page(text, "ka"), story(), thorough=True).kind == "related"
    credited = text + "\nOriginally published by Coast Weekly."
    assert match(page(credited, "ka"), story(), thorough=True).kind == "translation"


def test_names_figures_and_the_places_of_quotations_together_are_enough() -> None:
    found = match(page(GEORGIAN, "ka"), story(), thorough=True)
    assert found.kind == "translation"
    assert "quotations at the same place" in found.explanation


def test_another_story_under_the_same_picture_is_none() -> None:
    found = match(page(SWAHILI_OTHER, "sw", image=PICTURE), story(images=(PICTURE,)), thorough=True)
    assert found.kind == "unrelated"
    credited = SWAHILI_OTHER + "\nOriginally published by Coast Weekly."
    found = match(page(credited, "sw", image=PICTURE), story(images=(PICTURE,)), thorough=True)
    assert found.kind in ("mentions", "unrelated")


def test_an_agency_s_picture_says_nothing_of_a_translation() -> None:
    stock = "https://media.gettyimages.com/id/1566324039276/harbour-wall.jpg"
    text = GEORGIAN.replace("„", "").replace("“", "")
    found = match(page(text, "ka", image=stock), story(images=(stock,)), thorough=True)
    assert found.kind == "related"
    assert found.evidence["fallback"]["taken_over"] == []  # type: ignore[index]


def test_an_excerpt_of_a_fifth_is_no_translation_of_the_whole() -> None:
    first = "\n\n".join(texts.paragraphs(GEORGIAN)[:2])
    found = match(page(first, "ka", image=PICTURE), story(images=(PICTURE,)), thorough=True)
    assert found.kind != "translation"


def test_names_are_heard_across_scripts() -> None:
    found = survivors(Reading(texts.ENGLISH, "en"), Reading(GEORGIAN, "ka"))
    assert found.same_names
    assert found.same_figures
    assert found.order >= 0.8
    assert not survivors(Reading(texts.ENGLISH, "en"), Reading(SWAHILI_OTHER, "sw")).same_names


# --- a language that is read: signs explain and decide nothing -----------------------------------------------


def test_signs_alone_make_no_copy_in_a_language_that_is_read() -> None:
    everything = page(
        texts.UNRELATED + "\nOriginally published by Coast Weekly.",
        "en",
        image=PICTURE,
        byline="Jane Doe",
        markup=Markup(canonical=ORIGINAL),
    )
    found = match(everything, story(images=(PICTURE,), bylines=("Jane Doe",)), thorough=True)
    assert found.kind == "mentions"
    assert {"canonical", "credit", "image", "byline"} <= set(kinds(found))


def test_a_sign_says_where_it_stands() -> None:
    text = texts.EDITED + "\nTranslated by Ana Silva\n"
    found = match(page(text, "en"), story())
    (sign,) = [one for one in found.evidence["signals"] if one["kind"] == "translator"]  # type: ignore[attr-defined]
    start, end = sign["place"]
    assert text[start:end] == sign["words"] == "Translated by Ana Silva"
    assert "a translator is named: “Translated by Ana Silva”" in found.explanation


# --- in an archive ---------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def html(text: str, *, language: str = "en", head: str = "", below: str = "") -> bytes:
    title, *rest = texts.paragraphs(text)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in rest)
    return (
        f'<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{body}</article>{below}</body></html>"
    ).encode()


def matches(store: Store) -> dict[str, dict[str, Any]]:
    with sqlite3.connect(store.path) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT url, kind, credit, credit_name, explanation, evidence FROM matches"
        ).fetchall()
    return {row["url"]: {**dict(row), "evidence": json.loads(row["evidence"])} for row in rows}


def in_archive(**more: Any) -> Story:
    facts: dict[str, Any] = {"urls": (ORIGINAL,), **more}
    text = StoryText(texts.ENGLISH, "en", "original", "file:x")
    return Story("harbour", "The harbour that drowned twice", "Coast Weekly", texts=(text,), **facts)


COPY = "https://gazette.example/2019/wall"
PICTURE_META = f'<meta property="og:image" content="{PICTURE}?w=1200"><meta name="author" content="Ilse Vermeer">'


def test_what_stands_outside_of_the_article_is_a_credit_too(store: Store) -> None:
    store.save_story(in_archive(), T)
    below = '<aside class="note"><p>This article was originally published by Coast Weekly.</p></aside>'
    add(store, 0, html(texts.EDITED, below=below), COPY)
    run(store)
    found = matches(store)[COPY]
    assert (found["kind"], found["credit_name"]) == ("copy", "Coast Weekly")
    assert "outside of the article's text" in found["explanation"]
    assert [sign["place"] for sign in found["evidence"]["signals"] if sign["kind"] == "credit"] == ["page"]


def test_a_feed_that_names_another_source_is_evidence(store: Store) -> None:
    saved = store.save_story(in_archive(), T)
    assert saved.id is not None
    lead = Lead(
        COPY, "feed", "https://gazette.example/feed", note="names https://www.coastweekly.example/ as its source"
    )
    store.add_leads([lead], story_id=saved.id, run_id=None, now=T)
    add(store, 0, html(texts.EDITED), COPY)
    run(store)
    found = matches(store)[COPY]
    (sign,) = [sign for sign in found["evidence"]["signals"] if sign["kind"] == "feed_source"]
    assert (sign["words"], sign["place"]) == ("https://www.coastweekly.example/", "feed")
    assert "names https://www.coastweekly.example/ as its source" in found["explanation"]


def test_picture_and_author_of_the_story_s_own_page_are_known_however_late_it_is_captured(store: Store) -> None:
    store.save_story(in_archive(), T)
    add(store, 0, html(texts.EDITED, head=PICTURE_META.replace("img.coastweekly", "cdn.gazette")), COPY)
    run(store)
    assert "signals" not in matches(store)[COPY]["evidence"]
    add(store, 1, html(texts.ENGLISH, head=PICTURE_META), ORIGINAL)
    run(store)
    found = matches(store)
    assert {sign["kind"] for sign in found[COPY]["evidence"]["signals"]} == {"image", "byline"}
    assert "its lead picture is the story's" in found[COPY]["explanation"]
    assert "signals" not in found[ORIGINAL]["evidence"]


def test_a_georgian_page_with_the_story_s_picture_ends_as_its_translation(store: Store) -> None:
    saved = store.save_story(in_archive(), T)
    assert saved.id is not None
    there, other = "https://gazeti.example/ge/kedeli", "https://gazeti.example/sw/samaki"
    for url in (there, other):
        store.add_leads([Lead(url, "given", "")], story_id=saved.id, run_id=None, now=T)
    add(store, 0, html(texts.ENGLISH, head=PICTURE_META), ORIGINAL)
    add(store, 0, html(GEORGIAN, language="ka", head=f'<meta property="og:image" content="{PICTURE}">'), there)
    add(store, 0, html(SWAHILI_OTHER, language="sw", head=f'<meta property="og:image" content="{PICTURE}">'), other)
    run(store)
    found = matches(store)
    assert found[there]["kind"] == "translation"
    assert "does not know" in found[there]["explanation"]
    assert found[other]["kind"] == "unrelated"


def test_explain_prints_the_signs(store: Store) -> None:
    store.save_story(in_archive(), T)
    add(store, 0, html(texts.EDITED, head=f'<link rel="canonical" href="{ORIGINAL}">'), COPY)
    run(store)
    said = CliRunner().invoke(main, ["--archive", str(store.path), "explain", COPY], catch_exceptions=False)
    assert said.exit_code == 0
    assert f"strong: canonical in the head, {ORIGINAL} (an address of the story)" in said.output


# --- without an archive -----------------------------------------------------------------------------------------


def test_two_saved_pages_are_compared_with_their_signs(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a.html", tmp_path / "b.html"
    ours.write_bytes(html(texts.ENGLISH, head=PICTURE_META))
    below = "<footer><p>The post The wall appeared first on Coast Weekly.</p></footer>"
    theirs.write_bytes(html(texts.EDITED, head=PICTURE_META, below=below))
    found = compare(read(ours), theirs, outlet="Coast Weekly")
    assert {"image", "byline", "feed_footer"} <= set(kinds(found))
    assert found.credit is not None
    assert (found.credit.name, found.credit.start, found.credit.end) == ("Coast Weekly", 0, 0)
    said = CliRunner().invoke(main, ["explain", str(ours), str(theirs)], catch_exceptions=False)
    assert "Signs:" in said.output
    assert "image in the head" in said.output
