"""A newsroom on the network: a threaded HTTP/1.1 server on loopback, one virtual host an outlet.

`courier.localhost:PORT` is the outlet "courier". Browsers resolve every name below `localhost` to loopback;
a client whose resolver does not can connect to `Server.address` and send the Host header.
The address without an outlet's name shows the stage: who is there, and a button for the next act.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

from . import feeds, pages
from .newsroom import (
    Address,
    Bomb,
    Busy,
    ConsentWall,
    Cut,
    Drip,
    Endless,
    Failure,
    Gone,
    Moved,
    Newsroom,
    Outlet,
    Ref,
    Sight,
    SoftNotFound,
)

CHUNK = 64 * 1024

LOG_LENGTH = 100_000

#: The smallest PNG there is: one transparent pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was seen."""

    #: when it arrived, by a clock that only goes forward; differences are what counts
    at: float
    #: handle of the outlet; empty for the stage
    outlet: str
    method: str
    #: path with the query
    path: str
    #: names in lower case
    headers: Mapping[str, str] = field(repr=False)
    #: status of the answer
    status: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An ordinary answer: all of it is known before its first byte is sent."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    #: None: the page gives no validators
    modified: datetime | None = None
    compress: bool = True
    #: how much of the body is really sent
    share: float = 1.0


