"""Real crawls of a small web on 127.0.0.1 that misbehaves in every way the archive has a word for."""

from __future__ import annotations

import gzip
import itertools
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest

from archive import lock
from archive.times import from_text
from tests.crawler.crawling import REPOSITORY, Crawl, crawl, start, write_watch
from tests.crawler.tls import self_signed
from tests.crawler.web import Trap, Web, send

CAP = 200_000


def drip(request: BaseHTTPRequestHandler) -> None:
    """A byte at a time, without end: no pause is long enough for a timeout between two of them."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    try:
        for _ in range(200):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass
    request.close_connection = True


def endless(request: BaseHTTPRequestHandler) -> None:
    """A body without announced length, over the cap."""
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    try:
        for _ in range(100):
            request.wfile.write(b"x" * 10_000)
    except OSError:
        pass
    request.close_connection = True


def cut(request: BaseHTTPRequestHandler) -> None:
    """Closes before the announced length is reached."""
    request.send_response(200)
    request.send_header("Content-Length", "5000")
    request.end_headers()
    request.wfile.write(b"<p>half of a")
    request.wfile.flush()
    request.close_connection = True


def not_http(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n")
    request.close_connection = True


def silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(8)
    request.close_connection = True


def redirect(location: str, status: int = 302) -> dict[str, object]:
    return {"status": status, "headers": (("Location", location),)}


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


class Failures:
    """One crawl of many URLs, each on a host of its own, by name."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.web = web
        self.elsewhere = Trap("127.0.0.2")
        self.urls: dict[str, str] = {}
        self._fill()
        watch = write_watch(folder, list(self.urls.values()))
        self.crawl: Crawl = crawl(
            watch,
            folder / "archive.db",
            names={"rebound.example": ["127.0.0.2"], "both.example": ["127.0.0.2", "127.0.0.1"]},
            DOWNLOAD_TIMEOUT=2,
            DOWNLOAD_MAXSIZE=CAP,
        )

    def add(self, name: str, **page: object) -> None:
        self.urls[name] = self.web.page(f"{name}.localhost", "/page", **page)

    def _fill(self) -> None:
        web, add = self.web, self.add
        add("fine", body=b"<p>fine</p>", headers=(("X-Twice", "a"), ("X-Twice", "b"), ("Content-Type", "text/html")))
        add("empty", body=b"")
        add("gzipped", body=gzip.compress(b"one") + gzip.compress(b" two"), headers=(("Content-Encoding", "gzip"),))
        add("brotlied", body=brotli.compress(b"three"), headers=(("Content-Encoding", "br"),))
        add("missing", status=404, body=b"gone fishing")
        add("forbidden", status=403, body=b"wall")
        add("broken", status=500, body=b"oops")
        add("unasked_304", status=304)
        add("declared_big", body=b"x" * (CAP + 1))
        add("undeclared_big", answer=endless)
        add("gzip_bomb", body=gzip.compress(b"0" * (CAP * 50)), headers=(("Content-Encoding", "gzip"),))
        add("brotli_bomb", body=brotli.compress(b"0" * (CAP * 50)), headers=(("Content-Encoding", "br"),))
        add("torn_gzip", body=gzip.compress(bytes(range(256)) * 9)[:-20], headers=(("Content-Encoding", "gzip"),))
        add("false_gzip", body=b"<p>plain</p>", headers=(("Content-Encoding", "gzip"),))
        add("odd_encoding", body=b"<p>plain</p>", headers=(("Content-Encoding", "aes128gcm"),))
        add("dripping", answer=drip)
        add("silent", answer=silent)
        add("cut", answer=cut)
        add("not_http", answer=not_http)
        add("chain", **redirect("/second", 301))
        web.page("chain.localhost", "/second", **redirect("/third", 307))
        web.page("chain.localhost", "/third", **redirect(web.url("chain-end.localhost", "/end#part"), 308))
        web.page("chain-end.localhost", "/end", body=b"the end")
        add("loop", **redirect("/two"))
        web.page("loop.localhost", "/two", **redirect("/page"))
        add("long", **redirect("/1"))
        for n in range(1, 10):
            web.page("long.localhost", f"/{n}", **redirect(f"/{n + 1}"))
        add("nowhere", status=302, body=b"a redirect without an address")
        add("to_private", **redirect(f"http://127.0.0.2:{self.elsewhere.port}/latest/meta-data/"))
        add("to_decimal", **redirect(f"http://2130706434:{self.elsewhere.port}/"))
        add("to_rebound", **redirect(f"http://rebound.example:{self.elsewhere.port}/"))
        add("to_file", **redirect("file:///etc/passwd"))
        add("to_robots", **redirect(web.url("closed.localhost", "/private")))
        web.page("closed.localhost", "/robots.txt", body=b"User-agent: afterprint\nDisallow: /private\n")
        add("no_robots_for_us", body=b"secret")
        web.page("no_robots_for_us.localhost", "/robots.txt", body=b"User-agent: *\nDisallow: /page\n")
        add("robots_503", body=b"secret")
        web.page("robots_503.localhost", "/robots.txt", status=503)
        add("robots_drip", body=b"secret")
        web.page("robots_drip.localhost", "/robots.txt", answer=drip)
        add("robots_404", body=b"open")
        add("robots_401", body=b"open")
        web.page("robots_401.localhost", "/robots.txt", status=401)
        add("robots_moved", body=b"secret")
        web.page("robots_moved.localhost", "/robots.txt", **redirect("/r1"))
        web.page("robots_moved.localhost", "/r1", **redirect(web.url("robots-home.localhost", "/r2")))
        web.page("robots-home.localhost", "/r2", body=b"User-agent: *\nDisallow: /\n")
        add("robots_loop", body=b"open")
        web.page("robots_loop.localhost", "/robots.txt", **redirect("/robots.txt"))
        add("robots_torn", body=b"secret")
        torn = gzip.compress(b"User-agent: *\nDisallow: /\n" * 50)[:-12]
        web.page("robots_torn.localhost", "/robots.txt", body=torn, headers=(("Content-Encoding", "gzip"),))
        with socket.create_server(("127.0.0.1", 0)) as closed:
            self.urls["refused"] = f"http://refused.localhost:{closed.getsockname()[1]}/page"
        self.urls["no_name"] = "http://no-such-name.example/page"
        self.urls["private"] = f"http://127.0.0.2:{self.elsewhere.port}/page"
        self.urls["rebound"] = f"http://rebound.example:{self.elsewhere.port}/page"
        self.urls["both"] = web.page("both.example", "/page", body=b"from the allowed address")
        self.urls["self_signed"] = f"https://tls.localhost:{self_signed()}/page"


