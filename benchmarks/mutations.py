"""Does anything that comes from outside make the program crash, hang or swell?

    python -m benchmarks.mutations [N]

N inputs (10,000 unless told) are damaged by chance, the same at each call: HTML, feeds, sitemaps, robots files, WARC, answers of
each search source (CDX among them), HTTP headers and bodies with their encodings, lists of leads and watch files. Each goes to
the function that reads it in a crawl or an import. An exception is a crash, unless it is the one that the function's
documentation names (`ConfigError` for files of the user's own). Processor time is counted, so that a busy machine makes no hang.
Memory is the peak of this process, all inputs one after the other.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import quality
from archive.exceptions import AfterprintError
from archive.histories import Unreadable, read_body
from archive.lead_lists import read_leads
from archive.types import Capture, Headers, Story, StoryText
from archive.urls import url_key
from archive.warc import read_warc
from crawler.archived import leads_of, page_of
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.front_page import leads_from_front_page
from crawler.discovery.markup import leads_from_markup
from crawler.discovery.questions import questions
from crawler.discovery.robots import sitemaps_from_robots
from crawler.discovery.search import Answer, Asking, SearchSource
from crawler.discovery.search.registry import SOURCES
from crawler.discovery.sitemaps import leads_from_sitemap
from crawler.fetch import NotFetched, decode_body
from crawler.newsroom import Newsroom, ferry
from crawler.newsroom import feeds as newsroom_feeds
from crawler.newsroom import pages as newsroom_pages
from crawler.newsroom.newsroom import Address, Ref
from crawler.politeness import read_robots, retry_at
from crawler.watch import load_watch

SEED = 20261124
MOST_SECONDS = 10.0
MOST_MEMORY = 500
"""MB."""

URL = "https://courier.example/2026/ferry"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORY = Story(
    "ferry",
    ferry.ENGLISH_TITLE,
    outlet="The Harbour Courier",
    urls=(URL,),
    languages=("en", "nl"),
    texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),),
)

Mutate = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Target:
    """Something that reads what others wrote."""

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes, random.Random], object]
    #: exceptions that it is documented to raise
    documented: tuple[type[Exception], ...] = ()


# --- damage ------------------------------------------------------------------------------------------

NASTY: tuple[bytes, ...] = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\r", b"\x0c", b"-1", b"0", b"1e999", b"NaN", b"null",
    b"99999999999999999999999999", b"[]", b"{}", b'""', b"<![CDATA[", b"]]>", b"<!--", b"&#xD800;", b"&#0;", b"&x;",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"http://[", b"http://[::1%25]/", b"https://\xc3\xa9\xff/%zz", b"javascript:x", b"//", b"#",
    b"\xd9\xa1\xd9\xa2", b"0000-00-00", b"99999-99-99T99:99:99+99:99", b"20230001000000", b"Thu, 32 Foo 0000 25:61:61 +9999",
    b'"charset="utf-7', b"charset=undefined", b"\xf0\x9f\x98\x80" * 20, b"a" * 5_000, b"(" * 500, b"[" * 3_000, b'{"a":' * 3_000, b"<b>" * 2_000,
)  # fmt: skip
"""What has made readers of such formats stumble before."""


def _flip(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(chance.choice((1, 3, 30))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _lose(body: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(body) + 1) for _ in range(2))
    return body[:start] + body[end:]


def _double(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body) + 1)
    piece = body[start : start + chance.choice((10, 200, 3_000))]
    return body[:start] + piece * min(chance.choice((2, 20, 500)), 200_000 // max(1, len(piece)) + 1) + body[start:]


def _insert(body: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + chance.choice(NASTY) + body[place:]


def _value(body: bytes, chance: random.Random) -> bytes:
    """Another value in place of a number, a text in quotes, or the text of an element."""
    found = list(re.finditer(rb'\d+|"[^"]*"|(?<=>)[^<>]+(?=<)|(?<=: )[^\r\n]+', body))
    if not found:
        return _insert(body, chance)
    one = chance.choice(found)
    return body[: one.start()] + chance.choice(NASTY) + body[one.end() :]


def _shuffle(body: bytes, chance: random.Random) -> bytes:
    pieces = re.split(rb"(?<=[>,\n])", body)
    start = chance.randrange(len(pieces))
    some = pieces[start : start + 20]
    chance.shuffle(some)
    return b"".join((*pieces[:start], *some, *pieces[start + 20 :]))


def _recode(body: bytes, chance: random.Random) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-7", "cp037", "shift-jis")), "replace")


MUTATIONS: tuple[Mutate, ...] = (
    _flip,
    _cut,
    _lose,
    _double,
    _insert,
    _insert,
    _value,
    _value,
    _value,
    _shuffle,
    _recode,
)


def damaged(body: bytes, chance: random.Random) -> bytes:
    """*body*, damaged in one to four ways."""
    for _ in range(chance.randint(1, 4)):
        body = chance.choice(MUTATIONS)(body, chance)[:2_000_000]
    return body


# --- what is read ------------------------------------------------------------------------------------


def targets(folder: Path) -> list[Target]:
    """All readers with sound examples of what they read. *folder* takes files on the way."""
    room = Newsroom(now=lambda: NOW)
    outlets = [
        room.outlet(name, name="The Harbour Courier", feed=feed, template=template, full_feed=True)
        for name, feed, template in (("a", "rss", "broadsheet"), ("b", "atom", "blog"), ("c", "json", "boxes"))
    ]
    for outlet in outlets:
        outlet.publish(
            "/2026/ferry", title=ferry.ENGLISH_TITLE, text=ferry.ENGLISH, byline="Ada Quay", standfirst="It stops."
        )
        outlet.publish(
            "/2026/veer", title=ferry.DUTCH_TITLE, text=ferry.DUTCH, language="nl", credit=ferry.DUTCH_CREDIT
        )
        outlet.correct("/2026/ferry", ferry.ABRIDGED_CORRECTION)

    def locate(address: Address) -> str:
        return f"https://{address.outlet}.example{address.path}" if isinstance(address, Ref) else address

    pages = tuple(
        newsroom_pages.article_page(outlet, article, locate, visits=1).encode()
        for outlet in outlets
        for article in outlet.articles()
    )
    fronts = tuple(newsroom_pages.front_page(outlet, locate).encode() for outlet in outlets)
    state = json.dumps({"props": {"article": {"title": ferry.ENGLISH_TITLE, "body": ferry.ENGLISH}}})
    embedded = (
        f'<html><body><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{state}</script></body></html>'
    ).encode()
    feeds = tuple(newsroom_feeds.feed(outlet, locate).encode() for outlet in outlets)
    sitemaps = (
        newsroom_feeds.sitemap_index(outlets[0], locate).encode(),
        newsroom_feeds.news_sitemap(outlets[0], locate).encode(),
        newsroom_feeds.archive_sitemap(outlets[0], locate),
    )
    robots = (
        newsroom_feeds.robots(outlets[0], locate).encode(),
        b"User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 2.5\nRequest-rate: 1/5\nSitemap: https://a.example/s.xml\n",
    )
    found = [
        Target("html", (*pages, embedded), _read_page),
        Target("front_page", fronts, lambda body, chance: leads_from_front_page(body, URL, None)),
        Target(
            "feed", feeds, lambda body, chance: leads_from_feed(body, URL, chance.choice((None, "utf-8", "latin-1")))
        ),
        Target("sitemap", sitemaps, lambda body, chance: leads_from_sitemap(body, URL)),
        Target("robots", robots, _read_robots),
        Target(
            "warc", tuple(_warcs(pages)), lambda body, chance: _read_warc(folder / "x.warc", body), (AfterprintError,)
        ),
        Target("memento", (pages[0],), _read_memento),
        Target("headers", _HEADS, _read_headers),
        Target("encoded", _encoded(pages[0]), _read_encoded, (NotFetched,)),
        Target(
            "leads", _LISTS, lambda body, chance: read_leads(body.decode("utf-8", "replace"), "x"), (AfterprintError,)
        ),
        Target("watch", _WATCHES, lambda body, chance: _read_watch(folder / "x.toml", body), (AfterprintError,)),
        Target("url", _URLS, lambda body, chance: url_key(body.decode("utf-8", "replace"))),
    ]
    answers = _answers(feeds[0])
    for name, source in SOURCES.items():
        found.append(Target(name, answers[name], _reader_of(source, folder)))
    return found


def _read_page(body: bytes, chance: random.Random) -> object:
    kind = chance.choice(
        (None, "text/html; charset=utf-8", "text/html; charset=windows-1252", "text/html; charset=nonsense")
    )
    read = read_body(body, URL, kind)
    found = None if isinstance(read, Unreadable) else read
    headers = (("content-type", kind or "text/html"),)
    quality.judge(
        status=200, headers=headers, media_type="text/html", url=URL, final_url=URL, extraction=found, body=body
    )
    if found is None:
        return None
    return leads_from_markup(found.markup, found.links, URL, story_urls=(URL,), short_ids=("qjkq9w",))


def _read_robots(body: bytes, chance: random.Random) -> object:
    sitemaps_from_robots(body, "https://a.example/robots.txt")
    rules = read_robots(200, body)
    return rules.refuses(URL), rules.crawl_delay


def _read_warc(file: Path, body: bytes) -> object:
    file.write_bytes(body)
    return list(read_warc(file))


def _read_watch(file: Path, body: bytes) -> object:
    file.write_bytes(body)
    return load_watch(file)


def _head_of(body: bytes) -> Headers:
    lines = body.decode("latin-1").splitlines()
    return tuple(
        (name.strip().lower(), value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon
    )


def _read_headers(body: bytes, chance: random.Random) -> object:
    headers = _head_of(body)
    status = chance.choice((200, 206, 301, 304, 403, 429, 503, 999))
    retry_at(status, headers, NOW)
    quality.judge(
        status=status, headers=headers, media_type="text/html", url=URL, final_url=URL, extraction=None, body=body
    )
    at = f"https://web.archive.org/web/20230120000000id_/{URL}"
    capture = Capture(at, "memento", NOW, NOW, final_url=at, status=status, headers=headers, body=body)
    page = page_of(capture)
    return leads_of(capture, page, "wayback")


def _read_memento(body: bytes, chance: random.Random) -> object:
    at = damaged(f"https://web.archive.org/web/20230120000000id_/{URL}".encode(), chance).decode("latin-1")
    headers = (("memento-datetime", "Fri, 20 Jan 2023 00:00:00 GMT"), ("x-archive-orig-content-encoding", "gzip"))
    packed = gzip.compress(body)[: chance.choice((20, 1_000_000))]
    capture = Capture(at, "memento", NOW, NOW, final_url=at, status=200, headers=headers, body=packed)
    record = Capture(
        f"{URL}#bytes=0-9", "warc_record", NOW, NOW, final_url=URL, status=206, headers=headers, body=packed
    )
    return leads_of(capture, page_of(capture), "wayback"), page_of(record)


def _read_encoded(body: bytes, chance: random.Random) -> object:
    names = chance.choice(("gzip", "br", "zstd", "deflate", "gzip, br", "identity", "x-gzip,,gzip"))
    return decode_body(body, (("content-encoding", names),), 5_000_000)


def _reader_of(source: SearchSource, folder: Path) -> Callable[[bytes, random.Random], object]:
    base = {"url": "https://engine.example"} if source.name == "searxng" else {}
    asking = Asking(STORY, questions(STORY), source.settings(base, "x.toml"), NOW)
    asked = [lead.url for lead in source.ask(asking)]

    def read(body: bytes, chance: random.Random) -> object:
        url = chance.choice(asked)
        headers = _head_of(damaged(_HEADS[0], chance))
        return source.read(Answer(url, url, chance.choice((200, 200, 200, 200, 404, 429, 503)), headers, body, None))

    return read


# --- sound examples -------------------------------------------------------------------------------------

_HEADS: tuple[bytes, ...] = (
    b"Content-Type: text/html; charset=utf-8\r\nContent-Length: 1234\r\nRetry-After: 120\r\nDate: Fri, 20 Jan 2023 10:00:00 GMT\r\n"
    b'ETag: "abc"\r\nLast-Modified: Thu, 19 Jan 2023 10:00:00 GMT\r\nContent-Encoding: gzip\r\nServer: cloudflare\r\nCF-RAY: 1\r\n',
    b"Retry-After: Fri, 20 Jan 2023 10:00:00 GMT\r\nDate: Fri, 20 Jan 2023 09:59:00 GMT\r\nLocation: /elsewhere?x=1#y\r\n",
    b'Memento-Datetime: Fri, 20 Jan 2023 00:00:00 GMT\r\nLink: <https://courier.example/2026/ferry>; rel="original"\r\n'
    b"X-Archive-Orig-Content-Type: text/html\r\nX-Archive-Orig-Location: https://courier.example/x\r\n",
)
_LISTS: tuple[bytes, ...] = (
    b"https://a.example/1\nhttps://b.example/2 # seen\n\n",
    b'url,title,date,language,source\nhttps://a.example/1,"One, two",2023-01-20,en,desk\nhttps://a.example/2,Three,20 Jan 2023,nl,\n',
    b"url;title\nhttps://a.example/1;One\n",
)
_WATCHES: tuple[bytes, ...] = (
    b'url = "https://courier.example/2026/ferry"\n',
    b'name = "ferry"\ntitle = "Ferry"\nlanguages = ["en", "nl"]\n[[text]]\nurl = "https://courier.example/2026/ferry"\nlanguage = "en"\n'
    b'[outlet]\nname = "The Harbour Courier"\naliases = ["Courier"]\nshort_ids = ["qjkq9w"]\n[sources]\nfeeds = ["https://a.example/f"]\n'
    b'follow_copies = true\n[sources.search]\nwayback = { per_page = 5 }\ngdelt_doc = false\n[schedule]\nevery = "6h"\nfresh = "30m"\n'
    b'[politeness]\ncontact = "desk@example.org"\ndelay = "5s"\nallow_private = ["127.0.0.1"]\nmax_pages = 20\n'
    b'[outlets."example.org"]\nbrowser = true\n[alerts]\non = ["new_copy"]\nmin_confidence = 0.5\nmute = ["example.com"]\n'
    b'digest = "daily"\nwebhook = { url = "https://hooks.example.org/in", secret_env = "SECRET" }\n'
    b'[alerts.mail]\nhost = "smtp.example.org"\nfrom = "a@example.org"\nto = ["b@example.org"]\n',
)
_URLS: tuple[bytes, ...] = (
    b"https://www.vice.com/en_us/article/qjkq9w/russia-needs-to-learn-to-lose-like-america?utm_source=x#y",
    b"http://user:secret@m.Example.ORG:8080/2026/03/01/./a/../ferry.amp.html?eid=4411&fbclid=1",
    "https://xn--bcher-kva.example/büch%65r?q=ü".encode(),
    b"https://amp-courier-example.cdn.ampproject.org/v/s/courier.example/2026/ferry",
)


def _encoded(body: bytes) -> tuple[bytes, ...]:
    import zlib

    import brotli
    import zstandard

    return (
        gzip.compress(body),
        brotli.compress(body),
        zstandard.ZstdCompressor().compress(body),
        zlib.compress(body),
        body,
    )


def _warcs(pages: tuple[bytes, ...]) -> Iterator[bytes]:
    for packed in (False, True):
        file = io.BytesIO()
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "x"}))
        for number, body in enumerate((*pages[:2], gzip.compress(pages[0]))):
            head = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
            head += [("Content-Encoding", "gzip")] if body[:2] == b"\x1f\x8b" else []
            answer = StatusAndHeaders("200 OK", head, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"{URL}/{number}", "response", payload=io.BytesIO(body), http_headers=answer
            )
            writer.write_record(record)
        writer.write_record(writer.create_revisit_record(URL, "sha1:AAAA", f"{URL}/0", "2026-03-01T12:00:00Z"))
        yield file.getvalue()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    block = head + pages[0]
    yield (
        b"filedesc://x.arc 0.0.0.0 20230120000000 text/plain 70\n1 0 x\nURL IP-address Archive-date Content-type Archive-length\n\n"
        + f"{URL} 192.0.2.1 20230120000000 text/html {len(block)}\n".encode() + block + b"\n"
    )  # fmt: skip


def _answers(feed: bytes) -> Mapping[str, tuple[bytes, ...]]:
    """One sound answer, or several, of each source."""
    title, phrase = ferry.ENGLISH_TITLE, ferry.ENGLISH.split("\n\n")[2]

    def lines(*rows: object) -> bytes:
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    cdx = (
        "urlkey timestamp original mimetype statuscode digest length\n"
        + f"example,courier)/2026/ferry 20230120000000 {URL} text/html 200 AAAA 1234\n" * 20
        + "\nexample%2Ccourier%29%2F2026+20230120000000\n"
    ).encode()
    row = {"url": URL, "timestamp": "20230120000000", "status": "200", "mime": "text/html", "digest": "A", "length": "99",
           "offset": "12", "filename": "crawl-data/x.warc.gz", "languages": "eng"}  # fmt: skip
    words = phrase.split()
    ngrams = [
        {"date": "20230120000000", "ngram": words[at], "lang": "en", "type": 1, "pos": at,
         "pre": " ".join(words[max(0, at - 7) : at]), "post": " ".join(words[at + 1 : at + 8]), "url": URL}
        for at in range(len(words))
    ]  # fmt: skip
    article = {
        "url": URL,
        "title": title,
        "seendate": "20230120T000000Z",
        "domain": "courier.example",
        "language": "English",
    }
    result = {
        "url": URL,
        "title": title,
        "content": phrase,
        "publishedDate": "2023-01-20T00:00:00",
        "engines": ["a", "b"],
    }
    story = {"url": URL, "title": title, "publish_date": "2023-01-20", "language": "en", "media_name": "Courier"}
    gal = {
        "date": "2023-01-20T00:00:00Z",
        "url": URL,
        "title": title,
        "desc": phrase,
        "lang": "ENGLISH",
        "domain": "courier.example",
    }
    return {
        "wayback": (cdx, json.dumps([["urlkey", "timestamp", "original"], ["a", "20230120000000", URL]]).encode()),
        "commoncrawl": (
            lines(*[row] * 10),
            json.dumps([{"id": "CC-MAIN-2023-06", "name": "January", "cdx-api": "https://index.example/CC-MAIN-2023-06-index"}]).encode(),
        ),
        "gdelt_articles": (gzip.compress(lines(*[gal] * 5)), lines(*[gal] * 5), feed),
        "gdelt_ngrams": (gzip.compress(lines(*ngrams)), lines(*ngrams)),
        "gdelt_doc": (json.dumps({"articles": [article] * 5}).encode(),),
        "google_news": (feed,),
        "bing_news": (feed,),
        "searxng": (json.dumps({"query": "x", "results": [result] * 5, "unresponsive_engines": [["a", "timeout"]]}).encode(),),
        "media_cloud": (json.dumps({"stories": [story] * 5, "pagination_token": "abc"}).encode(),),
    }  # fmt: skip


# --- the run ----------------------------------------------------------------------------------------------


def main(count: int = 10_000, *, seed: int = SEED) -> dict[str, object]:
    """Read *count* damaged inputs. Returns the figures that it prints."""
    crashes: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    slowest, slowest_name = 0.0, ""
    with tempfile.TemporaryDirectory() as folder:
        every = targets(Path(folder))
        for number in range(count):
            chance = random.Random(f"{seed}/{number}")
            target = every[number % len(every)]
            body = damaged(chance.choice(target.seeds), chance)
            began = time.process_time()
            try:
                target.read(body, chance)
            except target.documented:
                explained[target.name] += 1
            except Exception as error:  # noqa: BLE001 - what is counted here
                place = traceback.extract_tb(error.__traceback__)[-1]
                crashes[target.name] += 1
                print(
                    f"crash {number} {target.name}: {type(error).__name__}: {str(error)[:120]!r} at {place.name}:{place.lineno}"
                )
            took = time.process_time() - began
            if took > slowest:
                slowest, slowest_name = took, f"{target.name} {number}"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} inputs of {len(every)} kinds; refused as documented: {dict(explained)}")
    print(f"slowest: {slowest_name}, {slowest:.2f} s")
    figures: dict[str, object] = {
        "inputs": count,
        "crashes": crashes.total(),
        "hangs": int(slowest > MOST_SECONDS),
        "slowest_s": round(slowest, 2),
        "memory_mb": memory,
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    result = main(*map(int, sys.argv[1:2]))
    sys.exit(bool(result["crashes"] or result["hangs"]))
