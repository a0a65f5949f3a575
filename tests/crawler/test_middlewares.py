"""The pure parts beneath the middlewares: Retry-After, robots.txt, encodings, failures in words."""

from __future__ import annotations

import gzip
import socket
import zlib
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Response
from twisted.internet import error as tx_error
from twisted.python.failure import Failure
from twisted.web._newclient import ResponseNeverReceived

from archive.types import FrontierEntry, Redirect
from crawler.fetch import (
    Ask,
    NotFetched,
    capture_of_answer,
    capture_of_failure,
    classify,
    decode_body,
    make_request,
    redirected,
)
from crawler.middlewares import next_hop, origin
from crawler.politeness import MAX_CRAWL_DELAY, HostHolds, host_key, read_robots, retry_at, robots_failure

NOW = datetime(2023, 1, 20, 12, tzinfo=UTC)

# --- Retry-After ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, (("retry-after", "60"),), None),
        (404, (("retry-after", "60"),), None),
        (429, (("retry-after", "60"),), timedelta(seconds=60)),
        (503, (("retry-after", " 7 "),), timedelta(seconds=7)),
        (429, (), timedelta(seconds=60)),
        (503, (), timedelta(seconds=30)),
        (429, (("retry-after", "soon"),), timedelta(seconds=60)),
        (429, (("retry-after", "-5"),), timedelta(seconds=60)),
        (429, (("retry-after", "0"),), timedelta(0)),
        (429, (("retry-after", "99999999999999999999"),), timedelta(days=1)),
        (429, (("retry-after", "Fri, 20 Jan 2023 12:02:00 GMT"),), timedelta(minutes=2)),
        (429, (("retry-after", "Fri, 20 Jan 2023 11:00:00 GMT"),), timedelta(0)),
        (429, (("retry-after", "Fri, 20 Jan 2062 12:00:00 GMT"),), timedelta(days=1)),
        # The server's clock is an hour behind: what counts is the time between its two dates.
        (
            429,
            (("date", "Fri, 20 Jan 2023 11:00:00 GMT"), ("retry-after", "Fri, 20 Jan 2023 11:05:00 GMT")),
            timedelta(minutes=5),
        ),
    ],
)
def test_retry_after_in_all_its_forms(
    status: int, headers: tuple[tuple[str, str], ...], expected: timedelta | None
) -> None:
    found = retry_at(status, headers, NOW)

    assert (found - NOW if found else None) == expected


class Memory:
    """What the archive remembers of hosts."""

    def __init__(self) -> None:
        self.held: dict[str, datetime] = {}

    def host_hold(self, host: str) -> datetime | None:
        return self.held.get(host)

    def hold_host(self, host: str, until: datetime, reason: str) -> None:
        self.held[host] = until


def test_a_hold_is_remembered_never_shortened_and_ends() -> None:
    memory, clock = Memory(), [NOW]
    holds = HostHolds(memory, lambda: clock[0])
    assert holds.until("a.example") is None

    holds.hold("a.example", NOW + timedelta(seconds=60), "429")
    holds.hold("a.example", NOW + timedelta(seconds=10), "429")

    assert holds.until("a.example") == NOW + timedelta(seconds=60)
    assert HostHolds(memory, lambda: clock[0]).until("a.example") == NOW + timedelta(seconds=60)
    clock[0] = NOW + timedelta(seconds=60)
    assert holds.until("a.example") is None


def test_http_and_https_of_a_host_are_held_together_other_ports_apart() -> None:
    assert host_key("http://a.example/x") == host_key("https://A.example:443/") == "a.example"
    assert host_key("http://a.example:8080/") == "a.example:8080"


# --- robots.txt ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 599, 429])
def test_a_failing_robots_txt_forbids_everything_for_now(status: int) -> None:
    refused = read_robots(status, b"User-agent: *\nAllow: /\n").refuses("http://a.example/")

    assert refused is not None
    assert refused[0] == "robots"
    assert str(status) in refused[1]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_absent_robots_txt_allows_everything_whatever_the_error_page_says(status: int) -> None:
    assert read_robots(status, b"User-agent: *\nDisallow: /\n").refuses("http://a.example/") is None