class Server:
    """A running newsroom. Made by `serve`."""

    def __init__(self, room: Newsroom, port: int, domain: str = "localhost") -> None:
        self.room = room
        self.domain = domain
        self.stopping = threading.Event()
        self._log: deque[Visit] = deque(maxlen=LOG_LENGTH)
        self._lock = threading.Lock()
        self._http = _HTTPServer(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self.address[1]

    @property
    def address(self) -> tuple[str, int]:
        """Where to connect if the names below localhost do not resolve."""
        host, port = self._http.server_address[:2]
        return str(host), port

    def url(self, outlet: str = "", path: str = "/") -> str:
        """The URL of a path at an outlet; without an outlet, of the stage."""
        return f"http://{outlet}.{self.domain}:{self.port}{path}" if outlet else f"http://127.0.0.1:{self.port}{path}"

    def locate(self, address: Address) -> str:
        return self.url(address.outlet, address.path) if isinstance(address, Ref) else address

    @property
    def log(self) -> list[Visit]:
        """A copy of the requests so far (of the last `LOG_LENGTH`), in the order in which their answers began."""
        with self._lock:
            return list(self._log)

    def visits(self, outlet: str, path: str | None = None) -> list[Visit]:
        """The requests to one outlet, or to one of its paths (whatever the query)."""
        return [
            visit
            for visit in self.log
            if visit.outlet == outlet and (path is None or visit.path.partition("?")[0] == path)
        ]

    def clear_log(self) -> None:
        with self._lock:
            self._log.clear()

    def record(self, visit: Visit) -> None:
        with self._lock:
            self._log.append(visit)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop answering. Slow answers end at once."""
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Return once the server has been stopped."""
        self._thread.join()


@contextmanager
def serve(room: Newsroom, port: int = 0, domain: str = "localhost") -> Iterator[Server]:
    """Put *room* on the network while the block runs. Port 0: any that is free.

    Under another *domain* than localhost the outlets look public, and web archives may be asked for them; its names must
    lead here.
    """
    server = Server(room, port, domain)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: Server) -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is its own business; anything else is our bug and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""
    timeout = 30
    # Headers and body leave in one piece: without this, each answer waits 40 ms for a delayed acknowledgement.
    wbufsize = CHUNK
    disable_nagle_algorithm = True
    server: _HTTPServer

    def do_GET(self) -> None:
        self.arrived = time.monotonic()
        owner = self.server.owner
        handle = self._handle()
        path = urlsplit(self.path).path or "/"
        if handle == "":
            self._send(_stage(owner) if path == "/" else Reply(404, b"Not found.\n", "text/plain"), handle)
        elif handle not in owner.room:
            self._send(Reply(404, b"No such outlet.\n", "text/plain"), handle)
        else:
            self._answer(owner.room[handle], path)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """The stage takes POST /act and performs the next act."""
        self.arrived = time.monotonic()
        owner = self.server.owner
        self.rfile.read(min(int(self.headers.get("Content-Length") or 0), CHUNK))
        if self._handle() != "" or urlsplit(self.path).path != "/act":
            self._send(Reply(405, b"Only GET and HEAD.\n", "text/plain", (("Allow", "GET, HEAD"),)), self._handle())
            return
        act = owner.room.next_act()
        if act is None:
            self._send(Reply(409, b"The story is over.\n", "text/plain; charset=utf-8"), "")
        else:
            text = f"Act {owner.room.act}: {act.title}\n"
            self._send(Reply(200, text.encode(), "text/plain; charset=utf-8"), "")

    def log_message(self, format: str, *args: object) -> None:
        """Silent: `Server.log` remembers the requests."""

    def _handle(self) -> str:
        """The outlet that the Host header names; empty for the stage."""
        host = (self.headers.get("Host") or "").rpartition("@")[2].partition(":")[0].lower().rstrip(".")
        if host in ("", "localhost", "127.0.0.1", "newsroom.localhost"):
            return ""
        return host.removesuffix(f".{self.server.owner.domain}").removesuffix(".localhost")

    def _answer(self, outlet: Outlet, path: str) -> None:
        sight = outlet.visit(path)
        match sight.behaviour:
            case Drip(every, lasting):
                self._drip(outlet, every, lasting)
            case Endless(limit):
                self._endless(outlet, limit)
            case Bomb(size):
                packed = _bomb(size)
                reply = Reply(200, packed, headers=(("Content-Encoding", "gzip"),), compress=False)
                self._send(reply, outlet.handle)
            case _:
                self._send(_reply(outlet, path, sight, self.server.owner), outlet.handle)

    def _begin(self, status: int, headers: list[tuple[str, str]], handle: str) -> None:
        seen = {name.lower(): value for name, value in self.headers.items()}
        self.server.owner.record(Visit(self.arrived, handle, self.command, self.path, seen, status))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _send(self, reply: Reply, handle: str) -> None:
        body, status = reply.body, reply.status
        headers = [("Content-Type", reply.content_type), *reply.headers]
        zipped = reply.compress and len(body) > 200 and "gzip" in (self.headers.get("Accept-Encoding") or "").lower()
        if reply.modified is not None:
            # A strong validator names bytes, so the packed body has one of its own.
            digest = hashlib.sha256(body).hexdigest()[:20] + ("-gzip" if zipped else "")
            modified = format_datetime(reply.modified.astimezone(UTC).replace(microsecond=0), usegmt=True)
            headers += [("ETag", f'"{digest}"'), ("Last-Modified", modified), ("Cache-Control", "no-cache")]
            if self._knows(digest, reply.modified):
                self._begin(304, headers[1:], handle)
                return
        if reply.compress:
            headers.append(("Vary", "Accept-Encoding"))
        if zipped:
            body = gzip.compress(body, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        if reply.share < 1:
            self.close_connection = True
            body = body[: int(len(body) * reply.share)]
        self._begin(status, headers, handle)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _knows(self, digest: str, modified: datetime) -> bool:
        """Whether the client already has this answer. If-None-Match decides; only without it does the date count."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = {tag.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for tag in tags.split(",")}
            return "*" in known or digest.removesuffix("-gzip") in known
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _drip(self, outlet: Outlet, every: float, lasting: float) -> None:
        self._begin(200, [("Content-Type", HTML), ("Transfer-Encoding", "chunked")], outlet.handle)
        stopping = self.server.owner.stopping
        end = self.arrived + lasting
        while time.monotonic() < end and not stopping.is_set():
            self._chunk(b".")
            stopping.wait(every)
        self._chunk(b"")

    def _endless(self, outlet: Outlet, limit: int) -> None:
        self._begin(200, [("Content-Type", HTML), ("Transfer-Encoding", "chunked")], outlet.handle)
        line = b"<p>And on it goes, as it went before, and there is more to come.</p>\n"
        block = (line * (CHUNK // len(line) + 1))[:CHUNK]
        sent = 0
        while sent < limit and not self.server.owner.stopping.is_set():
            self._chunk(block[: limit - sent])
            sent += CHUNK
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        if self.command != "HEAD":
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()


def _reply(outlet: Outlet, path: str, sight: Sight, server: Server) -> Reply:
    """What the outlet answers at *path*, for every behaviour that needs no stream."""
    locate = server.locate
    match sight.behaviour:
        case Gone():
            return Reply(410, pages.gone_page(outlet).encode())
        case SoftNotFound(home=True):
            return Reply(302, headers=(("Location", locate(outlet.ref())),))
        case SoftNotFound():
            return Reply(200, pages.missing_page(outlet).encode())
        case ConsentWall(redirect=True):
            gate = f"/privacy-gate?{urlencode({'back': path})}"
            return Reply(302, headers=(("Location", locate(outlet.ref(gate))),))
        case ConsentWall():
            return Reply(200, pages.wall_page(outlet).encode(), headers=(("Cache-Control", "private, no-store"),))
        case Moved(to, status):
            return Reply(status, headers=(("Location", locate(to)),))
        case Busy(retry_after):
            return Reply(429, pages.busy_page(outlet).encode(), headers=_retry_after(retry_after))
        case Failure(status):
            return Reply(status, pages.failure_page(outlet, status).encode())
        case Cut(share):
            whole = _page(outlet, path, sight, server)
            return Reply(whole.status, whole.body, whole.content_type, compress=False, share=share)
        case _:
            return _page(outlet, path, sight, server)


def _page(outlet: Outlet, path: str, sight: Sight, server: Server) -> Reply:
    """The outlet's page at *path* when nothing is wrong."""
    locate = server.locate
    if outlet.by_script and (path == "/frame.js" or sight.article is not None or path.startswith("/data/")):
        return _part_of_frame(outlet, path, sight, locate)
    if sight.article is not None:
        body = pages.article_page(outlet, sight.article, locate, visits=sight.visits).encode()
        return Reply(200, body, modified=sight.changed_at if outlet.validators else None)
    changed = outlet.changed_at if outlet.validators else None
    if path == "/" or path.startswith("/section/"):
        return Reply(200, pages.front_page(outlet, locate, path).encode(), modified=changed)
    if path == outlet.feed_path:
        return Reply(200, feeds.feed(outlet, locate).encode(), feeds.CONTENT_TYPES[outlet.feed], modified=changed)
    if path == "/robots.txt":
        return Reply(200, feeds.robots(outlet, locate).encode(), "text/plain; charset=utf-8")
    if path == "/sitemap.xml":
        return Reply(200, feeds.sitemap_index(outlet, locate).encode(), XML)
    if path == feeds.NEWS_SITEMAP:
        return Reply(200, feeds.news_sitemap(outlet, locate).encode(), XML, modified=changed)
    if path == feeds.ARCHIVE_SITEMAP:
        return Reply(200, feeds.archive_sitemap(outlet, locate), "application/gzip", compress=False)
    if path == "/privacy-gate":
        return Reply(200, pages.wall_page(outlet).encode())
    if path.startswith("/media/"):
        return Reply(200, PIXEL, "image/png", compress=False)
    return Reply(404, pages.missing_page(outlet).encode())


def _part_of_frame(outlet: Outlet, path: str, sight: Sight, locate: pages.Locate) -> Reply:
    """An article in three answers. The first is the same whatever its text says, and so are its validators."""
    if path == "/frame.js":
        return Reply(200, pages.FRAME_SCRIPT.encode(), "text/javascript; charset=utf-8")
    if sight.article is not None:
        published = sight.article.published if outlet.validators else None
        return Reply(200, pages.frame_page(outlet, sight.article, locate).encode(), modified=published)
    try:
        article = outlet.article(path.removeprefix("/data"))
    except KeyError:
        return Reply(404, b"{}", "application/json")
    return Reply(200, pages.article_data(outlet, article, locate).encode(), "application/json")


def _retry_after(value: int | datetime | None) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    text = str(value) if isinstance(value, int) else format_datetime(value.astimezone(UTC), usegmt=True)
    return (("Retry-After", text),)


def _stage(server: Server) -> Reply:
    room = server.room
    outlets = "".join(
        f'<li><a href="{escape(server.url(outlet.handle))}">{escape(outlet.name)}</a> ({outlet.language}), '
        f"{len(outlet.articles())} articles</li>"
        for outlet in room.outlets
    )
    if room.act <= len(room.script):
        act = room.script[room.act - 1]
        button = f'<form method="post" action="/act"><button>Act {room.act + 1}: {escape(act.title)}</button></form>'
    else:
        button = "<p>No further act.</p>"
    body = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Newsroom</title></head>\n'
        f"<body><h1>Newsroom, act {room.act}</h1><ul>{outlets}</ul>{button}</body></html>\n"
    )
    return Reply(200, body.encode())


@cache
def _bomb(size: int) -> bytes:
    """A gzip file of *size* spaces, made at the first request: it takes a second."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    blank = b" " * 1_000_000
    parts = [packer.compress(blank) for _ in range(size // len(blank))]
    return b"".join([*parts, packer.compress(blank[: size % len(blank)]), packer.flush()])
