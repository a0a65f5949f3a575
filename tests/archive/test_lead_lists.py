"""Lists of addresses that somebody found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.exceptions import ConfigError
from archive.lead_lists import BadLine, read_leads
from archive.store import Store
from archive.types import Story

NOW = datetime(2023, 2, 1, tzinfo=UTC)


def test_a_url_a_line_is_enough() -> None:
    leads, bad = read_leads("\ufeffhttps://a.example/1\n\n# found by hand\nhttps://b.example/2?x=1,2\n", "list.txt")

    assert [lead.url for lead in leads] == ["https://a.example/1", "https://b.example/2?x=1,2"]
    assert {(lead.source, lead.query, lead.purpose) for lead in leads} == {("import", "list.txt", "page")}
    assert bad == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_taken_by_their_names(delimiter: str) -> None:
    text = 'Title,URL,published,language,outlet,rank\n"Leren, verliezen",https://a.example/1,2023-01-20,NL,De Krant,7\n'
    leads, bad = read_leads(text.replace(",", delimiter), "list.csv")

    assert bad == []
    assert leads[0].title == f"Leren{delimiter} verliezen"
    assert (leads[0].published, leads[0].language, leads[0].outlet) == (
        datetime(2023, 1, 20, tzinfo=UTC),
        "nl",
        "De Krant",
    )


def test_a_wrong_line_is_named_with_its_cause_and_stops_no_other() -> None:
    text = "url,published,language\nhttps://a.example/1,,\nnot an address,,\nhttps://a.example/2,yesterday,\n,,\nhttps://a.example/3,,dutch!\n"
    leads, bad = read_leads(text + ",2023-01-01,nl\n", "list.csv")

    assert [lead.url for lead in leads] == ["https://a.example/1"]
    assert bad == [
        BadLine(3, "words behind the URL; columns need a first line that names them"),
        BadLine(4, "published: 'yesterday' is no date like 2023-01-20 or 2023-01-20T09:15:00Z"),
        BadLine(6, "language: 'dutch!' is no code like nl or pt-br"),
        BadLine(7, "names no url"),
    ]


@pytest.mark.parametrize(
    ("text", "cause"), [("", "holds no address"), ("title,link\nx,https://a.example\n", "names no column `url`")]
)
def test_what_is_no_list_at_all_is_refused(text: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        read_leads(text, "list.csv")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with Store(tmp_path / "archive.db") as store:
        store.save_story(Story("one", "One"), NOW)
    return tmp_path / "archive.db"


def call(archive: Path, *words: str, given: str | bytes | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--archive", str(archive), "import", "leads", *words], input=given)
    return done.exit_code, done.output


def test_a_list_on_standard_input_goes_to_the_frontier(archive: Path) -> None:
    code, said = call(archive, "-", given="https://a.example/1\nhttps://a.example/1#again\n")

    assert (code, "2 leads for one, 1 never heard of; 0 lines are wrong." in said) == (0, True), said
    with Store(archive, readonly=True) as store:
        rows = store._all("SELECT * FROM frontier")
        leads = store._all("SELECT * FROM leads")
    assert [(row["url"], row["why"], row["state"]) for row in rows] == [("https://a.example/1", "import", "waiting")]
    assert {row["query"] for row in leads} == {"standard input"}


def test_wrong_lines_are_told_and_the_code_says_so(archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "found.csv"
    file.write_text("url,title\nhttps://a.example/1,One\nftp://a.example/2,Two\n")

    code, said = call(archive, str(file))
    as_json = json.loads(call(archive, str(file), "--json")[1])

    assert code == 1
    assert "found.csv, line 3: 'ftp://a.example/2' is no http(s) URL" in said
    assert as_json == {
        "story": "one",
        "leads": 1,
        "new": 0,
        "wrong": [{"line": 3, "cause": "'ftp://a.example/2' is no http(s) URL"}],
    }


def test_a_file_that_cannot_be_read_says_where(archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(b"url,title\nhttps://a.example/1,caf\xe9\n")

    code, said = call(archive, str(file))

    assert code == 2
    assert "latin.csv, line 2: not UTF-8 (byte 33 is 0xe9)" in said
    assert call(archive, str(tmp_path / "absent.csv"))[0] == 2


def test_of_several_stories_one_must_be_named(archive: Path) -> None:
    with Store(archive) as store:
        store.save_story(Story("two", "Two"), NOW)

    code, said = call(archive, "-", given="https://a.example/1\n")
    assert (code, "Say which with --story: one, two." in said) == (2, True)
    assert call(archive, "-", "--story", "three", given="https://a.example/1\n")[0] == 2
    assert call(archive, "-", "--story", "two", given="https://a.example/1\n")[0] == 0