def test_robots_txt_speaks_to_our_name_before_all() -> None:
    robots = read_robots(200, b"User-agent: *\nDisallow: /\n\nUser-agent: Afterprint\nDisallow: /private\n")

    assert robots.refuses("http://a.example/public") is None
    assert robots.refuses("http://a.example/private/x") is not None


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\n",
        b"User-agent: *\r\nDisallow: /x\r\n",
        b"User-agent: *\nDisallow: /x\n" + b"# " + b"x" * 600_000 + b"\nAllow: /x\n",
        b"User-agent: *\nDisallow: /x\n\xff\xfe\x00",
        b"<html>what</html>\nUser-agent: *\nDisallow: /x",
    ],
    ids=["byte order mark", "CRLF", "beyond 500 KiB", "no UTF-8", "HTML before it"],
)
def test_odd_robots_files_are_read(body: bytes) -> None:
    assert read_robots(200, body).refuses("http://a.example/x") is not None
    assert read_robots(200, body).refuses("http://a.example/y") is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [("2", 2.0), ("0.5", 0.5), ("86400", MAX_CRAWL_DELAY), ("0", None), ("-3", None), ("soon", None)],
)
def test_crawl_delay_is_read_and_cut(line: str, expected: float | None) -> None:
    assert read_robots(200, f"User-agent: *\nCrawl-delay: {line}\n".encode()).crawl_delay == expected


def test_an_unreachable_host_is_no_matter_of_robots() -> None:
    assert robots_failure("dns", "x").refusal == ("dns", "x")
    assert robots_failure("timeout", "x").refusal == ("robots", "robots.txt could not be read (timeout: x)")
    assert robots_failure("too_many_redirects", "x").refusal is None


def test_a_robots_txt_is_for_one_scheme_host_and_port() -> None:
    assert origin("http://user@a.example:81/x?y") == "http://a.example:81"
    assert origin("https://a.example/") != origin("http://a.example/")


# --- encodings -----------------------------------------------------------------------------------

CAP = 1 << 20

ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("name", ENCODERS)
@given(body=st.binary(max_size=3000))
def test_what_was_encoded_comes_back(name: str, body: bytes) -> None:
    assert decode_body(ENCODERS[name](body), (("content-encoding", name.upper()),), CAP) == body


@pytest.mark.parametrize("name", ENCODERS)
@given(body=st.binary(min_size=200, max_size=3000), cut=st.integers(min_value=10, max_value=100))
def test_a_stream_that_was_cut_is_never_taken_for_a_whole_one(name: str, body: bytes, cut: int) -> None:
    encoded = ENCODERS[name](body)
    try:
        assert decode_body(encoded[: -min(cut, len(encoded) - 3)], (("content-encoding", name),), CAP) == body
    except NotFetched as error:
        assert error.error_class == "decoding"


@pytest.mark.parametrize("name", ENCODERS)
def test_a_bomb_is_stopped_at_the_cap(name: str) -> None:
    bomb = ENCODERS[name](b"\0" * (CAP * 20))
    assert len(bomb) < CAP

    with pytest.raises(NotFetched) as caught:
        decode_body(bomb, (("content-encoding", name),), CAP)

    assert caught.value.error_class == "too_large"


def test_raw_deflate_members_and_padding_are_read_as_browsers_do() -> None:
    raw = zlib.compressobj(wbits=-15)
    assert decode_body(raw.compress(b"raw") + raw.flush(), (("content-encoding", "deflate"),), CAP) == b"raw"
    members = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 20
    assert decode_body(members, (("content-encoding", "gzip"),), CAP) == b"one two"


def test_encodings_are_undone_in_reverse_order() -> None:
    body = brotli.compress(gzip.compress(b"twice"))

    assert decode_body(body, (("content-encoding", "gzip, br"),), CAP) == b"twice"
    assert decode_body(body, (("content-encoding", "gzip"), ("content-encoding", "br")), CAP) == b"twice"
    assert decode_body(b"plain", (("content-encoding", "identity"),), CAP) == b"plain"
    assert decode_body(b"", (("content-encoding", "gzip"),), CAP) == b""


# --- one fetch -----------------------------------------------------------------------------------


def entry(**known: str) -> FrontierEntry:
    return FrontierEntry(
        id=7,
        url="http://a.example/x",
        purpose="page",
        domain="a.example",
        attempts=0,
        due_at=NOW,
        lease_until=NOW,
        **known,
    )


