"""A text in other letters: Russian and Greek typed on a Latin keyboard, Serbian in its two alphabets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.match import match
from archive.match.reading import Reading
from archive.match.romanised import LEAST_SHARED, in_latin, shared_share, skeleton, sounded
from archive.types import COPY_KINDS, Match, PageText, Story, StoryText
from tests.archive import matching_texts as texts
from tests.archive.matching_texts import RUSSIAN

OTHER_RUSSIAN = """\
Летучие мыши вернулись на колокольню

Впервые за двадцать лет под крышей старой колокольни снова живут летучие мыши. Учительница биологии насчитала прошлой ночью сорок три зверька, а школьники записали их голоса на телефон.

Приход собирался менять черепицу этим летом, но работы отложили до октября. «Они никому не мешают, — объяснил священник, — и комаров стало заметно меньше». Деньги на ремонт собрали соседи, устроившие ярмарку с пирогами и старыми книгами.

Зоологи просят не светить внутрь фонарями и не открывать люк до осени, пока молодые не научатся летать. Следующий подсчёт назначен на конец августа, и записаться может любой житель посёлка.
"""

GREEK = """\
Το λιμάνι που πνίγηκε δύο φορές

Όταν η καταιγίδα της 14ης Νοεμβρίου 2019 έσπασε το παλιό θαλάσσιο τείχος στο Βέλαμο, το νερό έφτασε τα 3,4 μέτρα στην ψαραγορά. Κανείς στην πόλη των 6.200 κατοίκων δεν πίστευε ότι αυτό μπορούσε να ξανασυμβεί.

Το τείχος χτίστηκε το 1988 από μια εταιρεία που δεν υπάρχει πια. Οι μηχανικοί που εξέτασαν τα ερείπια διαπίστωσαν ότι το σκυρόδεμα είχε μόνο το μισό χάλυβα από όσο υπόσχονταν τα σχέδια. Τα ίδια τα σχέδια είχαν εξαφανιστεί από το δημοτικό αρχείο, μαζί με τα πρακτικά τριών συνεδριάσεων του συμβουλίου.

Ο δήμαρχος Χένρικ Άαλτο χαρακτήρισε τα χαμένα έγγραφα ατυχές λάθος. Ήταν νεαρός υπάλληλος στο τμήμα οικοδομών όταν εγκρίθηκε το τείχος, και από τότε αρνείται να απαντήσει σε ερωτήσεις για εκείνη τη χρονιά.
"""

SERBIAN = """\
Лука која је потонула двапут

Када је олуја 14. новембра 2019. срушила стари морски зид у Веламу, вода је на рибљој пијаци стајала 3,4 метра високо. Нико у граду од 6.200 становника није веровао да се то може поновити.

Зид је 1988. саградило предузеће које више не постоји. Инжењери који су прегледали рушевине утврдили су да је у бетону било упола мање челика него што су цртежи обећавали. Сами цртежи нестали су из градског архива, заједно са записницима три седнице већа.

