"""Credit lines are found in many languages, and what looks like one is not."""

from __future__ import annotations

import pytest

from archive.match.credit import best_credit, find_credits

NAMES = ("VICE", "VICE US", "Motherboard", "vice.com", "Capital", "The Conversation")

CREDITS = [
    ("This article originally appeared on VICE US.", "en", "VICE US"),
    ("This story was first published by Motherboard, our sister site.", "en", "Motherboard"),
    ("Originally published on vice.com.", "en", "vice.com"),
    ("First published in The Conversation", "en", "The Conversation"),
    ("Republished with permission from Motherboard.", "en", "Motherboard"),
    ("Dit artikel verscheen oorspronkelijk op Motherboard.", "nl", "Motherboard"),
    ("Dit stuk is eerder gepubliceerd op het Amerikaanse Motherboard.", "nl", "Motherboard"),
    ("Dieser Artikel ist zuerst bei „Capital“ erschienen.", "de", "Capital"),
    ("Dieser Text erschien ursprünglich auf Motherboard", "de", "Motherboard"),
    ("Cet article a d’abord été publié sur VICE US.", "fr", "VICE US"),
    ("Este artículo apareció originalmente en Motherboard, nuestra plataforma de tecnología.", "es", "Motherboard"),
    ("Questo articolo è apparso originariamente su VICE US", "it", "VICE US"),
    ("Esta matéria foi originalmente publicada na VICE US", "pt", "VICE US"),
    ("Den här artikeln publicerades ursprungligen på VICE US", "sv", "VICE US"),
    ("Denne artikel blev oprindeligt bragt på VICE US", "da", "VICE US"),
    ("Denne artikkelen ble opprinnelig publisert på Motherboard", "no", "Motherboard"),
    ("Artykuł pierwotnie ukazał się na VICE US", "pl", "VICE US"),
    ("Articolul a apărut inițial pe VICE US", "ro", "VICE US"),
    ("Эта статья впервые опубликована на VICE", "ru", "VICE"),
    ("Ovaj članak je prvobitno objavljen na VICE US", "sr", "VICE US"),
    ("Το άρθρο δημοσιεύτηκε αρχικά στο VICE US", "el", "VICE US"),
    ("Tento článek původně vyšel na VICE", "cs", "VICE"),
    ("Bron: Motherboard", "nl", "Motherboard"),
    ("元記事：VICE", "ja", "VICE"),
]

NO_CREDITS = [
    "First published on Friday 18 November 2011",
    "This story was first published March 29, 2023. It was updated the day after.",
    "The novel was originally published in 2014 by Penguin.",
    "El libro fue publicado originalmente en 2014.",
    "Cet article, initialement publié en avril 2017, a fait l’objet d’une mise à jour.",
    "Articles originally published on other editions of this site are the property of their owners.",
    "He was first posted to Berlin in 1950.",
    "The president first appeared in public on Monday after his surgery in Paris.",
    "Source: Reuters",
    "The vice president said the report was first published in May.",
]


@pytest.mark.parametrize(("line", "language", "name"), CREDITS, ids=[line[:40] for line, _, _ in CREDITS])
def test_a_credit_line_names_the_outlet(line: str, language: str, name: str) -> None:
    text = f"The text of a long article stands here.\n{line}"
    (credit,) = find_credits(text, NAMES)
    assert (credit.name, credit.language) == (name, language)
    assert text[credit.start : credit.end] == credit.text
    assert credit.text in line


@pytest.mark.parametrize("line", NO_CREDITS, ids=[line[:40] for line in NO_CREDITS])
def test_what_looks_like_a_credit_is_none(line: str) -> None:
    assert find_credits(line, NAMES) == ()


def test_somebody_else_is_credited() -> None:
    (credit,) = find_credits("This article was originally published by Futurism.", NAMES)
    assert credit.name == ""


def test_a_name_that_only_reports_is_not_credited() -> None:
    (credit,) = find_credits("This article was first published by The Guardian, VICE reported.", NAMES)
    assert credit.name == ""


def test_the_middle_of_a_long_text_holds_no_credit() -> None:
    filler = "Nothing to see here, move along. " * 60
    assert find_credits(f"{filler}\nThis article originally appeared on VICE.\n{filler}", NAMES) == ()
    assert find_credits(f"{filler}\n{filler}\nThis article originally appeared on VICE.", NAMES)


def test_the_outlets_own_credit_is_the_best() -> None:
    credits = find_credits(
        "This article originally appeared on VICE.\nThis photo essay was first published by Futurism.", NAMES
    )
    best = best_credit(credits)
    assert best is not None
    assert best.name == "VICE"
    assert best_credit(()) is None