def test_validators_are_sent_once_and_left_behind_at_a_redirect() -> None:
    ask = Ask("http://a.example/x", "page", entry(etag='W/"1"', last_modified="Fri, 20 Jan 2023 10:00:00 GMT"))
    request = make_request(ask, "afterprint/1", slot="a.example")
    assert request.headers["If-None-Match"] == b'W/"1"'
    assert ask.conditional

    ask.follow(Redirect("http://a.example/x", 301, "http://b.example/y"))
    second = redirected(request, "http://b.example/y")

    assert "If-None-Match" not in second.headers
    assert "If-Modified-Since" not in second.headers
    assert second.headers["User-Agent"] == b"afterprint/1"
    assert second.meta["download_slot"] == "b.example"
    assert not ask.conditional


@pytest.mark.parametrize(("etag", "claimed"), [('"1"', True), (None, False)])
def test_only_a_304_that_was_asked_for_confirms(etag: str | None, claimed: bool) -> None:
    ask = Ask("http://a.example/x", "page", entry(**({"etag": etag} if etag else {})))
    make_request(ask, "afterprint/1", slot="a.example")

    capture = capture_of_answer(ask, Response("http://a.example/x", status=304), CAP)

    assert (capture.status, capture.not_modified, capture.body) == (304, claimed, None)


def test_a_loop_is_noticed_at_its_first_turn() -> None:
    ask = Ask("http://a.example/1", "page")
    ask.follow(Redirect("http://a.example/1", 302, "http://a.example/2"))

    with pytest.raises(NotFetched, match="too_many_redirects"):
        ask.follow(Redirect("http://a.example/2", 302, "http://a.example/1"))

    assert len(ask.redirects) == 2


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b", "https://a.example/b"),
        ("//c.example/b", "https://c.example/b"),
        ("?q=1", "https://a.example/dir/page?q=1"),
        ("http://c.example/a b#part", "http://c.example/a%20b"),
        ("http://c.example/é", "http://c.example/%C3%A9"),
        ("ftp://c.example/", "ftp://c.example/"),
    ],
)
def test_the_next_hop_is_absolute(location: str, expected: str) -> None:
    response = Response("https://a.example/dir/page", status=302, headers={"Location": location.encode()})

    hop = next_hop(response)

    assert hop == Redirect("https://a.example/dir/page", 302, expected)


@pytest.mark.parametrize(("status", "headers"), [(200, {"Location": "/b"}), (302, {}), (300, {"Location": "/b"})])
def test_no_redirect_is_no_hop(status: int, headers: dict[str, str]) -> None:
    assert next_hop(Response("https://a.example/", status=status, headers=headers)) is None


def never_received(error: Exception) -> Exception:
    failed = DownloadFailedError("…")
    failed.__cause__ = ResponseNeverReceived([Failure(error)])
    return failed


@pytest.mark.parametrize(
    ("error", "error_class", "words"),
    [
        (DownloadTimeoutError("Getting http://a/ took longer than 30.0 seconds."), "timeout", "within 30 s"),
        (CannotResolveHostError("no results for hostname lookup: a"), "dns", "no results"),
        (never_received(tx_error.ConnectionLost()), "connection", "closed without an answer"),
        (never_received(SSL.Error([("SSL routines", "", "wrong version number")])), "tls", "wrong version number"),
        (tx_error.NoRouteError(), "connection", "No route"),
        (OSError(101, "Network is unreachable"), "connection", "Network is unreachable"),
        (socket.gaierror(-2, "Name or service not known"), "connection", "Name or service"),
        (ValueError("invalid hostname: a..b"), "dns", "invalid hostname"),
        (NotFetched("robots", "because"), "robots", "because"),
        (RuntimeError("surprise"), "protocol", "RuntimeError: surprise"),
    ],
)
def test_failures_have_a_class_and_a_cause_in_words(error: Exception, error_class: str, words: str) -> None:
    found, detail = classify(error)

    assert found == error_class
    assert words in detail


def test_a_failure_keeps_what_is_known() -> None:
    ask = Ask("http://a.example/x", "page", entry())
    ask.follow(Redirect("http://a.example/x", 302, "http://b.example/y"))
    ask.began(NOW)
    ask.ended(NOW + timedelta(seconds=2))

    capture = capture_of_failure(ask, DownloadTimeoutError(""), "http://b.example/y")

    assert (capture.url, capture.final_url) == ("http://a.example/x", "http://b.example/y")
    assert capture.finished_at - capture.started_at == timedelta(seconds=2)
    assert (capture.frontier_id, capture.status, capture.body) == (7, None, None)
    assert capture.redirects
