"""Questions made from an article: what is asked, in which spelling, why, and what a user adds and strikes out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.cli import main
from archive.match.credit import find_credits
from archive.text import quotations, sentences
from archive.types import Story, StoryText, TextUrl
from crawler.discovery.questions import SEPARATOR, parts, questions
from crawler.discovery.questions_credit import FORMULAS
from crawler.discovery.questions_marks import marks, sounds
from crawler.discovery.questions_names import names_in, names_table, own_names, spelled, words_table
from crawler.discovery.questions_phrases import phrases
from crawler.discovery.questions_spellings import CARRIERS, PERSONS
from crawler.discovery.search import Question

NL = (
    "Voormalig president Dmitri Medvedev heeft een waarschuwing verstuurd aan de regeringen van Polen en Oekraïne.\n"
    "“De onvoorstelbare vernietigingskracht van kernwapens is voor ons geen bijzaak,” zei Medvedev volgens Reuters.\n"
    "Poetin liet gisterenochtend onaangekondigd zevenhonderdveertig achterhaalde vrachtwagens naar Moskou vervoeren, "
    "aldus Sjojgoe. Eerder noemde Harry Truman dat al grootspraak; Truman zei dat in Korea. Er gingen 1.340 brieven uit.\n"
    "Rusland zou van Amerika kunnen leren hoe je fatsoenlijk een oorlog verliest.\n"
    "Dit artikel verscheen oorspronkelijk op Motherboard."
)
STORY = Story(
    slug="lose",
    title="Russia Needs to Learn to Lose Like America",
    outlet="VICE",
    aliases=("Motherboard",),
    urls=("https://www.vice.com/en_us/article/qjkq9w/russia",),
    short_ids=("qjkq9w",),
    languages=("nl", "en", "de", "fr", "ru"),
    texts=(StoryText(NL, "nl", "translation", "file:nl.txt"),),
    text_urls=(TextUrl("https://www.vice.com/en_us/article/qjkq9w/russia", "en", "original"),),
)


def of(kind: str, language: str | None = None, story: Story = STORY, **more: object) -> list[Question]:
    return [q for q in questions(story, **more) if q.kind == kind and language in (None, q.language)]  # type: ignore[arg-type]


# --- phrases --------------------------------------------------------------------------------------------


def test_a_phrase_is_the_publishers_own_words_and_nobody_elses() -> None:
    made = of("phrase")
    assert made
    for question in made:
        assert question.text in NL
        assert "vernietigingskracht" not in question.text, (
            "that is what Medvedev said, and stands wherever he is quoted"
        )
        assert "Motherboard" not in question.text
        assert question.language == "nl" and "nl translation" in question.why
    assert "achterhaalde vrachtwagens" in made[0].text


def test_phrases_are_spread_so_that_an_excerpt_holds_one() -> None:
    paragraph = (
        "Onverwachtse omstandigheden verhinderden gisteren {} belangrijke vergaderingen van de buurtvereniging. " * 3
    )
    text = "\n".join(paragraph.format(number, number + 1, number + 2) for number in (11, 22, 33, 44))
    found = phrases(text, most=4)
    assert sorted(next(n for n, p in enumerate(text.split("\n")) if f.text in p) for f in found) == [0, 1, 2, 3]


def test_a_phrase_in_a_script_without_spaces_is_counted_in_characters() -> None:
    text = "一座灯塔被卖掉之后港口里没有人问那盏灯会怎么样。看守人每天早晨擦拭铜器三十七年从不间断也从不抱怨。"
    assert all(f.text in text and 10 <= len(f.text) <= 20 for f in phrases(text)) and phrases(text)


@given(st.text(alphabet=st.sampled_from("abcdefghijk lmnop.“”\"'A\n"), max_size=600))
def test_no_phrase_touches_a_quotation_or_leaves_its_sentence(text: str) -> None:
    quoted = [q.of(text) for q in quotations(text)]
    lines = [s.of(text) for s in sentences(text)]
    for found in phrases(text):
        assert any(found.text in line for line in lines)
        assert text.count(found.text) > sum(found.text in q for q in quoted) or not any(found.text in q for q in quoted)


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "spellings"),
    [
        ("Poetin", "nl", {"en": "Putin", "de": "Putin", "fr": "Poutine", "ru": "Путин"}),
        ("Medvedev", "nl", {"de": "Medwedew", "es": "Medvédev", "pl": "Miedwiediew", "cs": "Medveděv"}),
        ("Moskou", "nl", {"en": "Moscow", "de": "Moskau", "fr": "Moscou", "it": "Mosca", "pl": "Moskwa"}),
        ("NAVO", "nl", {"en": "NATO", "fr": "OTAN", "ru": "НАТО"}),
        ("Sjojgoe", "nl", {"en": "Shojgu", "de": "Schojgu"}),  # by rule
        ("Peskow", "de", {"en": "Peskov", "pl": "Peskow", "nl": "Peskov"}),
        ("Truman", "nl", {"de": "Truman", "fr": "Truman"}),
    ],
)
def test_names_in_each_languages_spelling(name: str, source: str, spellings: dict[str, str]) -> None:
    assert {language: spelled(name, source, language)[0] for language in spellings} == spellings


def test_how_a_spelling_is_known_is_said() -> None:
    assert [spelled(n, "nl", "de")[1] for n in ("Poetin", "Sjojgoe", "Truman")] == ["table", "rule", "as it stands"]
    made = of("names", "de")[0]
    assert "Truman" in made.text and "as they stand: Truman" in made.why


def test_names_are_told_from_words_that_have_a_capital_for_another_reason() -> None:
    found = {name.text: name.count for name in names_in(NL, "nl")}
    assert found["Dmitri Medvedev"] == 2 and found["Harry Truman"] == 2
    assert not {"Voormalig", "Eerder", "Er", "Dit"} & set(found)
    german = (
        "Gestern sprach der Minister mit dem Botschafter Karl Müller. Die Regierung in Moskau schwieg über Medwedew."
    )
    assert {name.text for name in names_in(german, "de")} == {"Karl Müller", "Moskau", "Medwedew"}


def test_a_name_question_has_several_names_and_the_rarer_ones() -> None:
    for language in STORY.languages:
        for question in of("names", language):
            assert 2 <= len(parts(question)) <= 4
    assert "Truman" in of("names", "fr")[0].text, "no other report of the event names him"


def test_a_story_of_which_no_table_knows_a_name_is_asked_for_by_those_that_it_repeats() -> None:
    text = (
        "The ferry Anna Lind leaves Skerra at six. The Board met on Tuesday; the board said nothing.\n"
        "“Skerra sleeps,” said Tomas Reith. On board of the Anna Lind nobody did, and the Board went home from Skerra."
    )
    assert own_names(text, "en") == ("Skerra", "Anna Lind")
    story = replace(
        STORY, title="A last crossing", outlet="", aliases=(), texts=(StoryText(text, "en", "original", "f"),)
    )
    assert {q.text for q in of("names", "nl", story)} == {SEPARATOR.join(("Skerra", "Anna Lind"))}


def test_a_figure_goes_with_the_foremost_name_and_a_year_is_none() -> None:
    with_figure = [q.text for q in of("names", "de") if "1.340" in q.text]
    assert len(with_figure) == 1 and SEPARATOR in with_figure[0]
    story = replace(STORY, texts=(StoryText(NL.replace("1.340 brieven", "in 1950 brieven"), "nl", "translation", "x"),))
    assert not [q for q in questions(story) if "1950" in q.text]


def test_the_event_names_people_and_places_in_each_language() -> None:
    events = {language: of("event", language)[0].text for language in STORY.languages}
    assert "Medwedew" in events["de"] and "Russland" in events["de"]
    assert "Медведев" in events["ru"] and "Россия" in events["ru"]
    assert "Reuters" not in "".join(events.values()), "an agency is in every report"


# --- title, credit, the work ------------------------------------------------------------------------------


def test_the_title_as_given_and_the_sentence_that_says_the_same() -> None:
    assert [q.text for q in of("title", "en")] == [STORY.title]
    assert [q.text for q in of("title", "nl")] == [
        "Rusland zou van Amerika kunnen leren hoe je fatsoenlijk een oorlog verliest"
    ]
    # No translation of it is at hand in the other languages, and none is invented.
    assert not of("title", "de") and not of("title", "fr")


def test_credit_lines_name_the_outlet_as_its_own_translation_does() -> None:
    dutch = of("credit", "nl")
    assert dutch[0].text.startswith("Dit artikel verscheen oorspronkelijk op Motherboard" + SEPARATOR)
    assert dutch[0].why == "the credit line of the reference text"
    assert of("credit", "en")[0].text.startswith("This article originally appeared on Motherboard")
    assert any("VICE" in q.text for q in dutch)


@pytest.mark.parametrize("language", FORMULAS)
def test_every_formula_is_a_credit_to_the_matcher_too(language: str) -> None:
    for formula in FORMULAS[language]:
        text = "Words of the article that stand before it. " * 3 + "\n" + formula.format(name="Motherboard") + "."
        found = find_credits(text, ("Motherboard",))
        assert [(credit.name, credit.language) for credit in found] == [("Motherboard", language)], formula


def test_the_most_promising_first_and_all_languages_in_turn() -> None:
    made = questions(STORY, added=("nuclear blackmail taboo",))
    kinds = list(dict.fromkeys(q.kind for q in made))
    assert kinds == ["user", "url", "short_id", "phrase", "credit", "title", "names", "event"]
    first_names = [q.language for q in made if q.kind == "names"][: len(STORY.languages)]
    assert first_names == list(STORY.languages)
    assert len({(q.text, q.language) for q in made}) == len(made)
    assert all(q.why for q in made)


def test_only_the_languages_asked_for() -> None:
    made = questions(STORY, languages=("de",))
    assert {q.language for q in made if q.kind not in ("url", "short_id")} == {"de"}
    assert [q.text for q in made if q.kind == "short_id"] == ["qjkq9w"]


def test_a_story_without_texts_is_asked_for_by_what_is_known() -> None:
    made = questions(replace(STORY, texts=()))
    assert {q.kind for q in made} == {"url", "short_id", "credit", "title", "event"}
    assert any(q.text.startswith("Russland · USA") for q in made if q.kind == "event")
    assert questions(Story(slug="x", title="")) == ()


# --- the user ---------------------------------------------------------------------------------------------


def test_a_user_strikes_out_a_question_or_a_part_of_one() -> None:
    whole = of("names", "de")[0].text
    struck = questions(STORY, struck=(f"  {whole.upper()} ", "truman", "qjkq9w"))
    assert not [q for q in struck if q.kind == "short_id"]
    assert whole not in [q.text for q in struck]
    assert not [q for q in struck if "Truman" in parts(q)]
    french = next(q for q in struck if q.kind == "names" and q.language == "fr")
    assert len(parts(french)) >= 2


def test_a_question_of_which_one_part_is_left_is_dropped() -> None:
    event = of("event", "de")[0]
    left = questions(STORY, struck=parts(event)[1:])
    assert not [q for q in left if q.text == parts(event)[0]]


WATCH = """
name = "lose"
title = "Russia Needs to Learn to Lose Like America"
languages = ["nl", "de"]
[[text]]
file = "nl.txt"
language = "nl"
role = "translation"
[outlet]
name = "VICE"
aliases = ["Motherboard"]
short_ids = ["qjkq9w"]
urls = ["https://www.vice.com/en_us/article/qjkq9w/russia"]
"""


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    (tmp_path / "nl.txt").write_text(NL, encoding="utf-8")
    path = tmp_path / "lose.toml"
    path.write_text(WATCH, encoding="utf-8")
    return path


def test_the_command_shows_every_question_with_its_reason(watch: Path) -> None:
    shown = CliRunner().invoke(main, ["queries", str(watch)])
    assert shown.exit_code == 0, shown.output
    assert shown.output.index("any language") < shown.output.index("\nnl\n") < shown.output.index("\nde\n")
    assert "credit lines" in shown.output and "the credit line of the reference text" in shown.output
    table = json.loads(CliRunner().invoke(main, ["queries", str(watch), "--json"]).output)
    assert {tuple(row) for row in table} == {("kind", "language", "text", "why")}
    for row in table:
        assert row["text"] in shown.output
    german = json.loads(CliRunner().invoke(main, ["queries", str(watch), "--json", "-l", "de"]).output)
    assert german == [row for row in table if row["language"] == "de"]


def test_a_watch_that_gives_nothing_to_ask_says_so(tmp_path: Path) -> None:
    path = tmp_path / "bare.toml"
    path.write_text('url = "https://courier.example/a"\nname = "bare"\n', encoding="utf-8")
    shown = CliRunner().invoke(main, ["queries", str(path)])
    assert shown.exit_code == 0
    assert "there are no phrases yet" in shown.output


# --- the tables -------------------------------------------------------------------------------------------


def test_no_name_of_the_tables_stands_for_two() -> None:
    for table in (names_table(), words_table()):
        seen: dict[tuple[str, str], str] = {}
        for entry in table:
            for language, forms in entry.spellings.items():
                for form in forms:
                    assert seen.setdefault((language, form.casefold()), entry.name) == entry.name
    assert {entry.name for entry in names_table()} >= PERSONS | CARRIERS


def test_headlines_in_many_languages_name_the_same() -> None:
    headlines = defaultdict(set)
    for headline in (
        "Putin ally warns NATO of nuclear war if Russia is defeated in Ukraine",
        "Bondgenoot van Poetin waarschuwt NAVO voor nucleaire oorlog bij Russische nederlaag in Oekraïne",
        "Соратник Путина предупредил НАТО о ядерной войне в случае поражения России на Украине",
        "Un allié de Poutine avertit l’OTAN d’une guerre nucléaire si la Russie perd en Ukraine",
    ):
        # "war" is German for "was", so that in English it counts for nothing.
        named = frozenset(mark for mark in marks(headline) if not mark.startswith("sound") and mark != "word war")
        headlines[named].add(headline)
    assert len(headlines) == 1
    assert {"name Putin", "name NATO", "name Russia", "name Ukraine", "word nuclear"} <= set(*headlines)


def test_a_name_in_no_table_is_heard_across_scripts() -> None:
    assert sounds("Peabody") == sounds("Пибоди") and sounds("Lindqvist")
    assert sounds("Navalny") != sounds("Lavrov")


def test_questions_load_no_numpy_before_they_are_made() -> None:
    code = "import sys, crawler.discovery.questions, crawler.discovery.triage; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
