"""Watch files: the least that must do, and mistakes that name their line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archive.exceptions import ConfigError, StoryTextError
from crawler.watch import Watch, load_watch, parse_duration

ROOT = Path(__file__).resolve().parent.parent.parent
LONG = " ".join(f"The ferry number {n} left the harbour late on a grey morning." for n in range(12))


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(text: str, **files: str | bytes) -> Path:
        for name, content in files.items():
            file = tmp_path / name.replace("_", ".")
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        watch = tmp_path / "ferry.toml"
        watch.write_text(text, encoding="utf-8")
        return watch

    return write


def test_one_line_is_enough(write) -> None:  # type: ignore[no-untyped-def]
    watch = load_watch(write('url = "https://example.org/a"\n'))
    assert watch.slug == "ferry"
    assert watch.story.urls == ("https://example.org/a",)
    assert watch.story.text_urls[0].url == "https://example.org/a"
    assert watch.schedule.every == timedelta(hours=6)


def test_everything_can_be_said(write) -> None:  # type: ignore[no-untyped-def]
    watch = load_watch(
        write(
            """
            name = "harbour"
            title = "The ferry"
            languages = ["en", "nl"]
            [[text]]
            file = "en.txt"
            url = "https://example.org/a"
            language = "en"
            [[text]]
            url = "https://example.org/nl/a"
            language = "nl"
            role = "translation"
            [outlet]
            name = "Courier"
            aliases = ["The Courier"]
            short_ids = ["qjkq9w"]
            [sources]
            feeds = ["https://example.org/feed"]
            follow_copies = false
            [schedule]
            every = "1d"
            fresh = "15m"
            fresh_for = "2d"
            [politeness]
            contact = "mail@example.org"
            delay = "2.5s"
            allow_private = ["10.0.0.0/8"]
            max_pages = 10
            [alerts]
            on = ["changed"]
            """,
            en_txt=LONG,
        )
    )
    assert [text.language for text in watch.story.texts] == ["en"]
    assert [(one.language, one.role) for one in watch.story.text_urls] == [("en", "original"), ("nl", "translation")]
    assert watch.story.short_ids == ("qjkq9w",)
    assert watch.politeness.delay == 2.5
    assert watch.story.alerts == ("changed",)
    assert not watch.sources.follow_copies


MISTAKES = [
    ('url = "https://a.org"\n\n[sources]\nfeed = []\n', r"line 4: unknown key `feed` in \[sources\]\n.*`feeds`"),
    ('url = "https://a.org"\ntitel = "x"\n', r"line 2: unknown key `titel`\n.*`title`"),
    ('url = "https://a.org"\n[[text]]\nfil = "x"\n', r"line 3: unknown key `fil` in \[text\]\n.*`file`"),
    ('url = "https://a.org"\n[zzz]\nx = 1\n', r"line 2: unknown key `zzz`"),
    ('url = "https://a.org\n', r"line 1: not valid TOML"),
    ("a = 1\nb = [1,\n", r"line \d: not valid TOML"),
    ('url = "ftp://a.org"\n', r"line 1: `url`: 'ftp://a.org' is no http"),
    ("url = 4\n", r"line 1: `url`: must be text in quotes, not 4"),
    ('url = "https://a.org"\n[schedule]\nevery = "often"\n', r'line 3: `every`: \'often\' is no duration|"often"'),
    ('url = "https://a.org"\n[politeness]\nmax_pages = 0\n', r"line 3: `max_pages`: must be at least 1"),
    ('url = "https://a.org"\n[politeness]\nallow_private = ["home"]\n', r"line 3: .*'home' is no address"),
    ('url = "https://a.org"\n[alerts]\non = ["gone"]\n', r"line 3: `on`: 'gone' is none of new_copy"),
    ('url = "https://a.org"\nlanguages = ["dutch"]\n', r"line 2: .*'dutch' is no language code"),
    ('url = "https://a.org"\nsources = 3\n', r"line 2: .*must be a section"),
    ("", r"names no story"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[message[:40] for _, message in MISTAKES])
def test_a_mistake_names_its_line(write, text: str, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError, match=message) as error:
        load_watch(write(text))
    assert "ferry.toml" in str(error.value)
    assert error.value.exit_code == 2


def test_texts_that_cannot_serve(write) -> None:  # type: ignore[no-untyped-def]
    head = '[[text]]\nfile = "en.txt"\n'
    with pytest.raises(StoryTextError, match="empty"):
        load_watch(write(head, en_txt="  \n"))
    with pytest.raises(StoryTextError, match="has 3 words"):
        load_watch(write(head, en_txt="Far too short."))
    with pytest.raises(StoryTextError, match="byte 4 is 0xe9"):
        load_watch(write(head, en_txt=b"caf\xe9"[:3] + b"f\xe9 " * 60))


def test_an_absent_text_is_a_notice(write) -> None:  # type: ignore[no-untyped-def]
    watch = load_watch(write('[[text]]\nfile = "gone.txt"\nurl = "https://a.org/x"\nlanguage = "en"\n'))
    assert watch.story.texts == ()
    assert "the first good capture" in watch.notices[0]


def test_files_that_are_no_watch(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such watch file"):
        load_watch(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="folder"):
        load_watch(tmp_path)
    bad = tmp_path / "latin.toml"
    bad.write_bytes(b'title = "caf\xe9"\n')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_watch(bad)


def test_the_shipped_watches_are_in_order() -> None:
    motherboard = load_watch(ROOT / "watches" / "motherboard.toml")
    assert "qjkq9w" in motherboard.story.short_ids
    assert {"VICE", "VICE US", "Motherboard"} <= {motherboard.story.outlet, *motherboard.story.aliases}
    assert load_watch(ROOT / "watches" / "demo.toml").slug == "demo"


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("1.5h", 5400), ("3d", 259200), (" 90 s ", 90)])
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text).total_seconds() == seconds


# --- sources that are asked -------------------------------------------------------------------------


def searching(folder: Path, lines: str) -> Watch:
    path = folder / "searching.toml"
    path.write_text(f'url = "https://example.org/a"\n{lines}\n')
    return load_watch(path)


def test_a_watch_that_says_nothing_asks_what_is_on_by_default(tmp_path: Path) -> None:
    uses = {use.name: use for use in searching(tmp_path, "").sources.search}

    assert {"wayback", "commoncrawl"} <= set(uses)
    assert not {"google_news", "bing_news", "searxng", "media_cloud"} & set(uses)
    assert uses["wayback"].by_default


def test_each_source_has_its_switch_and_one_word_turns_all_off(tmp_path: Path) -> None:
    names = {
        use.name for use in searching(tmp_path, "[sources.search]\nwayback = false\nbing_news = true").sources.search
    }

    assert "wayback" not in names
    assert "bing_news" in names
    assert searching(tmp_path, "[sources]\nsearch = false").sources.search == ()


def test_a_source_takes_its_own_settings_and_other_manners(tmp_path: Path) -> None:
    lines = '[sources.search.wayback]\nurl = "http://127.0.0.1:1/"\nper_page = 3\nevery = "2d"\ndelay = "4s"\nper_day = 10\npause = "5m"'
    use = next(use for use in searching(tmp_path, lines).sources.search if use.name == "wayback")

    assert use.settings == {"url": "http://127.0.0.1:1", "per_page": 3}
    assert (use.every, use.manners.delay, use.manners.per_day, use.manners.pause) == (timedelta(days=2), 4.0, 10, 300.0)
    assert not use.by_default


@pytest.mark.parametrize(
    ("lines", "cause", "line", "remedy"),
    [
        ("[sources.search]\nwaybak = true", "unknown key `waybak`", 3, "`wayback`"),
        ("[sources.search]\n\nwayback = { ulr = 'http://x.example' }", "unknown key `ulr`", 4, "`url`"),
        ("[sources.search.commoncrawl]\nsince = 'winter'", "`since`: 'winter' is no year", 2, "watch-file"),
        ("[sources.search]\nwayback = 'yes'", "`wayback`: must be true, false or a table", 3, "watch-file"),
        ("[sources.search]\nwayback = { every = 'often' }", "`every`: 'often' is no duration", 3, "watch-file"),
        ("[sources.search]\nwayback = { per_day = 0 }", "`per_day`: must be at least 1", 3, "watch-file"),
        ("[sources]\nsearch = 'all'", "`search`: must be false, or a section", 3, "watch-file"),
    ],
)
def test_a_mistake_in_a_source_names_line_key_and_cause(
    tmp_path: Path, lines: str, cause: str, line: int, remedy: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        searching(tmp_path, lines)

    assert cause in str(raised.value)
    assert f"line {line}:" in str(raised.value)
    assert remedy in str(raised.value)


def test_questions_can_be_added_and_struck_out(tmp_path: Path) -> None:
    watch = searching(tmp_path, '[questions]\nadd = ["nuclear blackmail"]\nstrike = ["Kremlin"]')

    assert (watch.questions.add, watch.questions.strike) == (("nuclear blackmail",), ("Kremlin",))