@pytest.fixture(scope="module")
def failures(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Failures:
    return Failures(web, tmp_path_factory.mktemp("failures"))


ERRORS = {
    "declared_big": ("too_large", "larger than"),
    "undeclared_big": ("too_large", "larger than"),
    "gzip_bomb": ("too_large", "decompressed"),
    "brotli_bomb": ("too_large", "decompressed"),
    "torn_gzip": ("decoding", "too early"),
    "false_gzip": ("decoding", "gzip"),
    "odd_encoding": ("decoding", "aes128gcm"),
    "dripping": ("timeout", "no whole answer within 2 s"),
    "silent": ("timeout", "no whole answer within 2 s"),
    "cut": ("connection", "before the answer was whole"),
    "not_http": ("protocol", "not HTTP"),
    "loop": ("too_many_redirects", "back to"),
    "long": ("too_many_redirects", "more than 5"),
    "to_private": ("guard", "127.0.0.2 is a loopback address"),
    "to_decimal": ("guard", "127.0.0.2 is a loopback address"),
    "to_rebound": ("guard", "rebound.example: 127.0.0.2 is a loopback address"),
    "to_file": ("guard", "only http and https"),
    "to_robots": ("robots", "disallows"),
    "no_robots_for_us": ("robots", "disallows"),
    "robots_503": ("robots", "robots.txt answered 503"),
    "robots_drip": ("robots", "timeout"),
    "robots_moved": ("robots", "disallows"),
    "robots_torn": ("robots", "decoding"),
    "refused": ("connection", "refused"),
    "no_name": ("dns", "no-such-name.example: Name or service not known"),
    "private": ("guard", "127.0.0.2 is a loopback address"),
    "rebound": ("guard", "rebound.example: 127.0.0.2 is a loopback address"),
    "self_signed": ("tls", "certificate"),
}

ANSWERS = {
    "fine": (200, b"<p>fine</p>"),
    "empty": (200, b""),
    "gzipped": (200, b"one two"),
    "brotlied": (200, b"three"),
    "missing": (404, b"gone fishing"),
    "forbidden": (403, b"wall"),
    "broken": (500, b"oops"),
    "unasked_304": (304, None),
    "chain": (200, b"the end"),
    "nowhere": (302, b"a redirect without an address"),
    "robots_404": (200, b"open"),
    "robots_401": (200, b"open"),
    "robots_loop": (200, b"open"),
    "both": (200, b"from the allowed address"),
}


@pytest.mark.parametrize(("name", "expected"), ERRORS.items(), ids=ERRORS)
def test_what_brought_no_answer_is_a_capture_with_its_class_and_cause(
    failures: Failures, name: str, expected: tuple[str, str]
) -> None:
    row = failures.crawl.capture(failures.urls[name])

    assert row["error_class"] == expected[0], row["error_detail"]
    assert expected[1] in row["error_detail"]
    assert row["body_sha256"] is None


@pytest.mark.parametrize(("name", "expected"), ANSWERS.items(), ids=ANSWERS)
def test_any_answer_is_a_capture_with_its_status_and_body(
    failures: Failures, name: str, expected: tuple[int, bytes | None]
) -> None:
    row = failures.crawl.capture(failures.urls[name])
    from archive.store import Store

    assert (row["status"], row["error_class"]) == (expected[0], None)
    with Store(failures.crawl.archive, readonly=True) as store:
        body = store.body(row["body_sha256"]) if row["body_sha256"] else None
    assert body == expected[1]


def test_every_url_has_been_looked_at() -> None:
    assert not set(ERRORS) & set(ANSWERS)


def test_headers_are_kept_as_received(failures: Failures) -> None:
    headers = json.loads(failures.crawl.capture(failures.urls["fine"])["headers"])

    assert ["x-twice", "a"] in headers
    assert ["x-twice", "b"] in headers
    gzipped = json.loads(failures.crawl.capture(failures.urls["gzipped"])["headers"])
    assert ["content-encoding", "gzip"] in gzipped


def test_a_304_that_was_not_asked_for_claims_nothing(failures: Failures) -> None:
    assert failures.crawl.capture(failures.urls["unasked_304"])["not_modified"] == 0


def test_the_chain_of_redirects_is_kept(failures: Failures) -> None:
    row = failures.crawl.capture(failures.urls["chain"])
    web = failures.web

    end = web.url("chain-end.localhost", "/end")
    assert row["final_url"] == end
    assert json.loads(row["redirects"]) == [
        [web.url("chain.localhost", "/page"), 301, web.url("chain.localhost", "/second")],
        [web.url("chain.localhost", "/second"), 307, web.url("chain.localhost", "/third")],
        [web.url("chain.localhost", "/third"), 308, end],
    ]


@pytest.mark.parametrize("name", ["to_private", "to_file", "loop", "to_robots"])
def test_the_chain_is_kept_when_it_ends_badly(failures: Failures, name: str) -> None:
    hops = json.loads(failures.crawl.capture(failures.urls[name])["redirects"])

    assert hops
    assert hops[0][0] == failures.urls[name]


def test_no_connection_is_made_to_a_refused_address(failures: Failures) -> None:
    assert failures.elsewhere.connections == 0


@pytest.mark.parametrize(
    "host", ["no_robots_for_us", "robots_503", "robots_drip", "robots_moved", "robots_torn", "closed"]
)
def test_no_page_is_asked_where_robots_does_not_allow_it(failures: Failures, host: str) -> None:
    paths = failures.web.paths(f"{host}.localhost")

    assert "/page" not in paths
    assert "/private" not in paths
    assert "/robots.txt" in paths


def test_each_robots_txt_is_asked_once_and_kept_as_a_capture(failures: Failures) -> None:
    assert failures.web.paths("fine.localhost") == ["/robots.txt", "/page"]
    row = failures.crawl.capture(failures.web.url("closed.localhost", "/robots.txt"))
    assert (row["purpose"], row["status"]) == ("robots", 200)
    row = failures.crawl.capture(failures.web.url("robots_503.localhost", "/robots.txt"))
    assert (row["purpose"], row["status"]) == ("robots", 503)


def test_a_slow_drip_ends_after_the_whole_time_allowed(failures: Failures) -> None:
    row = failures.crawl.capture(failures.urls["dripping"])

    took = (from_text(row["finished_at"]) - from_text(row["started_at"])).total_seconds()
    assert 1.9 < took < 4


def test_times_are_those_of_the_exchange(failures: Failures) -> None:
    run = failures.crawl.run()
    for row in failures.crawl.rows("SELECT * FROM capture"):
        assert run["started_at"] <= row["started_at"] <= row["finished_at"] <= run["finished_at"]


def test_we_say_who_we_are_and_whom_to_tell(failures: Failures) -> None:
    headers = failures.web.asked("fine.localhost")[-1].headers

    assert headers["user-agent"].startswith("afterprint/")
    assert "(+desk@example.org)" in headers["user-agent"]
    assert "cookie" not in headers
    assert "accept-language" not in headers


def test_the_summary_names_what_failed_and_the_code_says_so(failures: Failures) -> None:
    assert failures.crawl.code == 1
    assert "no-such-name.example: Name or service not known" in failures.crawl.output
    assert "Traceback" not in failures.crawl.output
    run = failures.crawl.run()
    assert run["state"] == "finished"
    assert run["planned"] == len(failures.urls)


def test_failures_are_due_again_later_and_nothing_stays_leased(failures: Failures) -> None:
    rows = failures.crawl.rows("SELECT * FROM frontier")

    assert {row["state"] for row in rows} == {"waiting"}
    by_url = {row["url"]: row for row in rows}
    ended = from_text(failures.crawl.run()["finished_at"])
    assert by_url[failures.urls["no_name"]]["attempts"] == 1
    assert from_text(by_url[failures.urls["no_name"]]["due_at"]) < ended + timedelta(minutes=6)
    assert from_text(by_url[failures.urls["private"]]["due_at"]) > ended + timedelta(hours=20)


# --- Retry-After ---------------------------------------------------------------------------------


def http_date(seconds: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds))


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (429, "date"), (503, "seconds")])
def test_a_host_that_asks_for_time_gets_it_and_blocks_nobody_else(
    web: Web, tmp_path: Path, status: int, form: str
) -> None:
    busy, other = f"busy-{status}-{form}.localhost", f"other-{status}-{form}.localhost"

    def answer(request: BaseHTTPRequestHandler) -> None:
        value = "3" if form == "seconds" else http_date(3)
        send(request, status, (("Retry-After", value),), b"not now")

    pages = [web.page(busy, "/first", answer=answer)]
    pages += [web.page(busy, f"/{n}", body=b"%d" % n) for n in range(3)]
    pages += [web.page(other, f"/{n}", body=b"o%d" % n) for n in range(3)]

    result = crawl(write_watch(tmp_path, pages), tmp_path / "archive.db")

    asked = {request.path: request.at for request in web.asked(busy)}
    later = sorted(at for path, at in asked.items() if path in ("/0", "/1", "/2"))
    assert len(later) == 3, result.output
    # A date has no fractions of a second, so "in 3 s" may mean 2.0 to 3.0 of them.
    assert later[0] - asked["/first"] >= (2.9 if form == "seconds" else 1.9)
    assert max(request.at for request in web.asked(other)) < later[0]
    assert [row["status"] for row in result.captures(pages[0])] == [status]
    for url in pages[1:]:
        assert result.capture(url)["status"] == 200


