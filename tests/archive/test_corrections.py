"""Corrections as data: what an outlet says that it changed, with the label it gave it, and nothing else."""

from __future__ import annotations

import pytest
from lxml import html

from archive.corrections import STRONG, WEAK, corrections, may_correct

STORY = "<p>The harbour board met behind closed doors on Tuesday evening and voted nine to six.</p>"


def notes(body: str) -> list[str]:
    tree = html.fromstring(f"<html><head><title>x</title></head><body>{body}</body></html>")
    found = corrections(tree)
    assert may_correct(tree) or not found, "the cheap look would have missed it"
    return list(found)


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (
            '<div class="below"><strong>Correction:</strong> An earlier account gave the wrong year for the hull.</div>',
            "Correction: An earlier account gave the wrong year for the hull.",
        ),
        (
            '<div class="below"><p>From the print edition.</p><strong>Correction:</strong> The story gave a wrong year.'
            "<p>Ann Lee wrote this.</p></div>",
            "Correction: The story gave a wrong year.",
        ),
        (
            "<p>Editor’s note — the figure was taken from the papers of the board.</p>",
            "Editor’s note — the figure was taken from the papers of the board.",
        ),
        (
            "<h4>Correction: March 4, 2017</h4><p>The story misstated the age of the ferry.</p>",
            "Correction: March 4, 2017: The story misstated the age of the ferry.",
        ),
        (
            "<div><b>Clarification</b> The story has been changed to say who paid for the hull.</div>",
            "Clarification: The story has been changed to say who paid for the hull.",
        ),
        (
            "<p><em>Correction added 5 May, 12:10: the caption named the wrong ship of the two.</em></p>",
            "Correction added 5 May, 12:10: the caption named the wrong ship of the two.",
        ),
        (
            "<p>UPDATE (6 May): After this story appeared the board said that it would meet again.</p>",
            "UPDATE (6 May): After this story appeared the board said that it would meet again.",
        ),
        (
            "<p>[Update: the mayor answered our questions after the story had been published.]</p>",
            "[Update: the mayor answered our questions after the story had been published.]",
        ),
        (
            "<p>This article was amended on 5 March 2018. The hull is 40 metres long, not 400.</p>",
            "This article was amended on 5 March 2018. The hull is 40 metres long, not 400.",
        ),
    ],
)
def test_a_note_is_found_with_its_label(note: str, text: str) -> None:
    assert notes(STORY + note + STORY) == [text]


@pytest.mark.parametrize(
    "note",
    [
        "Rectificatie: in een eerdere versie stond een verkeerd jaartal vermeld.",
        "Naschrift van de redactie: de burgemeester heeft na publicatie gereageerd.",
        "Aanvulling 12.30 uur: het havenbestuur zegt dat het nog eens vergadert.",
        "Correctie (4 mei): de veerpont is veertig meter lang en niet vierhonderd.",
        "In een eerdere versie van dit artikel stond dat de pont veertig jaar oud was.",
        "Korrektur: In der ersten Fassung stand eine falsche Jahreszahl zum Rumpf.",
        "Anmerkung der Redaktion: Der Name der Fähre wurde nachträglich geändert.",
        "Rectificatif : la longueur du bac était fausse dans une version précédente.",
        "Mise à jour : après la parution de cet article, le conseil a annoncé une autre réunion.",
        "Fe de errores: en una versión anterior se daba un año equivocado del casco.",
        "Errata corrige: nella prima versione era sbagliato l'anno dello scafo.",
        "Correção: uma versão anterior trazia o ano errado do casco da balsa.",
        "Sprostowanie: w poprzedniej wersji tekstu podano błędny rok budowy promu.",
        "Rättelse: i en tidigare version stod fel årtal för färjans skrov.",
        "Rettelse: I en tidligere version stod der et forkert årstal for skroget.",
        "Presisering: I en tidligere versjon sto det feil årstall for skroget.",
        "Исправление: в первой версии текста был указан неверный год постройки парома.",
        "Düzeltme: haberin ilk halinde geminin yapım yılı yanlış verilmişti.",
        "تصحيح: ذكرت نسخة سابقة من هذا المقال سنة خاطئة لبناء العبارة.",
        "更正：本文较早版本误写了渡轮的建造年份，现已改正。",
        "【訂正】以前の記事ではフェリーの建造年に誤りがありました。",
        "바로잡습니다: 앞선 기사에서 여객선의 건조 연도를 잘못 적었습니다.",
    ],
)
def test_labels_of_many_languages(note: str) -> None:
    assert notes(f"{STORY}<p>{note}</p>") == [note]


@pytest.mark.parametrize(
    "line",
    [
        "<p>Update: iOS 17</p>",
        "<p>Update: iOS 17 is here</p>",
        "<p>Last updated: 4 May 2020 12:03</p>",
        "<p>Updated: 12 March 2026, 19:11</p>",
        "<p>Update: Monday 4 May 2020 at 12:03 GMT</p>",
        "<p>Update: maandag 4 mei 2020 om 12.03 uur</p>",
        "<p>Mise à jour : lundi 4 mai 2020 à 12h03</p>",
        "<p>更新：2020年5月4日 12:03</p>",
        "<p>Corrections officers were called to the harbour on Tuesday evening.</p>",
        "<p>Correction fluid was all over the papers of the board: nobody could read them.</p>",
        "<nav><h3>Corrections</h3><p>Tell us of an error in any of our stories.</p></nav>",
        "<footer><p>Corrections: tell us of an error in any of our stories here.</p></footer>",
        "<ul><li><a href='/c'>Corrections: what we got wrong in the last week</a></li></ul>",
        "<a href='/x'><p>Update: the board has met again and wants to vote on the hull.</p></a>",
        "<h3>Corrections</h3><ul><li><a href='/c'>All of them</a></li></ul>",
        "<p>Errata</p>",
        "<h3>Corrections</h3><p>Tell us of an error in any of our stories.</p>",
        "<p>Precisions of a thousandth are asked of the yard.</p>",
    ],
)
def test_what_only_looks_like_a_note(line: str) -> None:
    assert notes(STORY + line + STORY) == []


def test_all_notes_of_a_page_in_order_and_each_once() -> None:
    first = "Correction: An earlier account gave the wrong year for the hull."
    second = "Editor's note: The story has been changed to say who paid for it."
    body = f"<div><div><p>{first}</p></div></div>{STORY}<aside><p><em>{second}</em></p></aside><p>{first}</p>"
    assert notes(body) == [first, second]


def test_a_note_in_the_header_or_footer_of_the_article_counts_and_in_that_of_the_page_does_not() -> None:
    note = "<p>Correction: An earlier account gave the wrong year for the hull.</p>"
    assert len(notes(f"<article><header><h1>x</h1>{note}</header>{STORY}</article>")) == 1
    assert len(notes(f"<article>{STORY}<footer>{note}</footer></article>")) == 1
    assert notes(f"<header>{note}</header><article>{STORY}</article><footer>{note}</footer>") == []


def test_no_label_is_strong_in_one_language_and_weak_in_another() -> None:
    assert not {label for labels in STRONG.values() for label in labels} & {
        label for labels in WEAK.values() for label in labels
    }