Градоначелник Хенрик Алто назвао је нестале папире несрећном грешком. Био је млад службеник у одељењу за градњу када је зид одобрен, и од тада одбија да одговара на питања о тој години.
"""


def letters(script: str, spellings: str) -> dict[str, str]:
    """How each letter of *script* is spelled; "-" for one that is left out."""
    return dict(zip(script, spellings.replace("-", "").split(" "), strict=True))


_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
#: As passports have it, as linguists write it, and as people type it.
SCHEMES = {
    "passport": "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia",
    "linguist": "a b v g d e ë ž z i j k l m n o p r s t u f x c č š šč ʺ y ʹ è ju ja",
    "typed": "a b v g d e yo j z i y k l m n o p r s t u f h ts ch sh sch - i - e yu ya",
}
_SERBIAN = letters("абвгдђежзијклљмнњопрстћуфхцчџш", "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š")
#: "Greeklish" by sound.
_GREEK = letters(
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊ", "a v g d e z i th i k l m n x o p r s s t y f ch ps o a e i i o y o i"
)


def spelled(text: str, letters: dict[str, str]) -> str:
    found = (letters.get(letter.lower(), letter) for letter in text)
    return "".join(new.capitalize() if old.isupper() else new for old, new in zip(text, found, strict=True))


def scheme(name: str) -> dict[str, str]:
    return letters(_CYRILLIC, SCHEMES[name])


def judged(page: str, story: str, language: str) -> Match:
    text = StoryText(story, language, "original", "file:x", id=1)
    return match(PageText("https://paper.example/1", page), Story("harbour", "", texts=(text,)))


@pytest.mark.parametrize("name", SCHEMES)
def test_russian_in_latin_letters_is_a_copy_that_says_so(name: str) -> None:
    page = spelled(RUSSIAN, scheme(name))
    found = judged(page, RUSSIAN, "ru")
    assert found.kind == "copy"
    assert "looks transliterated" in found.explanation
    assert found.coverage_story > 0.6
    # The passages are places of the two texts as they stand.
    for passage in found.passages:
        ours, theirs = RUSSIAN[passage.story_start : passage.story_end], page[passage.page_start : passage.page_end]
        assert skeleton(ours.split()[0]) == skeleton(theirs.split()[0])


def test_greek_by_sound_is_recognised() -> None:
    found = judged(spelled(GREEK, _GREEK), GREEK, "el")
    assert found.kind in COPY_KINDS
    assert "looks transliterated" in found.explanation


def test_serbian_in_one_alphabet_is_a_copy_of_serbian_in_the_other() -> None:
    latin = spelled(SERBIAN, _SERBIAN)
    for page, story in ((latin, SERBIAN), (SERBIAN, latin)):
        found = judged(page, story, "sr")
        assert found.kind == "copy"
        assert found.coverage_story > 0.9


def test_a_paragraph_in_other_letters_inside_a_longer_page_is_an_excerpt() -> None:
    paragraph = spelled(texts.paragraphs(RUSSIAN)[3], scheme("passport"))
    found = judged(f"{spelled(OTHER_RUSSIAN, scheme('passport'))}\n{paragraph}\n", RUSSIAN, "ru")
    assert found.kind == "excerpt"
    assert "looks transliterated" in found.explanation


def test_another_text_of_the_language_in_other_letters_is_none() -> None:
    for name in SCHEMES:
        assert judged(spelled(OTHER_RUSSIAN, scheme(name)), RUSSIAN, "ru").kind not in COPY_KINDS


def test_texts_of_other_languages_share_no_words_by_their_consonants() -> None:
    story = Reading(RUSSIAN, "ru")
    for other in (texts.ENGLISH, texts.DUTCH, texts.GERMAN, texts.UNRELATED):
        assert shared_share(story, Reading(other)) < LEAST_SHARED
    assert shared_share(story, Reading(OTHER_RUSSIAN, "ru")) == 0.0  # in the same letters: compared word by word


def test_latin_terms_in_a_russian_text_make_it_no_transliteration() -> None:
    terms = (
        "systemd openssl glibc kernel Debian Bookworm initramfs libxml curl nginx postfix dovecot samba wayland pulse"
    )
    one = f"{RUSSIAN} {terms} cryptsetup bluez ffmpeg podman qemu rsync sqlite tomcat vim xorg zlib gnupg."
    two = f"{texts.ENGLISH} {terms} cryptsetup bluez ffmpeg podman qemu rsync sqlite tomcat vim xorg zlib gnupg."
    assert shared_share(Reading(one, "ru"), Reading(two, "en")) < LEAST_SHARED


def test_a_few_words_say_nothing() -> None:
    assert shared_share(Reading(RUSSIAN, "ru"), Reading("Vellamo, Lindkvist, gavan")) == 0.0


@given(st.text())
def test_any_text_is_read_by_its_sounds_where_it_stands(text: str) -> None:
    reading = Reading(text)
    heard = in_latin(reading)
    assert len(heard.words) == len(reading.words)
    assert heard.words.starts == reading.words.starts
    assert all(word == sounded(word) or len(sounded(word)) <= len(word) for word in heard.words.folded)