def test_a_long_hold_ends_the_run_and_is_kept_by_the_next(web: Web, tmp_path: Path) -> None:
    host = "long-hold.localhost"
    pages = [web.page(host, "/first", status=429, headers=(("Retry-After", "3600"),))]
    pages += [web.page(host, f"/{n}", body=b"x") for n in range(3)]
    watch = write_watch(tmp_path, pages)

    began = time.monotonic()
    first = crawl(watch, tmp_path / "archive.db")
    assert time.monotonic() - began < 20
    second = crawl(watch, tmp_path / "archive.db", again=True)

    assert web.paths(host) == ["/robots.txt", "/first"]
    assert json.loads(first.run()["skipped"])["held"] >= 3
    assert second.run()["planned"] == 0
    frontier = second.rows("SELECT * FROM frontier")
    hour = from_text(first.captures(pages[0])[0]["finished_at"]) + timedelta(seconds=3599)
    assert all(from_text(row["due_at"]) >= hour and row["state"] == "waiting" for row in frontier)


def test_a_host_that_refuses_again_and_again_is_left_to_the_next_run(web: Web, tmp_path: Path) -> None:
    host = "stubborn.localhost"
    pages = [web.page(host, f"/{n}", status=429, headers=(("Retry-After", "1"),)) for n in range(5)]

    result = crawl(write_watch(tmp_path, pages), tmp_path / "archive.db")

    assert len([path for path in web.paths(host) if path != "/robots.txt"]) == 2
    assert json.loads(result.run()["skipped"])["held"] >= 3


