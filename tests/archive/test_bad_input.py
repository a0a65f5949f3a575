"""Whatever a page holds, the matcher answers, says why, and stops in time.

No time is measured: what is bounded is what costs time, the sentences encoded and the characters read.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from archive.match import encoder, match
from archive.match.encoder import Encoder, Vectors
from archive.match.reading import Reading
from archive.types import COPY_KINDS, Match, PageText, Story, StoryText
from tests.archive import matching_texts as texts
from tests.archive.matching_texts import paragraphs

TITLE = "The harbour that drowned twice"


def story(text: str = texts.ENGLISH, language: str = "en") -> Story:
    return Story(
        slug="harbour",
        title=TITLE,
        outlet="Waterkant",
        texts=(StoryText(text, language, "original", "file:story.txt", id=1),),
    )


def judged(text: str, against: Story | None = None) -> Match:
    """What a page with *text* is, once it is sure that the answer can be stored and shown."""
    against = against or story()
    found = match(PageText("https://paper.example/2020/1", text), against)
    assert found.explanation
    assert 0 <= found.coverage_story <= 1
    assert 0 <= found.coverage_page <= 1
    for passage in found.passages:
        assert 0 <= passage.story_start < passage.story_end <= len(against.texts[0].text)
        assert 0 <= passage.page_start < passage.page_end <= len(text)
    return found


class Counting(Encoder):
    """The encoder of the process, and how many sentences it was given."""

    def __init__(self, inner: Encoder) -> None:
        self.inner = inner
        self.sentences = 0
        self.languages = inner.languages  # type: ignore[misc]
        self.dimensions = inner.dimensions  # type: ignore[misc]
        self.spread = inner.spread  # type: ignore[misc]

    @property
    def label(self) -> str:
        return self.inner.label

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        self.sentences += len(sentences)
        return self.inner.vectors(sentences)


@pytest.fixture
def counting() -> Iterator[Counting]:
    before = encoder.current()
    counter = Counting(before)
    encoder.use(counter)
    yield counter
    encoder.use(before)


@functools.cache
def prose(characters: int, source: str = texts.UNRELATED + texts.RELATED) -> str:
    """Sentences of words of *source* in disorder: no two alike, and none from the story."""
    chance = random.Random(characters)
    vocabulary = [word.strip('.,"') for word in source.split()]
    said: list[str] = []
    length = 0
    while length < characters:
        sentence = " ".join(chance.choices(vocabulary, k=chance.randint(6, 22))).capitalize()
        said.append(sentence + (".\n\n" if chance.random() < 0.2 else ". "))
        length += len(said[-1])
    return "".join(said)


FIVE_MEGABYTES = 5_000_000
#: One sentence of the story.
SENTENCE = "The wall was built in 1988 by a company that no longer exists. "

# --- hardly anything ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", " \n\t\u00a0 ", "Vellamo", "1988", "\u200b\u00ad\ufeff" * 50, "\ud800", "\0" * 100, "?!" * 50, "«»“”" * 500],
    ids=["empty", "blank", "one word", "one number", "invisible", "half a pair", "nul", "marks", "quotation marks"],
)
def test_a_page_that_says_nothing_is_nothing(text: str) -> None:
    assert judged(text).kind == "unrelated"


@pytest.mark.parametrize(
    "text",
    ["", " \n ", "Vellamo", "\u200b\ufeff", "\ud800", SENTENCE * 200, prose(3_000)],
    ids=["empty", "blank", "one word", "invisible", "half a pair", "200 times", "prose"],
)
def test_a_story_text_may_be_anything_too(text: str) -> None:
    assert judged(texts.UNRELATED, story(text)).kind not in COPY_KINDS


def test_only_furniture_is_nothing() -> None:
    page = "\n".join(
        (
            "Skip to content", "Menu", "Sign in", "Subscribe now", "Share on Facebook", "Share on Twitter",
            "We use cookies to improve your experience. By continuing you accept our privacy policy.",
            "Read more", "Related articles", "Most read", "Advertisement",
            "Sign up for our newsletter and get the best stories in your inbox.",
            "Copyright 2020 Paper. All rights reserved.", "Terms of use", "Contact us", "Back to top",
        )
    )  # fmt: skip
    assert judged(page).kind == "unrelated"


# --- not prose ----------------------------------------------------------------------------------------


def test_a_table_is_nothing() -> None:
    chance = random.Random(1)
    rows = [f"{place} | {chance.randint(1, 99)} | {chance.random():.2f} | 1988" for place in texts.RELATED.split()]
    assert judged("\n".join(rows)).kind not in COPY_KINDS


def test_a_list_of_links_that_names_the_story_is_no_copy_of_it() -> None:
    headlines = [" ".join(line.split()[:7]) for line in prose(20_000).splitlines() if line.strip()]
    found = judged("\n".join([*headlines[:40], TITLE, *headlines[40:]]))
    assert found.kind not in COPY_KINDS


def test_numbers_and_words_without_end_are_nothing() -> None:
    chance = random.Random(2)
    assert judged(" ".join(str(chance.randint(0, 10**6)) for _ in range(30_000))).kind == "unrelated"
    assert judged("harbour " * 60_000).kind == "unrelated"
    assert judged("x" * 400_000).kind == "unrelated"
    assert judged(". " * 50_000).kind == "unrelated"
    assert judged("“a " * 20_000).kind == "unrelated"


# --- broken text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "koi8-r"])
def test_text_read_in_the_wrong_encoding_is_still_found(encoding: str) -> None:
    broken = texts.GERMAN.encode("utf-8").decode(encoding, "replace")
    found = judged(broken, story(texts.GERMAN, "de"))
    assert found.kind in COPY_KINDS
    assert found.coverage_story > 0.5


def test_half_surrogate_pairs_do_no_harm() -> None:
    found = judged(texts.ENGLISH.replace(" the ", " \ud83dthe\ude00 "))
    assert found.kind == "copy"
    assert judged("\ud800".join(texts.DUTCH)).explanation
    assert judged(texts.DUTCH.replace(". ", ".\udfff ")).kind == "translation"


LETTERS = str.maketrans("abvgdezijklmnoprstufhcy", "абвгдезийклмнопрстуфхцы")


def test_the_story_in_another_alphabet_is_a_copy_that_says_so() -> None:
    found = judged(texts.ENGLISH.lower().translate(LETTERS))
    assert found.kind == "copy"
    assert "looks transliterated" in found.explanation
    assert judged(texts.UNRELATED.lower().translate(LETTERS)).kind == "unrelated"


# --- the same again and again -------------------------------------------------------------------------


@pytest.mark.parametrize("gap", ["", "\n"], ids=["one line", "many lines"])
def test_a_sentence_200_times_counts_once(gap: str) -> None:
    # One sentence of the story makes no excerpt, however often it comes.
    once, often = judged(SENTENCE), judged((SENTENCE + gap) * 200)
    assert often.kind == once.kind
    assert often.kind not in COPY_KINDS
    assert judged(("A bell rope was paid for by the bats of Sankt Olof. " + gap) * 200).kind == "unrelated"


@pytest.mark.parametrize("times", [2, 5, 30])
def test_a_page_with_the_story_more_than_once_is_a_copy(times: int) -> None:
    found = judged("\n".join([texts.ENGLISH] * times))
    assert found.kind == "copy"
    assert found.coverage_story > 0.95
    assert found.coverage_page > 0.95


def test_every_sentence_200_times_is_found_in_little_work(counting: Counting) -> None:
    found = judged("\n".join(sentence for sentence in texts.ENGLISH.split(". ") for _ in range(200)))
    assert found.kind in COPY_KINDS
    assert counting.sentences < 500


# --- many languages and directions --------------------------------------------------------------------


def test_three_languages_in_turn_are_a_copy_with_all_of_the_story() -> None:
    versions = zip(paragraphs(texts.ENGLISH), paragraphs(texts.DUTCH), paragraphs(texts.GERMAN), strict=False)
    found = judged("\n\n".join(paragraph for three in versions for paragraph in three))
    assert found.kind == "copy"
    assert found.coverage_story > 0.9


def test_two_foreign_halves_are_a_translation() -> None:
    half = len(paragraphs(texts.DUTCH)) // 2
    page = "\n\n".join([*paragraphs(texts.DUTCH)[:half], *paragraphs(texts.GERMAN)[half:]])
    assert judged(page).kind == "translation"


ARABIC = """\
الميناء الذي غرق مرتين

