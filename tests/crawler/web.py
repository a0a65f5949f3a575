"""A small web on 127.0.0.1: many hosts behind one port, told by the Host header, each with pages that misbehave.

::

    web = Web()
    web.page("a.localhost", "/x", body=b"hello")
    web.page("b.localhost", "/slow", answer=lambda request: ...)
    web.asked("a.localhost")   # [Asked(at=…, path="/robots.txt", …), Asked(at=…, path="/x", …)]
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    at: float
    host: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Page:
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None


class Web:
    """Start with `with Web() as web:`; unknown paths answer 404, and so does robots.txt unless it is set."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], Page] = {}
        #: host -> what answers for all its paths that are not in `pages`
        self.hosts: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.log: list[Asked] = []
        self._lock = threading.Lock()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                web.serve(self)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def page(self, host: str, path: str, **page: Any) -> str:
        """Set what is answered there; returns the URL."""
        self.pages[host, path] = Page(**page)
        return self.url(host, path)

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self, host: str) -> list[Asked]:
        with self._lock:
            return [asked for asked in self.log if asked.host == host]

    def paths(self, host: str) -> list[str]:
        return [asked.path for asked in self.asked(host)]

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        host = request.headers.get("Host", "").rpartition(":")[0]
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._lock:
            self.log.append(Asked(time.monotonic(), host, request.path, headers))
        known = self.pages.get((host, request.path))
        if known is None and host in self.hosts and request.path != "/robots.txt":
            self.hosts[host](request)
            return
        page = known or Page(404, body=b"not here")
        if page.answer is not None:
            page.answer(request)
            return
        send(request, page.status, page.headers, page.body)


def send(
    request: BaseHTTPRequestHandler, status: int, headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> None:
    """A whole answer with its length."""
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    if status not in (204, 304):
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if status not in (204, 304):
        request.wfile.write(body)


class Trap:
    """A port on this machine that nobody may knock at: it counts connections and answers none."""

    def __init__(self, ip: str, port: int = 0) -> None:
        self.socket = socket.create_server((ip, port))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://{ip}:{self.port}"
        self.connections = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()