def test_a_robots_txt_that_answers_429_holds_its_host(web: Web, tmp_path: Path) -> None:
    host = "robots-429.localhost"
    web.page(host, "/robots.txt", status=429, headers=(("Retry-After", "3600"),))
    pages = [web.page(host, f"/{n}", body=b"x") for n in range(2)]

    result = crawl(write_watch(tmp_path, pages), tmp_path / "archive.db")

    assert web.paths(host) == ["/robots.txt"]
    assert result.rows("SELECT * FROM host WHERE host LIKE 'robots-429%'")


# --- delays --------------------------------------------------------------------------------------


def gaps(web: Web, host: str) -> list[float]:
    times = [request.at for request in web.asked(host)]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_a_crawl_delay_is_kept_to_and_a_host_has_one_request_at_a_time(web: Web, tmp_path: Path) -> None:
    host = "crawl-delay.localhost"
    web.page(host, "/robots.txt", body=b"User-agent: *\nCrawl-delay: 1\n")
    pages = [web.page(host, f"/{n}", body=b"%d" % n) for n in range(3)]

    crawl(write_watch(tmp_path, pages), tmp_path / "archive.db")

    assert len(gaps(web, host)) == 3
    assert all(0.95 <= gap < 2.5 for gap in gaps(web, host))


