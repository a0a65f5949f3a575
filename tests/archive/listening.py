"""What tests of things that go out over the network share: a server that can be switched off, and a clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

T = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)


class Clock:
    """Time as these tests pass it."""

    def __init__(self) -> None:
        self.at = T

    def __call__(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> None:
        self.at += by


class Listening:
    """An HTTP server on this machine; switched off and on again it has the port that it had."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.port = 0
        self._handler = handler
        self._server: ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
