"""What an edit is told as, and on which side of `NOTABLE` it stands, across languages and kinds of noise."""

from __future__ import annotations

import pytest

from archive.diff import NOTABLE, VersionText, diff
from archive.diff_edits import slightness
from archive.diff_furniture import furniture

#: Paragraphs around the edited one, so that it stands inside an article.
AROUND = {
    "en": ("The council met on Monday behind closed doors.", "Neither side wanted to comment on the talks."),
    "nl": ("De raad kwam achter gesloten deuren bijeen.", "Geen van beide partijen wilde iets zeggen."),
    "de": ("Der Rat tagte hinter verschlossenen Türen.", "Beide Seiten wollten sich dazu nicht äußern."),
    "fr": ("Le conseil a siégé à huis clos.", "Les deux camps ont gardé le silence."),
    "es": ("El consejo se reunió a puerta cerrada.", "Ambas partes guardaron silencio."),
    "it": ("Il consiglio si è riunito a porte chiuse.", "Le due parti sono rimaste in silenzio."),
    "pt": ("O conselho reuniu-se à porta fechada.", "As duas partes ficaram em silêncio."),
}


def article(language: str, line: str) -> VersionText:
    before, after = AROUND.get(language, ("", ""))
    return VersionText(language=language, text="\n".join(filter(None, (before, line, after))))


@pytest.mark.parametrize(
    ("language", "old", "new", "reason"),
    [
        ("en", "Police arrested three men.", "Police arrested five men.", "figure changed: three → five"),
        (
            "de",
            "Die Polizei nahm drei Männer fest.",
            "Die Polizei nahm fünf Männer fest.",
            "figure changed: drei → fünf",
        ),
        ("nl", "Er zijn eenentwintig doden.", "Er zijn twaalf doden.", "figure changed: eenentwintig → twaalf"),
        ("en", "One soldier was shot.", "Two soldiers were shot.", "figure changed: One → Two"),
        ("fr", "Le bilan est de 12 morts.", "Le bilan est de 21 morts.", "figure changed: 12 → 21"),
        ("en", "It cost $40 to repair.", "It cost €40 to repair.", "unit changed: $ → €"),
        ("en", "It rained for three days there.", "It rained for three weeks there.", "unit changed: days → weeks"),
        ("en", "It was -5 degrees at noon.", "It was 5 degrees at noon.", "figure removed: minus"),
        (
            "en",
            "The raid was on Tuesday, he said.",
            "The raid was on Friday, he said.",
            "date changed: Tuesday → Friday",
        ),
        ("es", "El ataque fue el 12 de marzo.", "El ataque fue el 12 de mayo.", "date changed: marzo → mayo"),
        ("fr", "Il n'a pas signé l'accord.", "Il a signé l'accord.", "negation removed: pas"),
        ("en", "He didn't sign it at all.", "He did sign it at all.", "negation removed: didn't"),
        ("it", "Il ministro non ha firmato.", "Il ministro ha firmato.", "negation removed: non"),
        ("pt", "O ministro não assinou nada.", "O ministro assinou tudo.", "negation removed: não"),
        (
            "en",
            "The attack was confirmed by aides.",
            "The attack was unconfirmed by aides.",
            "negation added: unconfirmed",
        ),
        ("en", "He stole the money.", "He allegedly stole the money.", "hedge added: allegedly"),
        ("de", "Er hat das Geld gestohlen.", "Er hat das Geld angeblich gestohlen.", "hedge added: angeblich"),
        ("nl", "Hij publiceerde een vals rapport.", "Hij publiceerde een rapport.", "qualifier removed: vals"),
        (
            "en",
            "The visit of Maria Denholm ended.",
            "The visit of Paula Marsh ended.",
            "name changed: Maria Denholm → Paula Marsh",
        ),
        (
            "de",
            "Die Rede von Olaf Brandner war kurz.",
            "Die Rede von Olaf Merten war kurz.",
            "name changed: Brandner → Merten",
        ),
        ("en", "“We will fight on,” he said.", "“We will talk now,” he said.", "quotation edited"),
        ("fr", "« Nous allons partir », dit-il.", "« Nous allons rester », dit-il.", "quotation edited"),
        ("de", "„Wir gehen nach Hause“, sagte er.", "„Wir gehen nach vorn“, sagte er.", "quotation edited"),
        ("en", "The minister has resigned.", "The minister has resigned?", "question mark added"),
    ],
)
def test_reasons_across_languages(language: str, old: str, new: str, reason: str) -> None:
    change = diff(article(language, old), article(language, new))

    assert reason in change.reasons
    assert change.significance >= NOTABLE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("north", "south"),
        ("now", "not"),
        ("dead", "read"),
        ("hired", "fired"),
        ("injured", "insured"),
        ("elected", "ejected"),
        ("soldiers", "civilians"),
        ("Zelinsky", "Zelensky"),
        ("false", "falls"),
        ("12", "21"),
        ("twelve", "21"),
    ],
)
def test_another_word_is_no_typo(old: str, new: str) -> None:
    assert slightness((old,), (new,), "en") is None
    assert (
        diff(
            article("en", f"He told us of the {old} thing."), article("en", f"He told us of the {new} thing.")
        ).significance
        >= NOTABLE
    )