def test_the_delay_of_the_watch_is_never_undercut(web: Web, tmp_path: Path) -> None:
    host = "watch-delay.localhost"
    pages = [web.page(host, f"/{n}", body=b"%d" % n) for n in range(4)]

    crawl(write_watch(tmp_path, pages, delay=0.4), tmp_path / "archive.db")

    assert len(gaps(web, host)) == 4
    assert all(gap >= 0.38 for gap in gaps(web, host))


# --- conditional requests ------------------------------------------------------------------------


def conditional(request: BaseHTTPRequestHandler) -> None:
    if request.headers.get("If-None-Match") == '"v1"':
        send(request, 304, (("ETag", '"v1"'),))
    else:
        send(
            request, 200, (("ETag", '"v1"'), ("Last-Modified", "Fri, 20 Jan 2023 10:00:00 GMT")), b"<p>version one</p>"
        )


def test_an_unchanged_page_is_asked_conditionally_and_confirmed(web: Web, tmp_path: Path) -> None:
    url = web.page("etag.localhost", "/page", answer=conditional)
    watch = write_watch(tmp_path, [url])

    crawl(watch, tmp_path / "archive.db")
    second = crawl(watch, tmp_path / "archive.db", again=True)

    first_row, second_row = second.captures(url)
    assert (first_row["status"], first_row["not_modified"]) == (200, 0)
    assert (second_row["status"], second_row["not_modified"]) == (304, 1)
    assert second_row["body_sha256"] == first_row["body_sha256"]
    assert second.code == 0


