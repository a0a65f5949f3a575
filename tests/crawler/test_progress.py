"""What a crawl says while it goes: to people at a terminal, to a file for people, to a file for machines."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive import logs
from crawler.newsroom import serve
from crawler.newsroom.story import demo_newsroom, demo_watch
from crawler.progress import MOST_LINES, Screen, SourceLine, lines

REPOSITORY = Path(__file__).resolve().parents[2]


class Terminal:
    """Understands the few codes that `Screen` writes."""

    def __init__(self) -> None:
        self.rows = [""]
        self.at = 0
        self.writes = 0

    def write(self, text: str) -> None:
        self.writes += 1
        for code, count, char in re.findall(r"\x1b\[(\d*)([AJK])|([^\x1b])", text):
            if count == "A":
                self.at -= int(code)
            elif count == "J":
                del self.rows[self.at + 1 :]
                self.rows[self.at] = ""
            elif count == "K":
                pass  # what stood to the right; `written` below starts each row anew
            elif char == "\n":
                self.at += 1
                if self.at == len(self.rows):
                    self.rows.append("")
                self._fresh = True
            elif char != "\r":
                if getattr(self, "_fresh", True):
                    self.rows[self.at], self._fresh = "", False
                self.rows[self.at] += char


def test_lines_are_overwritten_in_place_and_cut_to_what_fits() -> None:
    terminal = Terminal()
    screen = Screen(terminal.write)
    terminal.write("before\n")
    screen.show(["one", "two", "three"], 80, 24)
    screen.show(["ONE, which is longer than the terminal", "TWO"], 10, 24)
    assert terminal.rows == ["before", "ONE, whic", "TWO", ""]
    screen.show([str(number) for number in range(50)], 10, 5)
    assert terminal.rows == ["before", "0", "1", "2", "3", ""]
    screen.clear()
    assert terminal.rows == ["before", ""]


def test_what_did_not_change_is_not_written_again() -> None:
    terminal = Terminal()
    screen = Screen(terminal.write)
    for _ in range(3):
        screen.show(["the same"], 80, 24)
    assert terminal.writes == 1
    screen.clear()
    screen.clear()
    assert terminal.writes == 2


def test_the_busiest_sources_are_shown() -> None:
    many = [SourceLine(f"source_{number}", fetched=number) for number in range(40)]
    told = lines([*many, SourceLine("feed", in_flight=2)], 10)
    assert len(told) == MOST_LINES + 1
    assert told[0].split()[:1] == ["feed"]
    assert told[-1] == f"  and {41 - MOST_LINES} more sources"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One crawl at a terminal, one without, both with a log."""
    folder = tmp_path_factory.mktemp("progress")
    log = folder / "log" / "afterprint.jsonl"
    log.parent.mkdir()
    with serve(demo_newsroom(), port=0) as server:
        watch = folder / "demo.toml"
        watch.write_text(demo_watch(server.port).replace('delay = "0.05s"', 'delay = "1s"'), encoding="utf-8")

        def command(archive: str) -> list[str]:
            return [sys.executable, "-m", "archive.cli", "--archive", str(folder / archive), "crawl", str(watch),
                    "--budget", "12"]  # fmt: skip

        environment = {**os.environ, "AFTERPRINT_LOG": str(log), "COLUMNS": "100", "LINES": "30"}
        parent, child = pty.openpty()
        process = subprocess.Popen(
            command("a.db"), cwd=REPOSITORY, env=environment, stderr=child, stdout=subprocess.DEVNULL
        )
        os.close(child)
        shown = b""
        while True:
            try:
                if not (more := os.read(parent, 4096)):
                    break
            except OSError:
                break  # the other side has ended
            shown += more
        process.wait(60)
        os.close(parent)
        log.rename(log.with_suffix(".1"))
        plain = subprocess.run(
            command("b.db"), cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
    return {
        "terminal": shown.decode(),
        "plain": plain.stderr,
        "log": [json.loads(line) for line in log.with_suffix(".1").read_text(encoding="utf-8").splitlines()],
    }


def test_a_terminal_shows_a_line_a_source(crawled: dict[str, Any]) -> None:
    assert re.search(r"given +\d+ fetched +\d+\.\d/s +\d+ queued", crawled["terminal"])
    assert "\x1b[2J" not in crawled["terminal"], "the screen is never cleared as a whole"
    assert "Run 1 of demo: " in crawled["terminal"]


def test_elsewhere_no_code_is_written(crawled: dict[str, Any]) -> None:
    assert "\x1b" not in crawled["plain"]
    assert "\r" not in crawled["plain"]
    assert "Run 1 of demo: " in crawled["plain"]


def test_the_log_says_of_each_line_what_it_is_about(crawled: dict[str, Any]) -> None:
    fetched = [line for line in crawled["log"] if line["message"].startswith("http 200 ")]
    assert fetched
    for line in fetched:
        assert (line["run"], line["watch"]) == (1, "demo")
        assert line["url"] in line["message"]
        assert line["source"]
    assert {"given", "feed"} & {line["source"] for line in fetched}
    scrapys = [line for line in crawled["log"] if line["logger"].startswith("scrapy.")]
    assert any(line["message"].startswith("Spider opened") for line in scrapys)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in crawled["log"])


def test_a_log_that_is_moved_away_goes_on_in_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    handler = logs.JsonLines(path)
    logger = logging.getLogger("test of logs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # or the test runner gets a half of a character to report
    try:
        logger.info("one \ud800 %s", "é" * 20_000, extra={"source": "feed"})
        path.rename(tmp_path / "old")
        try:
            raise ValueError("wrong")
        except ValueError:
            logger.exception("two")
    finally:
        logger.removeHandler(handler)
        handler.close()
    (old,) = (tmp_path / "old").read_text(encoding="utf-8").splitlines()
    assert json.loads(old)["source"] == "feed"
    (new,) = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(new)["error"].endswith("ValueError: wrong")
