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
    ("A version of this article first appeared in The Conversation.", "en", "The Conversation"),
    ("This is an edited version of a post that was originally published on VICE.", "en", "VICE"),
    ("Reprinted by permission of VICE", "en", "VICE"),
    ("Met toestemming overgenomen van VICE", "nl", "VICE"),
    ("Denne artikel er oprindeligt skrevet til VICE", "da", "VICE"),
    ("Článok pôvodne vyšiel na VICE", "sk", "VICE"),
    ("Ця стаття вперше опублікована на VICE", "uk", "VICE"),
    ("Тази статия е публикувана първоначално във VICE", "bg", "VICE"),
    ("Aquest article es va publicar originalment a VICE", "ca", "VICE"),
    ("Artikel ini telah tayang di VICE dengan judul lain", "id", "VICE"),
    ("Bu yazı ilk olarak VICE'da yayımlanmıştır.", "tr", "VICE"),
    ("Tämä juttu julkaistiin alun perin Motherboard-sivustolla.", "fi", "Motherboard"),
    ("Ez a cikk eredetileg a VICE-on jelent meg.", "hu", "VICE"),
    ("本文转载自VICE", "zh", "VICE"),
    ("原载于《VICE》", "zh", "VICE"),
    ("この記事はVICEに掲載されたものです。", "ja", "VICE"),
    ("VICEより転載", "ja", "VICE"),
    ("이 기사는 VICE에 처음 게재되었습니다.", "ko", "VICE"),
    ("نُشر هذا المقال لأول مرة في VICE", "ar", "VICE"),
    ("این مقاله نخستین بار در VICE منتشر شد", "fa", "VICE"),
    ("המאמר פורסם במקור ב-VICE", "he", "VICE"),
    ("यह लेख मूल रूप से VICE पर प्रकाशित हुआ था", "hi", "VICE"),
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
    "This article was reprinted on Wired.com.",
    "This story has been updated since it was first published to include a statement from Google.",
    "This article was originally published in print.",
    "This post was first published in German.",
    "A version of this article appears in print on January 3, 2012, on Page A1 of the New York edition.",
    "Dieser Artikel wurde im Original veröffentlicht auf Englisch",
    "Dieser Artikel wurde erstmals am 25. März 2020 in der Rubrik Geschichten veröffentlicht.",
    "Content may not be republished without the permission of Dow Jones.",
    "You may republish this article with permission.",
    "Photos used with permission.",
    "Photo courtesy of Jane Doe",
    "转载请注明出处：本网站",
    "凡注明为其他媒体来源的信息，均为转载自其他媒体",
    "この記事は2019年5月に公開されました。",
    "当サイトに掲載の記事の無断転載を禁じます。",
    "무단전재 및 재배포 금지",
    "Bu yazı ilk olarak 5 Mart 2020'de yayımlandı.",
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


@pytest.mark.parametrize(
    "line",
    [
        "This article was originally published by Futurism.",
        "This story was originally published at nytimes.com.",
        "This article was originally published on coolimba and has been republished here.",
        "EDITORS NOTE: This NRA-ILA column is republished with permission.",
        "Este artículo de El País se reproduce aquí con permiso.",
        "2012-01-12 作者：赵春燕 出处：每日经济新闻 【转载】 责任编辑：何顺延",
        "Dit stuk is met toestemming overgenomen.",
    ],
)
def test_somebody_else_is_credited(line: str) -> None:
    (credit,) = find_credits(line, NAMES)
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