def test_validators_do_not_follow_a_redirect(web: Web, tmp_path: Path) -> None:
    """An article that now redirects to an older front page must not come out as "unchanged"."""
    host = "moved-away.localhost"
    url = web.page(host, "/article", answer=conditional)
    watch = write_watch(tmp_path, [url])
    crawl(watch, tmp_path / "archive.db")
    web.page(host, "/article", **redirect("/"))
    web.page(host, "/", answer=conditional)

    second = crawl(watch, tmp_path / "archive.db", again=True)

    row = second.captures(url)[-1]
    assert (row["status"], row["not_modified"]) == (200, 0)
    assert "if-none-match" not in web.asked(host)[-1].headers
    assert "if-modified-since" not in web.asked(host)[-1].headers
    assert "if-none-match" in web.asked(host)[-2].headers


# --- sources -------------------------------------------------------------------------------------

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><title>One</title><link>{0}</link></item><item><title>Two</title><link>{1}</link></item></channel></rss>"""


def test_what_a_feed_names_is_fetched_in_the_same_run(web: Web, tmp_path: Path) -> None:
    host = "feed.localhost"
    items = [web.page(host, f"/2023/{n}", body=b"%d" % n) for n in range(2)]
    given = web.page(host, "/story", body=b"the story")
    feed = web.page(host, "/feed", body=FEED.format(*items).encode(), headers=(("Content-Type", "text/xml"),))
    dead = web.page(host, "/dead-feed", status=410)
    watch = write_watch(tmp_path, [given], sources=f'feeds = ["{feed}", "{dead}"]')

    result = crawl(watch, tmp_path / "archive.db")

    for url in (given, *items):
        assert result.capture(url)["status"] == 200
    sources = {row["query"]: row for row in result.rows("SELECT * FROM run_source")}
    assert (sources[feed]["outcome"], sources[feed]["leads"], sources[feed]["new_leads"]) == ("ok", 2, 2)
    assert (sources[dead]["outcome"], sources[dead]["reason"]) == ("failed", "it answered 410")
    assert result.code == 1, "a source failed"
    assert "it answered 410" in result.output


def test_a_robots_txt_named_as_a_source_is_fetched_once(web: Web, tmp_path: Path) -> None:
    host = "robots-source.localhost"
    robots = web.page(host, "/robots.txt", body=b"User-agent: *\nDisallow: /no\n")
    watch = write_watch(
        tmp_path, [web.page("elsewhere.localhost", "/x", body=b"x")], sources=f'sitemaps = ["{robots}"]'
    )

    result = crawl(watch, tmp_path / "archive.db")

    assert web.paths(host) == ["/robots.txt"]
    assert result.capture(robots)["purpose"] == "robots"


# --- budgets, stops, locks -----------------------------------------------------------------------


def test_the_budget_ends_the_run_and_gives_the_rest_back(web: Web, tmp_path: Path) -> None:
    pages = [web.page(f"budget{n}.localhost", "/x", body=b"x") for n in range(6)]
    watch = write_watch(tmp_path, pages)

    first = crawl(watch, tmp_path / "archive.db", budget=2)
    assert first.run()["planned"] == 2
    assert "budget" in first.run()["note"]
    assert not first.rows("SELECT * FROM frontier WHERE state = 'leased'")
    second = crawl(watch, tmp_path / "archive.db")

    assert second.run()["planned"] == 4
    for url in pages:
        assert second.capture(url)["status"] == 200


def test_the_budget_of_a_host_leaves_the_others_theirs(web: Web, tmp_path: Path) -> None:
    pages = [web.page("wide.localhost", f"/{n}", body=b"x") for n in range(5)]
    pages += [web.page("narrow.localhost", "/x", body=b"x")]
    watch = write_watch(tmp_path, pages, more="max_pages_per_host = 2")

    result = crawl(watch, tmp_path / "archive.db")

    assert len([path for path in web.paths("wide.localhost") if path != "/robots.txt"]) == 2
    assert result.capture(pages[-1])["status"] == 200
    assert not result.rows("SELECT * FROM frontier WHERE state = 'leased'")


def wait_for(condition: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_finishes_what_is_on_its_way_and_gives_the_rest_back(web: Web, tmp_path: Path) -> None:
    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(1.5)
        send(request, 200, (), b"it took a while")

    slow = web.page("slow-stop.localhost", "/x", answer=slowly)
    web.page("delayed-stop.localhost", "/robots.txt", body=b"User-agent: *\nCrawl-delay: 100\n")
    delayed = [web.page("delayed-stop.localhost", f"/{n}", body=b"x") for n in range(3)]
    process = start(write_watch(tmp_path, [slow, *delayed]), tmp_path / "archive.db")
    wait_for(lambda: "/x" in web.paths("slow-stop.localhost"))

    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, output = process.communicate(timeout=30)

    result = Crawl(tmp_path / "archive.db", process.returncode, output)
    assert time.monotonic() - began < 10
    assert result.capture(slow)["status"] == 200
    assert result.run()["state"] == "stopped"
    assert web.paths("delayed-stop.localhost") == ["/robots.txt"]
    assert not result.rows("SELECT * FROM frontier WHERE state = 'leased'")
    assert len(result.rows("SELECT * FROM frontier WHERE due_at <= ?", result.run()["finished_at"])) == 3
    assert "Traceback" not in output


def test_a_killed_crawl_loses_nothing_and_leaves_a_readable_archive(web: Web, tmp_path: Path) -> None:
    pages = [web.page(f"killed{n % 3}.localhost", f"/{n}", body=b"%d" % n) for n in range(60)]
    watch, archive = write_watch(tmp_path, pages, delay=0.02), tmp_path / "archive.db"
    process = start(watch, archive)
    wait_for(lambda: len(web.asked("killed0.localhost")) > 5)
    process.kill()
    process.communicate(timeout=10)

    result = Crawl(archive, 0, "")
    assert [row[0] for row in result.rows("PRAGMA integrity_check")] == ["ok"]
    assert {row["url"] for row in result.rows("SELECT url FROM frontier")} == set(pages)
    captured = {row["url"] for row in result.rows("SELECT url FROM capture WHERE purpose = 'page'")}
    assert 0 < len(captured) < 60
    later = {row["url"] for row in result.rows("SELECT url FROM frontier WHERE visits > 0")}
    assert captured == later, "a capture and its next date are one transaction"

    second = crawl(watch, archive)

    for url in pages:
        assert second.capture(url)["status"] == 200


def test_a_second_crawl_of_the_same_archive_is_refused(web: Web, tmp_path: Path) -> None:
    watch = write_watch(tmp_path, [web.page("locked.localhost", "/x", body=b"x")])
    with lock.hold(tmp_path / "archive.db", "crawl"):
        result = crawl(watch, tmp_path / "archive.db")

    assert result.code == 3
    assert "at work on this archive" in result.output
    assert web.paths("locked.localhost") == []


def test_a_wrong_watch_is_told_in_one_line_with_code_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", str(tmp_path / "absent.toml")],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "absent.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_scrapy_crawl_works_too(web: Web, tmp_path: Path) -> None:
    url = web.page("scrapy.localhost", "/x", body=b"x")
    watch = write_watch(tmp_path, [url])
    for spider in ("discover", "revisit"):
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", spider, "-a", f"watch={watch}", "-a", "again=1",
             "-a", f"archive={tmp_path / 'archive.db'}"],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Deprecat" not in done.stderr

    result = Crawl(tmp_path / "archive.db", 0, "")
    assert [row["status"] for row in result.captures(url)] == [200, 200]
    assert isinstance(from_text(result.run()["finished_at"]), datetime)
