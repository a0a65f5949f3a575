"""Search sources on 127.0.0.1 that speak their true protocols, and know a small press.

::

    with NewsSearch(press) as news:
        news.url                       # base address of all of them
        news.trap = "consent"          # how the next answers misbehave; "" for well-behaved
        news.asked                     # [Asked(path="/rss/search", query={"q": …}, headers={…})]

Formats as their publishers and clients have them (GDELT DOC, GAL and Web NGrams 3.0, Google News RSS with links of both generations,
Bing News RSS, SearXNG's JSON, Media Cloud's API), read in November 2026.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import json
import random
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit

NOW = datetime(2023, 1, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Article:
    """What a newspaper printed."""

    url: str
    title: str
    text: str
    language: str
    published: datetime
    outlet: str

    def answers(self, query: str) -> bool:
        """Whether all parts of *query* stand in it, phrases as such."""
        everything = _plain(f"{self.title} {self.text}")
        wanted = re.findall(r'"([^"]+)"|(\S+)', query)
        return all(_plain(quoted or word) in everything for quoted, word in wanted if quoted or not _is_operator(word))


def _is_operator(word: str) -> bool:
    return word == "AND" or re.match(r"[a-z]+:", word) is not None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


@dataclass(frozen=True)
class Asked:
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


Reply = tuple[int, dict[str, str], bytes]


class NewsSearch:
    """All sources behind one port; start with `with`."""

    def __init__(self, press: Iterable[Article], now: datetime = NOW) -> None:
        self.press = list(press)
        self.now = now
        self.trap = ""
        self.token = "right-token"
        self.engines = ("bing news", "google news", "qwant news", "startpage news")
        self.most = 250  # of GDELT DOC
        self.asked: list[Asked] = []
        self._count = itertools.count(1)
        news = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                news.asked.append(Asked(parts.path, query, headers))
                status, extra, body = news.reply(parts.path, query, headers)
                self.send_response_only(status)
                self.send_header("Date", format_datetime(news.now, usegmt=True))
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0" if status == 304 else str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reply(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        if path.startswith("/gdeltv3/gal/"):
            return self._gal(path, headers)
        if path.startswith("/gdeltv3/webngrams/"):
            return self._ngrams(path)
        services = {
            "/api/v2/doc/doc": self._doc,
            "/rss/search": self._google,
            "/news/search": self._bing,
            "/search": self._searxng,
        }
        if path in services:
            return services[path](query)
        if path == "/api/search/story-list":
            return self._media_cloud(query, headers)
        if path.startswith(("/m", "/sorry")):
            return 200, {"Content-Type": "text/html"}, b"<!doctype html><title>Before you continue</title>"
        return 404, {"Content-Type": "text/html"}, b"<html><body>Not Found</body></html>"

    def _found(self, query: str, language: str | None = None) -> list[Article]:
        return [a for a in self.press if a.answers(query) and (language is None or a.language == language)]

    # --- GDELT -------------------------------------------------------------------------------------

    def _gal(self, path: str, headers: Mapping[str, str]) -> Reply:
        if path.endswith("/feed.rss"):
            recent = [a for a in self.press if self.now - timedelta(minutes=15) <= a.published <= self.now]
            items = "".join(
                f"<item><title>{escape(a.title)}</title><link>{escape(a.url)}</link></item>" for a in recent
            )
            body = (
                f'<?xml version="1.0"?><rss version="2.0"><channel><title>GAL</title>{items}</channel></rss>'.encode()
            )
        else:
            minute = _minute(path)
            # Two files a quarter of an hour, at minutes that drift; each holds what came since the one before.
            if minute is None or minute.minute % 15 not in (1, 9) or minute > self.now - timedelta(minutes=3):
                status = 403 if self.trap == "storage" else 404
                return (
                    status,
                    {"Content-Type": "application/xml"},
                    b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
                )
            since = minute - timedelta(minutes=8 if minute.minute % 15 == 9 else 7)
            rows = [
                {
                    "date": f"{a.published:%Y-%m-%dT%H:%M:%SZ}", "url": a.url, "domain": urlsplit(a.url).hostname,
                    "outletName": a.outlet, "title": a.title, "desc": a.text.split(".")[0], "lang": a.language,
                }
                for a in self.press if since < a.published <= minute
            ]  # fmt: skip
            lines = [json.dumps(row).encode() for row in rows] + [
                b'{"url":"https://filler.example/1","title":"A town has a fair","lang":"en"}'
            ]
            if self.trap == "damaged":
                lines.insert(0, b'{"url":"https://broken.exam')
            body = gzip.compress(b"\n".join(lines))
            if self.trap == "cut":
                body = gzip.compress(random.Random(1).randbytes(4000).hex().encode() + b"\n" + b"\n".join(lines))[:-600]
        etag = f'"{hashlib.md5(body).hexdigest()}"'  # as Google's storage has them
        if headers.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag, "Content-Type": "application/octet-stream"}, body

    def _ngrams(self, path: str) -> Reply:
        minute = _minute(path)
        printed = [
            a for a in self.press if minute is not None and minute <= a.published < minute + timedelta(minutes=1)
        ]
        if minute is None or minute > self.now - timedelta(minutes=3) or (not printed and minute.minute % 7 == 3):
            return 404, {}, b""
        lines = [line for a in printed for line in _ngrams_of(a)]
        if self.trap == "every second line":
            lines = lines[::2]
        lines.append(
            json.dumps(
                {
                    "ngram": "fair",
                    "lang": "en",
                    "type": 1,
                    "pos": 10,
                    "pre": "the",
                    "post": "opens",
                    "url": "https://filler.example/1",
                }
            )
        )
        random.Random(7).shuffle(lines)
        return 200, {"Content-Type": "application/octet-stream"}, gzip.compress("\n".join(lines).encode())

    def _doc(self, query: Mapping[str, str]) -> Reply:
        text = {"Content-Type": "text/html; charset=utf-8"}
        notice = b"Please limit requests to one every 5 seconds or contact kalev.leetaru5@gmail.com for larger queries."
        if self.trap == "notice":
            return 200, {"Content-Type": "text/plain"}, notice
        if self.trap == "429":
            return 429, {"Content-Type": "text/plain"}, notice
        if self.trap == "html":
            return 502, text, b"<html><title>502 Bad Gateway</title></html>"
        asked = query.get("query", "")
        if any(len(word) < 3 for word in re.findall(r"\w+", re.sub(r"\w+:\S+", "", asked))):
            return 200, text, b"One or more of your keywords were too short or too common."
        start, end = (
            datetime.strptime(query[k], "%Y%m%d%H%M%S").replace(tzinfo=UTC) for k in ("startdatetime", "enddatetime")
        )
        found = [a for a in self._found(asked) if start <= a.published <= end]
        if domain := re.search(r"domain:(\S+)", asked):
            found = [] if "-" in domain[1] else [a for a in found if domain[1] in a.url]
        if not found:
            return 200, {"Content-Type": "application/json"}, b"" if self.trap == "empty" else b"{}"
        rows = [
            {
                "url": a.url, "url_mobile": "", "title": re.sub(r"([,:])", r" \1", a.title), "seendate": f"{a.published:%Y%m%dT%H%M%SZ}",
                "socialimage": "", "domain": urlsplit(a.url).hostname, "language": {"en": "English", "nl": "Dutch"}.get(a.language, "German"),
                "sourcecountry": "",
            }
            for a in sorted(found, key=lambda a: a.published, reverse=True)[: min(self.most, int(query["maxrecords"]))]
        ]  # fmt: skip
        body = json.dumps({"articles": rows}, ensure_ascii=False).encode()
        if self.trap == "control characters":
            body = body.replace(b"Russia", b"Rus\x07sia", 1)
        return 200, {"Content-Type": "application/json; charset=utf-8"}, body

    # --- Google and Bing -------------------------------------------------------------------------------

    def _google(self, query: Mapping[str, str]) -> Reply:
        if self.trap == "consent":
            return 302, {"Location": f"/m?continue={quote('https://news.google.com/rss/search')}&gl=NL"}, b""
        if self.trap == "sorry":
            return 302, {"Location": "/sorry/index?continue=x"}, b""
        assert query["ceid"] == f"{query['gl']}:{query['hl'].partition('-')[0]}"
        items = "".join(self._google_item(a, place) for place, a in enumerate(self._found(query["q"])))
        body = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><rss version="2.0"><channel>'
            f"<generator>NFE/5.0</generator><title>search</title><language>{query['hl']}</language>{items}</channel></rss>"
        )
        return 200, {"Content-Type": "application/xml; charset=utf-8"}, body.encode()

    def _google_item(self, a: Article, place: int) -> str:
        token = old_token(a.url) if place % 2 == 0 else new_token(a.url)
        link = f"https://news.google.com/rss/articles/{token}?oc=5"
        source = (
            ""
            if self.trap == "no source"
            else f'<source url="{a.url[: a.url.index("/", 8)]}">{escape(a.outlet)}</source>'
        )
        return (
            f"<item><title>{escape(a.title)} - {escape(a.outlet)}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{token}</guid><pubDate>{format_datetime(a.published, usegmt=True)}</pubDate>'
            f"<description>{escape(f'<a href={link!r}>{a.title}</a>&nbsp;&nbsp;<font>{a.outlet}</font>')}</description>{source}</item>"
        )

    def _bing(self, query: Mapping[str, str]) -> Reply:
        if self.trap == "page":
            return 200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><title>Bing</title></html>"
        found = self._found(query["q"])
        first = min(
            int(query.get("first", "1")), max(1, (len(found) - 1) // 10 * 10 + 1)
        )  # past the end: the last page again
        items = "".join(self._bing_item(a) for a in found[first - 1 : first + 9])
        if self.trap == "bad links":
            items += "<item><title>No address</title><link>http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;tid=1</link></item>"
            items += (
                "<item><title>Inside</title><link>http://www.bing.com/news/apiclick.aspx?url=http%3a%2f%2f127.0.0.1%2fx</link></item>"
                "<item><title>Script</title><link>http://www.bing.com/news/apiclick.aspx?url=javascript%3aalert(1)</link></item>"
            )
        body = (
            '<?xml version="1.0" encoding="utf-8" ?><rss version="2.0" xmlns:News="https://www.bing.com:443/news/search"><channel>'
            f"<title>search</title><link>https://www.bing.com:443/news/search?q=x</link>{items}</channel></rss>"
        )
        return 200, {"Content-Type": "text/xml; charset=utf-8"}, body.encode()

    def _bing_item(self, a: Article) -> str:
        tid = hashlib.md5(str(next(self._count)).encode()).hexdigest().upper()
        target = re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), quote(a.url, safe=""))
        link = f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid={tid}&url={target}&c={next(self._count)}&mkt=en-us"
        return (
            f"<item><title>{escape(a.title)}</title><link>{escape(link)}</link><description>{escape(a.text[:120])}</description>"
            f"<pubDate>{format_datetime(a.published, usegmt=True)}</pubDate><News:Source>{escape(a.outlet)}</News:Source></item>"
        )

    # --- SearXNG and Media Cloud ---------------------------------------------------------------------------

    def _searxng(self, query: Mapping[str, str]) -> Reply:
        kind = {"Content-Type": "application/json"}
        if self.trap == "no json" or query.get("format") != "json":
            return 403, {"Content-Type": "text/html"}, b"<!doctype html><title>403 Forbidden</title>"
        if not query.get("q"):
            return 400, kind, b'{"error": "No query"}'
        if self.trap == "error":
            return 500, kind, b'{"error": "search error"}'
        engines = query.get("engines", ",".join(self.engines)).split(",")
        silent = {"engines": engines, "half of the engines": engines[: len(engines) // 2]}.get(self.trap, [])
        page = int(query.get("pageno", "1"))
        found = [] if len(silent) == len(engines) else self._found(query["q"])[(page - 1) * 5 : page * 5]
        rows = [
            {
                "url": a.url, "title": a.title, "content": a.text[:150], "engine": engines[-1], "engines": engines[-2:], "score": 1.0,
                "template": "default.html", "category": "news", "publishedDate": None, "positions": [place],
                "parsed_url": [*urlsplit(a.url), ""],
            }
            for place, a in enumerate([*found, *found[:1]], start=1)  # the same page by two engines, not merged
        ]  # fmt: skip
        if rows and self.trap != "no dates":
            rows[0]["publishedDate"] = found[0].published.isoformat()
        body = {"query": query["q"], "results": rows, "answers": [], "corrections": [], "infoboxes": [], "suggestions": [],
                "unresponsive_engines": [[name, "Suspended: too many requests"] for name in silent]}  # fmt: skip
        return 200, kind, json.dumps(body).encode()

    def _media_cloud(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        kind = {"Content-Type": "application/json"}
        if self.trap == "429":
            return 429, {}, b""
        if self.trap == "temporary":
            error = {"status": "error", "note": "the index is busy", "exception": "Temporary", "temporary": True}
            return 400, kind, json.dumps(error).encode()
        if headers.get("authorization") != f"Token {self.token}":
            return 403, kind, b'{"detail": "Invalid token."}'
        assert query["platform"] == "onlinenews-mediacloud"
        if query.get("pagination_token") and self.trap == "expired":
            return 400, kind, b'{"status": "error", "note": "invalid pagination token"}'
        language = re.search(r"language:(\w+)", query["q"])
        found = [
            a for a in self._found(query["q"], language[1] if language else None)
            if query["start"] <= f"{a.published:%Y-%m-%d}" <= query["end"]
        ]  # fmt: skip
        start = int(base64.urlsafe_b64decode(query["pagination_token"])) if query.get("pagination_token") else 0
        after = start + 4
        token = base64.urlsafe_b64encode(str(after).encode()).decode() if after < len(found) else None
        rows = [
            {"id": hashlib.md5(a.url.encode()).hexdigest(), "title": a.title, "url": a.url, "language": a.language, "media_name": a.outlet,
             "media_url": a.outlet, "publish_date": f"{a.published:%Y-%m-%d}", "indexed_date": f"{a.published:%Y-%m-%d %H:%M:%S}"}
            for a in found[start:after]
        ]  # fmt: skip
        return 200, kind, json.dumps({"stories": rows, "pagination_token": token}).encode()


def _minute(path: str) -> datetime | None:
    found = re.search(r"/(\d{14})\.", path)
    return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None


def _ngrams_of(a: Article) -> list[str]:
    """A line for each word, with the seven before and after it; in Chinese for each character."""
    spaced = a.language not in ("zh", "ja")
    tokens = a.text.split() if spaced else list(a.text)
    gap = " " if spaced else ""
    return [
        json.dumps(
            {
                "date": f"{a.published:%Y-%m-%dT%H:%M:%SZ}", "ngram": token.strip(".,“”"), "lang": a.language, "type": 1 if spaced else 2,
                "pos": place * 10 // len(tokens) * 10, "pre": gap.join(tokens[max(0, place - 7) : place]),
                "post": gap.join(tokens[place + 1 : place + 8]), "url": a.url,
            },
            ensure_ascii=place % 2 == 0,
        )
        for place, token in enumerate(tokens)
    ]  # fmt: skip


def old_token(url: str) -> str:
    """An id of Google News until 2024: a protobuf message with the address in clear."""
    message = b"\x08\x13\x22" + bytes([len(url) % 128 + 1]) + url.encode("ascii") + b"\xd2\x01\x00"
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def new_token(url: str) -> str:
    """An id since then: what is inside says nothing."""
    inner = "AU_yqL" + base64.urlsafe_b64encode(hashlib.sha256(url.encode()).digest() * 3).decode().rstrip("=")
    message = b"\x08\x13\x22" + bytes([len(inner) % 128]) + b"\x01" + inner.encode() + b"\xd2\x01\x00"
    return base64.urlsafe_b64encode(message).decode().rstrip("=")
