"""Two texts without an archive: in Python, on the command line, over real HTTP, and in the documentation."""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.comparing import as_story, compare, read
from archive.exceptions import ConfigError, StoryTextError
from archive.store import Store
from archive.times import utc_now
from archive.types import PageText, Story, StoryText
from crawler.newsroom import serve
from crawler.newsroom.server import Server
from crawler.newsroom.story import DUTCH, FORBIDDEN, ORIGINAL, demo_newsroom
from tests.archive import matching_texts as texts

ROOT = Path(__file__).resolve().parent.parent.parent
CREDIT = "Dit artikel verscheen oorspronkelijk op Waterkant."


def html(text: str, title: str = "A page", head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in texts.paragraphs(text))
    return (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "original.txt").write_text(texts.ENGLISH, encoding="utf-8")
    (tmp_path / "page.txt").write_text(f"{texts.DUTCH}\n\n{CREDIT}\n", encoding="utf-8")
    (tmp_path / "copy.html").write_text(html(texts.ENGLISH), encoding="utf-8")
    (tmp_path / "other.txt").write_text(texts.UNRELATED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


# --- from Python -------------------------------------------------------------------------------------------


def test_every_kind_of_side_can_be_compared(folder: Path) -> None:
    sides = [
        texts.ENGLISH,
        Path("copy.html"),
        read("original.txt"),
        PageText("", texts.ENGLISH),
        StoryText(texts.ENGLISH, "en", "original", "file:en.txt"),
        Story("harbour", "Harbour", texts=(StoryText(texts.ENGLISH, "en", "original", "file:en.txt", id=1),)),
    ]
    for a in sides:
        for b in sides:
            assert compare(a, b).kind == "copy", (a, b)
    assert compare(texts.ENGLISH, texts.UNRELATED).kind == "unrelated"


def test_a_page_tells_who_published_it_and_where(folder: Path) -> None:
    head = (
        '<meta property="og:site_name" content="Waterkant"><link rel="canonical" href="https://waterkant.example/1">'
        '<meta property="article:published_time" content="2020-01-02">'
    )
    Path("a.html").write_text(html(texts.ENGLISH, "The harbour", head), encoding="utf-8")
    original = read("a.html")
    assert (original.outlet, original.published) == ("Waterkant", "2020-01-02")
    found = compare(original, Path("page.txt"))
    assert found.credit is not None
    assert found.credit.name == "Waterkant"
    assert as_story(original).urls == ("https://waterkant.example/1",)


def test_html_is_known_by_its_beginning_too(folder: Path) -> None:
    Path("saved").write_text(f"<!-- saved from x -->\n<!DOCTYPE html>{html(texts.ENGLISH)}", encoding="utf-8")
    assert "<p>" not in read("saved").text
    Path("angle.txt").write_text(f"<b> is how it began.\n{texts.ENGLISH}", encoding="utf-8")
    assert read("angle.txt").text.startswith("<b> is how")


def test_text_is_read_as_editors_save_it(folder: Path) -> None:
    for name, body in {
        "bom.txt": texts.ENGLISH.encode("utf-8-sig"),
        "utf16.txt": texts.ENGLISH.encode("utf-16"),
        "windows.txt": texts.ENGLISH.replace("\n", "\r\n").encode(),
    }.items():
        Path(name).write_bytes(body)
        assert read(name).text == texts.ENGLISH.strip(), name


@pytest.mark.parametrize(
    ("name", "body", "error", "words"),
    [
        ("missing.txt", None, ConfigError, "no such file"),
        ("empty.txt", b" \n", StoryTextError, "no text in it"),
        ("latin.txt", "één".encode("latin-1"), StoryTextError, "not UTF-8"),
        ("paper.pdf", b"%PDF-1.7", StoryTextError, "a PDF document"),
        ("nul.txt", b"a\0b", StoryTextError, "NUL"),
        ("odd.txt", "één".encode("utf-16") + b"x", StoryTextError, "not UTF-8"),
        ("bare.html", b"<html><body></body></html>", StoryTextError, "no text in it"),
        ("nothing.html", b"", StoryTextError, "no HTML document"),
    ],
)
def test_what_cannot_be_compared_says_why(
    folder: Path, name: str, body: bytes | None, error: type[ConfigError], words: str
) -> None:
    if body is not None:
        Path(name).write_bytes(body)
    with pytest.raises(error, match=words) as raised:
        compare(Path("original.txt"), Path(name))
    assert raised.value.place == name
    assert raised.value.remedy


def test_a_name_in_place_of_a_text_is_told(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"Path\("):
        compare("original.txt", texts.ENGLISH)
    with pytest.raises(ConfigError, match="URL and no text"):
        compare(texts.ENGLISH, "https://example.org/a")
    with pytest.raises(ConfigError, match="no language code"):
        compare(texts.ENGLISH, texts.DUTCH, language_b="Dutch")


# --- on the command line -------------------------------------------------------------------------------------


def test_one_against_one_shows_verdict_credit_and_both_sides(folder: Path) -> None:
    shown = run("explain", "original.txt", "page.txt", "--outlet", "Waterkant")
    assert shown.exit_code == 0, shown.output
    assert "translation, confidence 0.9" in shown.output
    assert f"Credit: “{CREDIT}” (nl; names Waterkant)" in shown.output
    assert "First:  A, for B credits the outlet of A" in shown.output
    assert "A  The harbour that drowned twice" in shown.output
    assert "B  De haven die twee keer verdronk" in shown.output


def test_one_against_one_as_json(folder: Path) -> None:
    told = json.loads(run("explain", "original.txt", "page.txt", "--json").output)
    assert (told["a"]["language"], told["b"]["language"]) == ("en", "nl")
    passage = told["match"]["passages"][0]
    assert read("page.txt").text[passage["page_start"] : passage["page_end"]] == passage["page_words"]
    for sentence in passage["sentences"]:
        assert sentence["story_words"] in passage["story_words"]
    assert told["match"]["credit"]["names"] is None
    assert told["came_first"]["verdict"] is None
    assert "cannot be said" in told["came_first"]["why"]


def test_the_language_can_be_said(folder: Path) -> None:
    Path("short.txt").write_text("Het regent vandaag in de haven.", encoding="utf-8")
    told = json.loads(
        run("explain", "short.txt", "short.txt", "--language-a", "nl", "--language-b", "nl", "--json").output
    )
    assert (told["a"]["language"], told["match"]["evidence"]["page_language"]) == ("nl", "nl")


def test_one_against_many(folder: Path) -> None:
    shown = run("match", "original.txt", "page.txt", "copy.html", "other.txt")
    assert shown.exit_code == 0, shown.output
    kinds = re.findall(r"^(\S+) +(copy|translation|unrelated) +\d+% of the story", shown.output, re.MULTILINE)
    assert kinds == [("page.txt", "translation"), ("copy.html", "copy"), ("other.txt", "unrelated")]
    told = json.loads(run("match", "original.txt", "page.txt", "other.txt", "--json").output)
    assert [page["kind"] for page in told["pages"]] == ["translation", "unrelated"]


def test_a_page_that_cannot_be_read_does_not_hide_the_others(folder: Path) -> None:
    Path("empty.txt").write_text("", encoding="utf-8")
    shown = run("match", "original.txt", "empty.txt", "copy.html")
    assert shown.exit_code == 1
    assert "not compared: there is no text in it" in shown.output
    assert "copy.html" in shown.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["explain", "original.txt", "missing.txt"], 2, "missing.txt: no such file"),
        (["match", "original.txt", "missing.txt"], 2, "no such file"),
        (["match", "original.txt"], 2, "nothing to compare with"),
        (["explain", "ftp://example.org/x", "page.txt"], 2, "no http(s) URL"),
        (["explain", "original.txt", "."], 2, "a folder"),
        (["match", "harbour"], 1, "afterprint init"),
    ],
)
def test_mistakes_are_answered_in_words(folder: Path, arguments: list[str], code: int, words: str) -> None:
    shown = run(*arguments)
    assert shown.exit_code == code, shown.output
    assert words in shown.output


