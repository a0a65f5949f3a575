"""A server of saved pages on 127.0.0.1, and the watch files that crawl it. For benchmarks and evaluations."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Pages = Mapping[tuple[str, str], bytes]
"""(host name without port, path with query) -> body."""


class PageServer:
    """Serves whatever `pages` holds at the moment of the request; everything else is 404."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], bytes] = {}
        self.content_type = "text/html"  # saved pages carry their charset, or do not, in themselves
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                host = (self.headers.get("Host") or "").partition(":")[0]
                body = server.pages.get((host, self.path))
                self.send_response(200 if body is not None else 404)
                body = b"" if body is None else body
                self.send_header("Content-Type", server.content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serve() -> Iterator[PageServer]:
    """A page server while the block runs."""
    server = PageServer()
    thread = threading.Thread(target=server._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server._server.shutdown()
        server._server.server_close()
        thread.join(5)


def write_watch(
    file: Path, pages: Iterable[str], *, story_file: str | None = None, extra: str = "", languages: Iterable[str] = ()
) -> Path:
    """A watch that crawls *pages* of this machine without delay."""
    listed = list(pages)
    # Without a story text nothing is matched: a URL named under [outlet] is known, but promises no text.
    text = f'[[text]]\nfile = "{story_file}"\n' if story_file else f"[outlet]\nurls = {json.dumps(listed[:1])}\n"
    file.write_text(
        f"""languages = {json.dumps(list(languages))}
{text}
{extra}
[sources]
pages = {json.dumps(listed)}
follow_copies = false
search = false
[schedule]
every = "1s"
fresh = "1s"
[politeness]
contact = "https://example.org/afterprint-benchmark"
delay = "0s"
allow_private = ["127.0.0.1"]
max_pages = 1000000
max_pages_per_host = 1000000
""",
        encoding="utf-8",
    )
    return file
