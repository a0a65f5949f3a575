"""Servers that mean harm: each answer is a row with its reason, the crawl goes on, and the guard holds.

Drips, endless bodies, bombs, loops and plain redirects to private addresses stand in test_crawl.py.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.crawler.crawling import Crawl, crawl, start, write_watch
from tests.crawler.web import Trap, Web

CAP = 200_000
BODY = b"<p>" + b"x" * 94 + b"</p>"


def raw(answer: bytes, *, then: Callable[[BaseHTTPRequestHandler], None] | None = None) -> dict[str, Any]:
    """A page that answers with these bytes, whatever HTTP says to them, and hangs up."""

    def send(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(answer)
            if then is not None:
                then(request)
            request.wfile.flush()
        except OSError:
            pass  # the crawl hung up first
        request.close_connection = True

    return {"answer": send}


def headers_without_end(request: BaseHTTPRequestHandler) -> None:
    for number in range(400_000):
        request.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 50))


def line_without_end(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"X-Long: ")
    for _ in range(400):
        request.wfile.write(b"y" * 50_000)


def chunks_of_one(request: BaseHTTPRequestHandler) -> None:
    for _ in range(CAP // 500):
        request.wfile.write(b"1\r\nx\r\n" * 1_000)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

PAGES: dict[str, dict[str, Any]] = {
    "too_short": raw(OK + b"Content-Length: 5000\r\n\r\n" + BODY),
    "too_long": raw(OK + b"Content-Length: 10\r\n\r\n" + BODY),
    "negative": raw(OK + b"Content-Length: -5\r\n\r\n" + BODY),
    "no_number": raw(OK + b"Content-Length: many\r\n\r\n" + BODY),
    "two_lengths": raw(OK + b"Content-Length: 10\r\nContent-Length: 100\r\n\r\n" + BODY),
    "huge": raw(OK + b"Content-Length: 99999999999999999999\r\n\r\n" + BODY),
    "both": raw(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "bad_chunk": raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "huge_chunk": raw(OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n" + BODY),
    "no_last_chunk": raw(OK + b"Transfer-Encoding: chunked\r\n\r\n64\r\n" + BODY + b"\r\n"),
    "tiny_chunks": raw(OK + b"Transfer-Encoding: chunked\r\n\r\n", then=chunks_of_one),
    "many_headers": raw(OK, then=headers_without_end),
    "long_header": raw(OK, then=line_without_end),
    "no_colon": raw(OK + b"this is no header\r\n\r\n" + BODY),
    "odd_bytes": raw(OK + b"X-Odd: \xff\x00\xfe\r\nContent-Length: 101\r\n\r\n" + BODY),
    "status_999": raw(b"HTTP/1.1 999 Enough\r\nContent-Length: 101\r\n\r\n" + BODY),
    "status_words": raw(b"HTTP/1.1 fine\r\n\r\n" + BODY),
    "continues": raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + OK + b"Content-Length: 101\r\n\r\n" + BODY),
    "location": raw(b"HTTP/1.1 302 Found\r\nLocation: http://[broken\xff/\r\nContent-Length: 0\r\n\r\n"),
    "long_location": raw(b"HTTP/1.1 302 Found\r\nLocation: /" + b"a" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n"),
    "hangs_up": raw(b""),
}

#: name -> status, error class, words of the reason
EXPECTED: dict[str, tuple[int | None, str | None, str]] = {
    "too_short": (None, "connection", "before the answer was whole"),
    "too_long": (200, None, ""),
    "negative": (None, "protocol", "non-decimal"),
    "no_number": (None, "protocol", "non-decimal"),
    "two_lengths": (None, "protocol", "conflicting Content-Length"),
    "huge": (None, "too_large", "larger than"),
    "both": (None, "connection", "before the answer was whole"),
    "bad_chunk": (None, "connection", "before the answer was whole"),
    "huge_chunk": (None, "connection", "before the answer was whole"),
    "no_last_chunk": (None, "connection", "before the answer was whole"),
    "tiny_chunks": (None, "too_large", "larger than"),
    "many_headers": (None, "too_large", "headers are longer"),
    "long_header": (None, "connection", "without an answer"),
    "no_colon": (200, None, ""),
    "odd_bytes": (200, None, ""),
    "status_999": (999, None, ""),
    "status_words": (None, "protocol", "not HTTP"),
    "continues": (200, None, ""),
    "location": (302, None, ""),
    "long_location": (None, "connection", "without an answer"),
    "hangs_up": (None, "connection", "without an answer"),
}


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture(scope="module")
def hostile(web: Web, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Crawl]:
    folder = tmp_path_factory.mktemp("hostile")
    urls = {name: web.page(f"{name}.localhost", "/page", **page) for name, page in PAGES.items()}
    watch = write_watch(folder, list(urls.values()))
    return urls, crawl(watch, folder / "archive.db", DOWNLOAD_TIMEOUT=8, DOWNLOAD_MAXSIZE=CAP)


@pytest.mark.parametrize("name", PAGES)
def test_whatever_a_server_answers_is_one_row_with_a_reason(hostile: tuple[dict[str, str], Crawl], name: str) -> None:
    urls, done = hostile
    row = done.capture(urls[name])
    status, error_class, words = EXPECTED[name]
    assert (row["status"], row["error_class"]) == (status, error_class), row["error_detail"]
    assert words in (row["error_detail"] or "")


def test_the_crawl_goes_on_to_its_end(hostile: tuple[dict[str, str], Crawl]) -> None:
    _, done = hostile
    assert done.run()["state"] == "finished", done.output
    assert done.rows("SELECT 1 FROM frontier WHERE state = 'leased'") == []
    assert "Traceback" not in done.output


def test_what_is_sent_beyond_the_announced_length_is_not_the_page(hostile: tuple[dict[str, str], Crawl]) -> None:
    urls, done = hostile
    assert (
        done.rows(
            "SELECT size FROM capture c JOIN body b ON b.sha256 = c.body_sha256 WHERE c.url = ?", urls["too_long"]
        )[0]["size"]
        == 10
    )


def test_a_flood_of_headers_stays_out_of_memory(web: Web, tmp_path: Path) -> None:
    def flood(request: BaseHTTPRequestHandler) -> None:
        lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 90) for number in range(10_000))
        for _ in range(500):  # 500 MB
            request.wfile.write(lines)

    url = web.page("flood.localhost", "/page", **raw(OK, then=flood))
    child = start(write_watch(tmp_path, [url]), tmp_path / "archive.db")
    most = 0
    try:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            most = max(most, process.memory_info().rss)
            try:
                child.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
    except psutil.NoSuchProcess:
        pass
    _, output = child.communicate(timeout=60)
    row = Crawl(tmp_path / "archive.db", child.returncode, output).capture(url)
    assert row["error_class"] == "too_large"
    assert most < 400 * 2**20


# --- names whose address changes -----------------------------------------------------------------


def test_a_name_that_changes_its_address_between_check_and_connection_gains_nothing(web: Web, tmp_path: Path) -> None:
    """Each look-up of the name gives another address, and none is remembered: as a name server does that is in on it."""
    trap = Trap("127.0.0.2", web.port)
    hosts = [f"flip{number}.example" for number in range(6)]
    urls = [web.page(host, "/page", body=BODY) for host in hosts]
    turns = {host: [["127.0.0.1"], ["127.0.0.2"]] * 4 for host in hosts[:3]}
    turns |= {host: [["127.0.0.2"], ["127.0.0.1"]] * 4 for host in hosts[3:]}
    done = crawl(write_watch(tmp_path, urls), tmp_path / "archive.db", turns=turns)
    assert trap.connections == 0
    for url in urls:
        row = done.capture(url)
        assert row["status"] == 200 or (
            row["error_class"] == "guard" and "127.0.0.2 is a loopback" in row["error_detail"]
        )
    assert any(done.capture(url)["error_class"] == "guard" for url in urls), "no name led to the private address"
    assert any(done.capture(url)["status"] == 200 for url in urls)
