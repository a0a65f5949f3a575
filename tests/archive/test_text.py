"""Places quote the original; folding loses nothing that a reader sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import (
    Span,
    detect_language,
    fold,
    fold_word,
    latin_share,
    normal_form,
    paragraphs,
    quotations,
    sentences,
    unspaced_share,
    words,
)

#: Text with what makes offsets go wrong: marks, joiners, quotes, other scripts, line breaks.
TEXTS = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("abc ABC .!?…。！？؟।“”„«»‘’'\"「」\n\t\u00ad\u200b\u200d\u0301ß\u0130ﬁ①東京ไทย"),
    ),
    max_size=200,
)


def said(text: str, spans: list[Span]) -> list[str]:
    return [span.of(text) for span in spans]


# --- properties --------------------------------------------------------------------------------------


@given(TEXTS)
def test_words_stand_where_they_say(text: str) -> None:
    found = words(text)
    end = 0
    for word, start, stop in zip(found.folded, found.starts, found.ends, strict=True):
        assert end <= start < stop
        assert word == fold_word(text[start:stop])
        end = stop


@given(TEXTS)
def test_folded_characters_know_their_origin(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    for place, character in enumerate(folded.text):
        origin = text[folded.starts[place] : folded.ends[place]]
        assert character in (" " if origin.isspace() else fold_word(origin))


@given(TEXTS)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once) == once
    assert "  " not in once
    assert once == once.strip()


@given(TEXTS)
def test_sentences_cover_everything_but_white_space_in_order(text: str) -> None:
    found = sentences(text)
    end = 0
    for sentence in found:
        assert text[end : sentence.start].strip() == ""
        assert sentence.of(text) == sentence.of(text).strip() != ""
        end = sentence.end
    assert text[end:].strip() == ""


@given(TEXTS)
def test_quotations_lie_in_order_and_open_with_a_mark(text: str) -> None:
    end = 0
    for quotation in quotations(text):
        assert end <= quotation.start < quotation.end <= len(text)
        end = quotation.end


@given(TEXTS)
def test_shares_are_shares(text: str) -> None:
    assert 0 <= unspaced_share(text) <= 1
    assert 0 <= latin_share(text) <= 1


# --- normal form -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("re\u00adpublic", "republic"),
        ("zero\u200bwidth", "zerowidth"),
        ("cafe\u0301", "café"),
        ("“yes” – he said", '"yes" - he said'),
        ("« oui »", '" oui "'),
        ("l’été", "l'été"),
        ("one\n\n two\u00a0 three", "one two three"),
        ("wait…", "wait..."),
    ],
    ids=["soft hyphen", "zero width", "composed", "quotes and dash", "guillemets", "apostrophe", "space", "ellipsis"],
)
def test_renderings_of_one_text_have_one_normal_form(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(("one", "other"), [("Us", "us"), ("resume", "résumé"), ("2.4", "2,4"), ("end.", "end")])
def test_edits_survive_the_normal_form(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


# --- words -------------------------------------------------------------------------------------------


@given(st.text(alphabet=st.one_of(st.characters(max_codepoint=0x24F), st.sampled_from("“”’–… 0123456789.,:'"))))
def test_plain_latin_text_has_the_same_words_by_the_faster_pattern(text: str) -> None:
    faster = words(text)
    # A character outside of plain Latin text, set apart, has the general pattern read the whole.
    general = words(f"{text} ж")
    assert general.folded[:-1] == faster.folded
    assert general.starts[:-1] == faster.starts


def test_words_of_many_scripts() -> None:
    assert words("Don’t re\u00adprint 16,700 copies of 東京!").folded == (
        "don't", "reprint", "16,700", "copies", "of", "東", "京",
    )  # fmt: skip
    assert words("В 2022 году").folded == ("в", "2022", "году")
    assert words("한국 신문").folded == ("한국", "신문")


def test_words_inside_a_span() -> None:
    text = "one two three"
    found = words(text)
    assert [found.folded[i] for i in found.inside(Span(4, len(text)))] == ["two", "three"]
    assert found.span(1, 3).of(text) == "two three"


# --- sentences ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He came. She left! Why?", ["He came.", "She left!", "Why?"]),
        ("Dr. Smith met J. R. Jones on Jan. 5 in the U.S. Senate.", ["Dr. Smith met J. R. Jones on Jan. 5 in the U.S. Senate."]),
        ('"Really?" he asked. "Yes."', ['"Really?" he asked.', '"Yes."']),
        ("Er starb am 3. Oktober. Danach kam die 14. Minute im Spiel.", ["Er starb am 3. Oktober.", "Danach kam die 14. Minute im Spiel."]),
        ("It cost 3.4 million. That was 1953. Then it fell.", ["It cost 3.4 million.", "That was 1953.", "Then it fell."]),
        ("今日は晴れ。明日は雨！「本当？」と聞いた。", ["今日は晴れ。", "明日は雨！", "「本当？」と聞いた。"]),
        ("他说：“十一月来了！”。她问：“是吗？”，然后走了。", ["他说：“十一月来了！”。", "她问：“是吗？”，然后走了。"]),
        ("円周率は３．１４だ．次も読む。", ["円周率は３．１４だ．", "次も読む。"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("यह सच है। वह गया।", ["यह सच है।", "वह गया।"]),
        ("A headline\nThe text.", ["A headline", "The text."]),
        ("Dhr. De Vries sprak o.a. met hen. Daarna niet.", ["Dhr. De Vries sprak o.a. met hen.", "Daarna niet."]),
        ("Er sagte: „Wir gehen nicht.“ Dann ging er.", ["Er sagte: „Wir gehen nicht.“", "Dann ging er."]),
        ("« Qui sait ? » Personne.\n« Moi ! », dit-il. Puis rien.", ["« Qui sait ? »", "Personne.", "« Moi ! », dit-il.", "Puis rien."]),
        ("El jefe de EE. UU. llegó. Luego habló.", ["El jefe de EE. UU. llegó.", "Luego habló."]),
        ("She told me. Then he went on. No. 5 came, as Art. II says.", ["She told me.", "Then he went on.", "No. 5 came, as Art. II says."]),
        ("Sen. Ruiz and Gen. Holt left by the mar. Nobody saw it.", ["Sen. Ruiz and Gen. Holt left by the mar.", "Nobody saw it."]),
        ("Он ушёл? \" Потом вернулся.", ["Он ушёл?", "\" Потом вернулся."]),
        ("Wer weiß das? \"", ["Wer weiß das? \""]),
        ("نعم.\u200f لا.", ["نعم.\u200f", "لا."]),
        ("ខ្ញុំទៅ។ គាត់មក។", ["ខ្ញុំទៅ។", "គាត់មក។"]),
    ],
    ids=[
        "latin", "abbreviations", "quotes", "ordinals", "numbers", "japanese", "chinese quotes", "fullwidth point", "arabic",
        "hindi", "lines", "dutch", "german quotes", "french quotes", "doubled letters", "small words", "titles",
        "mark set apart", "mark left over", "direction mark", "khmer",
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert said(text, sentences(text)) == expected


def test_thai_is_cut_at_the_spaces_where_a_sentence_may_end() -> None:
    first = "ชาวบ้านที่อยู่ใกล้ท่าเรือไม่เชื่อว่ากำแพงใหม่จะทนคลื่นในฤดูหนาวปีหน้าได้"
    second = "แต่นายกเทศมนตรีบอกพวกเขาว่าเงิน 48 ล้าน (ยูโร) จะพอสำหรับ Vellamo และหมู่บ้านข้างเคียง"
    third = "อย่างไรก็ตามไม่มีใครได้เห็นแบบแปลนของวิศวกรเลยตั้งแต่ต้นปีที่ผ่านมา"
    text = f"{first} {second} {third}"
    assert said(text, sentences(text)) == [first, second, third]


def test_thai_without_spaces_stays_whole() -> None:
    text = "ชาวบ้าน" * 100
    assert sentences(text) == [Span(0, len(text))]


def test_what_has_no_points_is_cut_all_the_same() -> None:
    text = "harbour wall " * 1000
    found = sentences(text)
    assert len(found) > 10
    assert max(sentence.end - sentence.start for sentence in found) < 1500


#: Long pieces, and what sentence ends are told by.
RUNS = st.lists(
    st.sampled_from(
        [
            "ไทย",
            "แต่",
            " ",
            " ",
            "ๆ",
            "Abc",
            "3",
            "(",
            ")",
            ".",
            "。",
            "」",
            "“",
            "»",
            "\u00a0",
            "?",
            "。と",
            "\u200b",
            "Art.",
            ";",
            "\n",
        ]
    ),
    max_size=400,
).map("".join)


@given(RUNS)
def test_long_pieces_are_cut_without_loss(text: str) -> None:
    end = 0
    for sentence in sentences(text):
        assert text[end : sentence.start].strip() == ""
        assert sentence.of(text) == sentence.of(text).strip() != ""
        end = sentence.end
    assert text[end:].strip() == ""


@given(TEXTS)
def test_what_is_found_in_the_folded_text_lies_in_the_original(text: str) -> None:
    folded = fold(text)
    for start, end in ((0, len(folded.text)), (len(folded.text) // 3, 2 * len(folded.text) // 3)):
        origin = folded.original(start, end)
        assert 0 <= origin.start <= origin.end <= len(text)
        assert folded.text[start:end] in fold(origin.of(text)).text


def test_an_edited_spelling_is_found_in_its_place() -> None:
    text = "Das\u00ad  „Ｇｒｏß“ — re\u00adpub\u200blic"
    folded = fold(text)
    at = folded.text.index("republic")
    assert folded.original(at, at + len("republic")).of(text) == "re\u00adpub\u200blic"
    at = folded.text.index('"gross"')
    assert folded.original(at, at + len('"gross"')).of(text) == "„Ｇｒｏß“"


def test_a_paragraph_is_a_line_without_its_margins() -> None:
    text = "  one \n\n\ttwo\n"
    assert said(text, paragraphs(text)) == ["one", "two"]


# --- quotations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “no” and left.", ["“no”"]),
        ('"One," he said, "two."', ['"One,"', '"two."']),
        ("Sie sagte: „Nein“, und ging.", ["„Nein“"]),
        ("Il a dit « non » hier.", ["« non »"]),
        ("Er rief »Halt« und lief.", ["»Halt«"]),
        ("‘Dat is z’n werk,’ zei hij.", ["‘Dat is z’n werk,’"]),
        ("彼は「はい」と言った。", ["「はい」"]),
        ("The dogs' bowls and it's fine.", []),
        ("rock 'n' roll in the '60s", ["'n'"]),
        ("“First paragraph.\n“Second paragraph.” The end.", ["“First paragraph.", "“Second paragraph.”"]),
    ],
    ids=["english", "ascii", "german", "french", "chevrons", "dutch", "japanese", "apostrophes", "roll", "running on"],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert said(text, quotations(text)) == expected


# --- language ----------------------------------------------------------------------------------------


def test_language_of_enough_text() -> None:
    assert detect_language("Dit is een stuk over de oorlog en over wat de president daarvan heeft gezegd.") == "nl"
    assert detect_language("これは日本語の文章です。新聞に掲載されました。") == "ja"


def test_a_few_words_have_no_language() -> None:
    assert detect_language("Breaking news") is None
    assert detect_language("") is None