عندما حطمت عاصفة 14 نوفمبر 2019 الجدار البحري القديم في فيلامو، بلغ ارتفاع الماء 3.4 أمتار في سوق السمك. لم يكن أحد في البلدة التي يسكنها 6200 نسمة يصدق أن ذلك يمكن أن يحدث مرة أخرى.

قالت مارتا ليندكفيست التي تبيع الرنجة المدخنة على الرصيف: "قيل لنا إن هذا الجدار سيبقى مئة عام. لقد بقي واحدا وثلاثين عاما".

بنيت الجدار عام 1988 شركة لم تعد موجودة. ووجد المهندسون الذين فحصوا الأنقاض أن الخرسانة تحتوي على نصف كمية الفولاذ التي وعدت بها الرسومات فقط.

وصف رئيس البلدية هنريك آلتو الأوراق المفقودة بأنها خطأ مؤسف. وكان موظفا شابا في قسم البناء عندما تمت الموافقة على الجدار، ومنذ ذلك الحين يرفض الإجابة عن الأسئلة حول ذلك العام.

دفعت شركات التأمين 48 مليون يورو حتى الآن. ومع ذلك غادرت معظم العائلات شارع كانال، ولن تفتح المدرسة التي كانت خلف الكثبان مرة أخرى.

وضعت ليندكفيست كشكها على عجلات. وقالت: "البحر لا يقرأ التقارير. في المرة القادمة أريد أن أستطيع المغادرة خلال عشر دقائق".
"""


def test_right_to_left_text_is_translated_and_copied_like_any_other() -> None:
    assert judged(ARABIC).kind == "translation"
    marked = "\n".join(f"\u202b{line}\u202c" for line in ARABIC.splitlines()).replace(". ", ".\u200f ")
    found = judged(marked, story(ARABIC, "ar"))
    assert found.kind == "copy"
    assert found.coverage_story > 0.95


# --- without end --------------------------------------------------------------------------------------


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "text",
    [
        lambda: prose(FIVE_MEGABYTES),
        lambda: prose(FIVE_MEGABYTES).replace("\n", " "),
        lambda: "แต่เขา ไม่ได้ไป ที่ตลาด ในวันนี้ " * (FIVE_MEGABYTES // 33),
        lambda: "今日は晴れ。明日は雨です、" * (FIVE_MEGABYTES // 13),
        lambda: prose(FIVE_MEGABYTES).lower().translate(LETTERS),
    ],
    ids=["prose", "one line", "thai", "japanese", "transliterated"],
)
def test_five_megabytes_of_anything(text: Callable[[], str], counting: Counting) -> None:
    found = judged(text())
    assert found.kind == "unrelated"
    assert "characters of the page were read" in found.explanation
    assert counting.sentences < 2_500


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("beginning", "kinds"),
    [
        (texts.ENGLISH, {"copy", "excerpt"}),  # all of the story, and next to nothing of the page
        (paragraphs(texts.ENGLISH)[4], {"excerpt"}),
        (texts.DUTCH, {"translation", "translated_excerpt"}),
    ],
    ids=["copy", "excerpt", "translation"],
)
def test_what_opens_five_megabytes_is_found(beginning: str, kinds: set[str], counting: Counting) -> None:
    found = judged(beginning + "\n\n" + prose(FIVE_MEGABYTES))
    assert found.kind in kinds
    assert counting.sentences < 2_500


@pytest.mark.timeout(300)
def test_a_story_of_five_megabytes(counting: Counting) -> None:
    long = prose(FIVE_MEGABYTES)
    assert judged(long[:3_000], story(long)).kind in COPY_KINDS
    assert judged(texts.UNRELATED, story(long)).explanation
    assert counting.sentences < 5_000


def test_what_is_read_of_a_text_is_its_beginning() -> None:
    reading = Reading(prose(FIVE_MEGABYTES))
    assert reading.sentences[0].start == 0
    assert reading.sentences[-1].end < 500_000
    assert len(reading.units) < 2_000
