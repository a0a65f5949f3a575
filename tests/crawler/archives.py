"""Web archives that speak the true protocols of the Wayback Machine and of Common Crawl, with their memory and their traps.

::

    archive = WaybackMachine(web)
    archive.keep("http://paper.example/a", datetime(2023, 1, 20, tzinfo=UTC), b"<p>as it was</p>")
    archive.url    # the base address, for the watch

`Recorded` replays exchanges with the real ones.
"""

from __future__ import annotations

import gzip
import json
import re
from base64 import b32encode, b64decode
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha1
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode, urlsplit

import yaml

from tests.crawler.web import Web, send

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kept:
    """One capture that an archive keeps."""

    url: str
    at: datetime
    body: bytes
    status: int = 200
    headers: Headers = (("Content-Type", "text/html; charset=utf-8"),)

    @property
    def timestamp(self) -> str:
        return f"{self.at:%Y%m%d%H%M%S}"

    @property
    def key(self) -> str:
        return surt(self.url)

    @property
    def digest(self) -> str:
        return b32encode(sha1(self.body).digest()).decode()


def surt(url: str) -> str:
    """As archives sort: "com,example)/path", in lower case, without scheme, port and www."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = (parts.hostname or "").removeprefix("www.")
    return (
        f"{','.join(reversed(host.split('.')))}){parts.path or '/'}{'?' + parts.query if parts.query else ''}".lower()
    )


def matches(key: str, url: str, match_type: str) -> bool:
    """Whether the row with *key* is asked for by *url*."""
    wanted = surt(url.removesuffix("*"))
    if match_type == "prefix" or url.endswith("*"):
        return key.startswith(wanted)
    if match_type == "domain":
        host = wanted.partition(")")[0]
        return key.startswith((f"{host})", f"{host},"))
    return key.rstrip("/") == wanted.rstrip("/")


class WaybackMachine:
    """The CDX server and the replay of mementos, at one host."""

    def __init__(self, web: Web, host: str = "wayback.localhost") -> None:
        self.web, self.host = web, host
        self.kept: list[Kept] = []
        #: lines of the index that are no captures, first in each answer
        self.dirt: list[str] = []
        #: sites whose captures are not shown, and those for which it says so under status 200
        self.blocked: set[str] = set()
        self.hidden: set[str] = set()
        #: statuses to answer next, before anything else: 429, 504
        self.trouble: list[int] = []
        #: rows of an answer, whatever is asked for
        self.page_size = 1000
        self.questions: list[dict[str, str]] = []
        web.hosts[host] = self.answer

    @property
    def url(self) -> str:
        return self.web.url(self.host, "")

    def keep(self, url: str, at: datetime, body: bytes, **more: Any) -> Kept:
        kept = Kept(url, at, body, **more)
        self.kept.append(kept)
        return kept

    def memento(self, kept: Kept) -> str:
        return f"{self.url}/web/{kept.timestamp}id_/{kept.url}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if self.trouble:
            status = self.trouble.pop(0)
            words = "Too Many Requests" if status == 429 else "Gateway Time-out"
            send(request, status, (("Content-Type", "text/html"),), f"<html><body><h1>{status} {words}</h1>".encode())
        elif request.path.startswith("/cdx/search/cdx?"):
            self._index(request)
        elif found := re.fullmatch(r"/web/(\d{14})id_/(.+)", request.path):
            self._replay(request, found[1], unquote(found[2]))
        else:
            send(request, 404, (), b"not here")

    # --- the index ---

    def _index(self, request: BaseHTTPRequestHandler) -> None:
        asked = dict(parse_qsl(urlsplit(request.path).query))
        self.questions.append(asked)
        site = (urlsplit(asked["url"] if "://" in asked["url"] else f"http://{asked['url']}").hostname or "").lower()
        if site in self.blocked:
            error = "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
            send(
                request,
                403,
                (("X-Archive-Wayback-Runtime-Error", error), ("Content-Type", "text/plain")),
                error.encode(),
            )
            return
        if site in self.hidden:
            error = "org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots"
            send(request, 200, (("Content-Type", "text/plain"),), error.encode())
            return
        rows = sorted(
            (kept for kept in self.kept if matches(kept.key, asked["url"], asked.get("matchType", ""))),
            key=lambda kept: (kept.key, kept.timestamp),
        )
        if "filter" in asked:
            field, _, expression = asked["filter"].partition(":")
            assert field == "urlkey"
            rows = [kept for kept in rows if re.fullmatch(expression, kept.key)]
        if asked.get("collapse") == "digest":
            rows = [kept for n, kept in enumerate(rows) if n == 0 or rows[n - 1].digest != kept.digest]
        lines = [self._line(kept) for kept in rows]
        start = 0
        if "resumeKey" in asked:
            # It came encoded once, and must be sent back encoded once more; the row before it comes again.
            key, timestamp = unquote_plus(asked["resumeKey"]).rsplit(" ", 1)
            start = next(n for n, kept in enumerate(rows) if (kept.key, kept.timestamp) == (key, timestamp))
        part = lines[start : start + self.page_size]
        body = "".join(f"{line}\n" for line in (*self.dirt, *part))
        if start + self.page_size < len(lines):
            last = rows[start + self.page_size - 1]
            body += f"\n{quote(f'{last.key} {last.timestamp}', safe='').replace('%20', '+')}\n"
        packed = gzip.compress(body.encode())
        headers = (("Content-Type", "text/plain;charset=UTF-8"), ("Content-Encoding", "gzip"))
        send(request, 200, headers, packed)

    def _line(self, kept: Kept) -> str:
        media_type = dict(kept.headers).get("Content-Type", "unk").partition(";")[0]
        # Old captures are listed with the port.
        original = re.sub(r"^(http://[^/:]+)(?=/|$)", r"\1:80", kept.url) if kept.at.year < 2015 else kept.url
        return f"{kept.key} {kept.timestamp} {original} {media_type} {kept.status} {kept.digest} {len(kept.body)}"

    # --- mementos ---

    def _replay(self, request: BaseHTTPRequestHandler, timestamp: str, url: str) -> None:
        of_page = sorted((kept for kept in self.kept if kept.key == surt(url)), key=lambda kept: kept.timestamp)
        if not of_page:
            send(
                request, 404, (("Content-Type", "text/html"),), b"<p>The Wayback Machine has not archived that URL.</p>"
            )
            return
        kept = min(of_page, key=lambda kept: abs(int(kept.timestamp) - int(timestamp)))
        if kept.timestamp != timestamp:
            reason = f"found capture at {kept.timestamp}"
            where = f"/web/{kept.timestamp}id_/{kept.url}"
            send(request, 302, (("Location", self.url + where), ("X-Archive-Redirect-Reason", reason)))
            return
        original = [(f"X-Archive-Orig-{name}", value) for name, value in kept.headers]
        headers: list[tuple[str, str]] = [
            ("Memento-Datetime", format_datetime(kept.at, usegmt=True)),
            ("Link", f'<{kept.url}>; rel="original", <{self.url}/web/{kept.timestamp}/{kept.url}>; rel="memento"'),
            *original,
        ]
        location = dict(kept.headers).get("Location")
        if location:
            headers.append(("Location", f"{self.url}/web/{kept.timestamp}id_/{location}"))
        # The known bug: two Content-Encoding headers, of which the second is empty.
        headers += [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("content-encoding", "")]
        send(request, kept.status, tuple(headers), gzip.compress(kept.body))


class CommonCrawl:
    """The list of collections, an index of each, and the WARC files, read by ranges."""

    def __init__(self, web: Web, host: str = "commoncrawl.localhost") -> None:
        self.web, self.host = web, host
        #: collection -> (month from, to)
        self.collections: dict[str, tuple[str, str]] = {}
        self.files: dict[str, bytes] = {}
        self.rows: dict[str, list[dict[str, str]]] = {}
        #: how often it says 503 before it answers
        self.storm = 0
        self.asked: Counter[str] = Counter()
        #: collections whose index answers 403
        self.refuses: set[str] = set()
        web.hosts[host] = self.answer

    @property
    def url(self) -> str:
        return self.web.url(self.host, "")

    def collection(self, name: str, begin: str, end: str) -> None:
        self.collections[name] = (begin, end)
        self.rows.setdefault(name, [])

    def keep(self, collection: str, kept: Kept, *, cut: int = 0) -> dict[str, str]:
        """Add a capture; *cut* bytes are missing at the end of its record. Returns its row in the index."""
        file = f"crawl-data/{collection}/segments/1.1/warc/{collection}-00000.warc.gz"
        member = gzip.compress(warc_record(kept))
        offset = len(self.files.get(file, b""))
        stored = member[: len(member) - cut]
        self.files[file] = self.files.get(file, b"") + stored
        row = {
            "urlkey": kept.key,
            "timestamp": kept.timestamp,
            "url": kept.url,
            "mime": "text/html",
            "mime-detected": "text/html",
            "status": str(kept.status),
            "digest": kept.digest,
            "length": str(len(stored)),
            "offset": str(offset),
            "filename": file,
            "languages": "nld",
            "encoding": "UTF-8",
        }
        self.rows[collection].append(row)
        return row

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        self.asked[path] += 1
        if self.storm:
            self.storm -= 1
            send(request, 503, (("Content-Type", "application/xml"),), b"<Code>SlowDown</Code>")
        elif path.removesuffix("-index").lstrip("/") in self.refuses:
            send(request, 403, (("Content-Type", "text/plain"),), b"Access denied")
        elif path == "/collinfo.json":
            self._list(request)
        elif (name := path.removesuffix("-index").lstrip("/")) in self.collections:
            self._index(request, name)
        else:
            self._range(request, path.lstrip("/"))

    def _list(self, request: BaseHTTPRequestHandler) -> None:
        entries = [
            {"id": name, "name": f"{name} Index", "cdx-api": f"{self.url}/{name}-index", "from": begin, "to": end}
            for name, (begin, end) in sorted(self.collections.items(), reverse=True)
        ]
        send(request, 200, (("Content-Type", "application/json"),), json.dumps(entries).encode())

    def _index(self, request: BaseHTTPRequestHandler, name: str) -> None:
        asked = dict(parse_qsl(urlsplit(request.path).query))
        rows = [row for row in self.rows[name] if matches(row["urlkey"], asked["url"], asked.get("matchType", ""))]
        if not rows:
            message = {"message": f"No Captures found for: {asked['url']}"}
            send(request, 404, (("Content-Type", "application/json"),), json.dumps(message).encode())
            return
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        send(request, 200, (("Content-Type", "text/x-ndjson"),), lines.encode())

    def _range(self, request: BaseHTTPRequestHandler, file: str) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if file not in self.files or found is None:
            send(request, 404 if file not in self.files else 200, (), self.files.get(file, b"<Code>NoSuchKey</Code>"))
            return
        part = self.files[file][int(found[1]) : int(found[2]) + 1]
        send(request, 206, (("Content-Type", "application/octet-stream"),), part)


def warc_record(kept: Kept) -> bytes:
    """A response record, as Common Crawl writes it: stored unpacked, what was packed noted beside it."""
    head = "".join(f"{name}: {value}\r\n" for name, value in (*kept.headers, ("X-Crawler-Content-Encoding", "gzip")))
    block = f"HTTP/1.1 {kept.status} Reason\r\n{head}\r\n".encode() + kept.body
    record_id = f"<urn:uuid:{sha1(kept.url.encode() + kept.body).hexdigest()[:32]}>"
    return (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: {kept.at:%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Record-ID: {record_id}\r\n"
        f"WARC-Target-URI: {kept.url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n".encode()
        + block
        + b"\r\n\r\n"
    )


# --- recorded exchanges ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Exchange:
    """A recorded request and its answer."""

    source: str
    url: str
    status: int
    headers: Headers
    body: bytes


HOP_BY_HOP = frozenset(("transfer-encoding", "content-length", "connection"))


class Recorded:
    """Replays recorded exchanges at hosts of ours; what redirects to the real host redirects to ours."""

    HOSTS = ("web.archive.org", "index.commoncrawl.org", "data.commoncrawl.org")

    def __init__(self, web: Web, exchanges: list[Exchange]) -> None:
        self.web = web
        self.answers: dict[tuple[str, str, tuple[tuple[str, str], ...]], Exchange] = {}
        for exchange in exchanges:
            self.answers.setdefault(_place(exchange.url), exchange)
        for host in self.HOSTS:
            web.hosts[f"{host}.localhost"] = self.answer

    def here(self, url: str) -> str:
        """*url* at our host."""
        parts = urlsplit(url)
        return self.web.url(f"{parts.hostname}.localhost", url[url.index("/", len(f"{parts.scheme}://")) :])

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        host = request.headers["Host"].partition(".localhost")[0]
        exchange = self.answers.get(_place(f"https://{host}{request.path}"))
        if exchange is None:
            send(request, 599, (), f"nobody recorded {request.path}".encode())
            return
        headers = tuple(
            (name, self.here(value) if name.lower() == "location" and urlsplit(value).hostname in self.HOSTS else value)
            for name, value in exchange.headers
            if name.lower() not in HOP_BY_HOP
        )
        send(request, exchange.status, headers, exchange.body)


def _place(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(url)
    if parts.path.startswith("/web/"):
        return parts.hostname or "", unquote(url.partition(".org")[2]), ()
    return parts.hostname or "", parts.path, tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))


def cassette(path: Path) -> list[Exchange]:
    """The exchanges in a VCR cassette. Some bodies were stored unpacked: they are packed again, as the headers say."""
    table = yaml.load(gzip.decompress(path.read_bytes()), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = []
    for interaction in table["interactions"]:
        response = interaction["response"]
        body = response["body"].get("string") or b""
        headers = tuple((name, value) for name, values in response["headers"].items() for value in values)
        if isinstance(body, str):
            body = body.encode()
            if any(name.lower() == "content-encoding" and value == "gzip" for name, value in headers):
                body = gzip.compress(body)
        found.append(Exchange(path.name, interaction["request"]["uri"], response["status"]["code"], headers, body))
    return found


def toolkit(path: Path) -> list[Exchange]:
    """The exchanges in a file of cdx_toolkit: one a line, ranges in base64."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        parameters = row.get("request_params") or {}
        query = urlencode({key: value for key, value in parameters.items() if value is not None}, doseq=True)
        url = f"{row['url']}?{query}" if query else row["url"]
        body = row.get("response_text") or ""
        packed = row["response_status_code"] == 206
        headers = tuple((name, str(value)) for name, value in (row.get("response_headers") or {}).items())
        if not packed:
            headers = tuple(pair for pair in headers if pair[0].lower() != "content-encoding")
        found.append(
            Exchange(path.name, url, row["response_status_code"], headers, b64decode(body) if packed else body.encode())
        )
    return found