def test_an_unknown_story_is_answered_with_those_known(folder: Path) -> None:
    with Store("archive.db") as store:
        store.save_story(Story("harbour", "Harbour", urls=("https://waterkant.example/1",)), utc_now())
    shown = run("match", "harbor")
    assert shown.exit_code == 2
    assert "It knows: harbour." in shown.output


# --- URLs ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def room() -> Iterator[Server]:
    with serve(demo_newsroom(), port=0) as server:
        yield server


def test_urls_are_fetched_with_manners(room: Server, folder: Path) -> None:
    original, dutch = room.url(ORIGINAL.outlet, ORIGINAL.path), room.url(DUTCH.outlet, DUTCH.path)
    forbidden, missing = room.url(FORBIDDEN.outlet, FORBIDDEN.path), room.url("digest", "/nowhere")
    shown = run("match", original, dutch, forbidden, missing, "--allow-private", "127.0.0.1", "--json")
    told = json.loads(shown.stdout)
    assert shown.exit_code == 1
    assert told["pages"][0]["kind"] == "translation"
    assert "hreflang" in told["pages"][0]["evidence"]["points_to_story"]
    assert "robots.txt" in told["pages"][1]["error"]
    assert "404" in told["pages"][2]["error"]
    assert not room.visits(FORBIDDEN.outlet, FORBIDDEN.path)
    assert not Path("archive.db").exists(), "nothing is kept"


def test_private_addresses_are_not_opened_unasked(room: Server, folder: Path) -> None:
    shown = run("explain", "original.txt", room.url(DUTCH.outlet, DUTCH.path))
    assert shown.exit_code == 1
    assert "--allow-private" in shown.output


# --- the documentation ---------------------------------------------------------------------------------------


def test_the_examples_of_the_documentation_hold(folder: Path) -> None:
    page = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/python-api.md", None, 0)
    assert len(test.examples) > 10
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    runner.run(test, out=told.append)
    assert not runner.failures, "".join(told)


def test_a_translation_that_leaves_out_names_and_figures_is_found_when_asked_about() -> None:
    # A crawl would not read such a page by meaning; whoever names two texts wants to know.
    original = (
        "The old baker closed his shop without a word to anyone. His neighbours found the door locked in the morning. "
        "For years he had complained that nobody wanted to learn the trade. The flour was still standing in the cellar. "
        "A week later a letter came in which he apologised to his customers. He had gone to live by the sea. "
        "In 1984 the Mercer brothers had sold 412 loaves a day here, to Rotterdam, Helsinki and Oslo."
    )
    translated = (
        "De oude bakker sloot zijn winkel zonder een woord tegen wie dan ook. Zijn buren vonden de deur 's ochtends op slot. "
        "Jarenlang had hij geklaagd dat niemand het vak wilde leren. Het meel stond nog in de kelder. "
        "Een week later kwam er een brief waarin hij zijn klanten om vergeving vroeg. Hij was aan zee gaan wonen."
    )
    assert compare(original, translated, language_a="en").kind == "translation"