@pytest.mark.parametrize(
    ("language", "old", "new", "kind"),
    [
        ("en", "recieved", "received", "typo"),
        ("en", "goverment", "government", "typo"),
        ("en", "ocurred", "occurred", "typo"),
        ("en", "organise", "organize", "spelling"),
        ("en", "colour", "color", "spelling"),
        ("fr", "evenement", "événement", "spelling"),
        ("de", "Strasse", "Straße", "spelling"),
        ("de", "kleinen", "kleiner", "inflection"),
        ("en", "twelve", "12", "notation"),
        ("de", "1.200", "1200", "notation"),
    ],
)  # fmt: skip
def test_slight_edits_are_told_and_stay_below(language: str, old: str, new: str, kind: str) -> None:
    assert slightness((old,), (new,), language) == kind
    change = diff(article(language, f"xx yy {old} zz."), article(language, f"xx yy {new} zz."))
    assert 0 < change.significance < NOTABLE
    assert f"{old} → {new}" in change.reasons[0]


def test_an_accent_that_makes_a_tense_is_no_spelling() -> None:
    assert slightness(("hablo",), ("habló",), "es") is None


def test_many_slight_edits_stay_slight() -> None:
    old = "He recieved it. The colour was “blue”. The goverment left\nA second line stands here for the move.\nA third line is here."
    new = "He received it! The color was “Blue”. The government left.\nA third line is here.\nA second line stands here for the move."

    assert diff(article("en", old), article("en", new)).significance < NOTABLE


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Mis à jour le 12 mars à 12h04", "timestamp"),
        ("Aktualisiert am 12. März 2023 um 10:45 Uhr", "timestamp"),
        ("Gepubliceerd: 12 maart 2023 om 10:45", "timestamp"),
        ("hace una hora", "timestamp"),
        ("1.204 Mal gelesen", "counter"),
        ("Teilen auf Facebook, X und WhatsApp", "share box"),
        ("Het artikel gaat verder onder de advertentie", "advertising label"),
        ("Suscríbete a nuestro boletín y recibe las noticias en tu correo.", "newsletter box"),
        ("Lire aussi : Le port bloqué par une grève", "teaser"),
        ("Leestijd: 3 minuten", "reading time"),
        ("Send email to friends", "prompt"),
        ("The video drew 1,234 views.", None),
        ("Soldiers raided the village three days ago.", None),
        ("On 12 March 2023 the minister resigned.", None),
        ("The company published a newsletter on Tuesday.", None),
        ("Teilen der Stadt sind ohne Strom", None),
        ("Deel van de stad zonder stroom", None),
        ("Publicité mensongère : l'entreprise condamnée", None),
        ("More about the raid was published on 12 March.", None),
        ("Click here for the data.", None),
        ("", None),
    ],
)
def test_furniture(line: str, kind: str | None) -> None:
    assert furniture(line) == kind


@pytest.mark.parametrize("place", ["top", "end"])
@pytest.mark.parametrize(
    "box",
    [
        "Share on Facebook\nShare on WhatsApp\nCopy link",
        "Most read\nHarbour strike enters third week\nRail link opens in spring",
        "Don't miss a story\nSign up for our newsletter\nNo thanks",
    ],
)
def test_boxes_of_several_lines_stay_below(box: str, place: str) -> None:
    old = article("en", "The fire left 12 people dead.")
    text = f"{box}\n{old.text}" if place == "top" else f"{old.text}\n{box}"

    change = diff(old, VersionText(language="en", text=text))

    assert 0 < change.significance < NOTABLE
    assert change.words_added > 0, "it is still shown"


def test_an_edit_beside_furniture_is_seen() -> None:
    change = diff(
        article("en", "8 hrs ago\nThe fire left 12 people dead.\n4 comments"),
        article("en", "9 hrs ago\nThe fire left 21 people dead.\n9 comments"),
    )

    assert change.reasons[0] == "figure changed: 12 → 21"
    assert {"timestamp", "counter"} <= set(change.reasons)


def test_teasers_in_another_order_have_moved() -> None:
    lines = ["Harbour strike enters third week", "Harbour bridge enters second year", "Rail link opens in spring"]
    old = article("en", "The fire left 12 people dead." + "\n" + "\n".join(lines))
    new = article("en", "The fire left 12 people dead." + "\n" + "\n".join(reversed(lines)))

    change = diff(old, new)

    assert change.significance < NOTABLE
    assert change.words_added == change.words_removed == 0
    assert change.reasons == ("moved only: 2 paragraphs",)


def test_sentences_in_another_order_have_moved() -> None:
    change = diff(
        article("en", "The fire left 12 dead. Nobody came. The doors were shut."),
        article("en", "The doors were shut. The fire left 12 dead. Nobody came."),
    )

    assert change.reasons == ("moved only: 1 paragraph",)


def test_words_in_another_order_have_not() -> None:
    assert diff(article("en", "The dog bit the man."), article("en", "The man bit the dog.")).significance >= NOTABLE


def test_a_currency_in_a_reordered_looking_line_counts() -> None:
    assert (
        diff(article("en", "A fine of $90 was set."), article("en", "A fine of €90 was set.")).significance >= NOTABLE
    )


def test_a_removed_paragraph_is_told_with_its_length() -> None:
    old, new = article("en", "The owner of the factory denied everything."), article("en", "")

    assert "whole paragraph removed: 7 words" in diff(old, new).reasons
