"""The page that tells how to add a source: its code is run, against a server that speaks what the page says."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.types import Story
from crawler.discovery.search import Asking, Question
from tests.crawler.news_search_asking import fetch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-source.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SOURCE_CODE, TEST_CODE = (code for language, code in BLOCKS if language == "python")


class Pressbook:
    def __init__(self) -> None:
        self.hits: list[dict[str, str]] = []
        self.angry = self.broken = False
        book = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = book.answer(parse_qs(urlsplit(self.path).query))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, query: dict[str, list[str]]) -> bytes:
        if self.angry:
            return b"Please slow down: ten a minute are enough."
        if self.broken:
            return b"<html><h1>Maintenance</h1></html>"
        start = (int(query["page"][0]) - 1) * 3
        return json.dumps({"hits": self.hits[start : start + 3], "more": start + 3 < len(self.hits)}).encode()


@pytest.fixture
def server() -> Iterator[Pressbook]:
    book = Pressbook()
    threading.Thread(target=book.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield book
    book.server.shutdown()
    book.server.server_close()


def ask(source: Any, url: str) -> tuple[list[Any], list[Any]]:
    question = Question("title", "The lamp of the lighthouse", "en", "the title")
    what = Asking(
        Story("x", "x"), (question,), source.settings({"url": url}, "here"), datetime(2023, 1, 21, tzinfo=UTC)
    )
    waiting, found, answers = deque(source.ask(what)), [], []
    while waiting and len(answers) < 20:
        answers.append(source.read(fetch(waiting.popleft())))
        for lead in answers[-1].leads:
            (waiting if lead.purpose == "search" else found).append(lead)
    return found, answers


def run() -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(compile(SOURCE_CODE, str(PAGE), "exec"), space)
    exec(compile(TEST_CODE, str(PAGE), "exec"), space)
    return space


@pytest.mark.parametrize("name", re.findall(r"def (test_\w+)", TEST_CODE))
def test_the_tests_of_the_page_pass(name: str, server: Pressbook) -> None:
    test: Callable[..., None] = run()[name]
    test(ask, server)


def test_the_answer_that_the_page_shows_is_read() -> None:
    from crawler.discovery.search import Answer

    shown = next(code for language, code in BLOCKS if language == "json")
    source = run()["SOURCE"]
    url = "https://pressbook.example/find?q=lamp&page=1"
    read = source.read(Answer(url, url, 200, (), shown.encode()))
    assert [lead.purpose for lead in read.leads] == ["page", "search"]
    assert read.leads[0].published == datetime(2023, 1, 21, tzinfo=UTC)


def test_the_files_and_names_of_the_page_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    root = PAGE.parents[2]
    for path in re.findall(r"`((?:crawler|archive|tests)/[\w/.]+)`", text):
        assert (root / path).exists(), path
    from crawler.discovery.search import SearchSource

    space = run()
    members = set(SearchSource.__annotations__) | {"settings", "ask", "read"}
    assert members <= set(dir(space["SOURCE"]))
