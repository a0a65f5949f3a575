"""Does the crawl process stay flat?

    python -m benchmarks.memory [--pages 20000]

A server of its own process makes pages up; one sitemap names them all. The crawl's resident memory is read when a
quarter of the pages has been fetched, and at the end.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from archive.store import Store
from benchmarks.serving import serve

WATCH = """[outlet]
urls = ["{base}/p/0"]
[sources]
sitemaps = ["{base}/sitemap.xml"]
search = false
[politeness]
contact = "https://example.org/afterprint-benchmark"
delay = "0s"
allow_private = ["127.0.0.1"]
max_pages = 10000000
max_pages_per_host = 10000000
"""


class MadeUpPages(dict[tuple[str, str], bytes]):
    """Answers every path under /p/ with a page of its own of about 8 kB, and /sitemap.xml with all of them."""

    def __init__(self, base: str, number: int) -> None:
        self.base, self.number = base, number

    def get(self, key: tuple[str, str], default: bytes | None = None) -> bytes | None:  # type: ignore[override]
        path = key[1]
        if path == "/sitemap.xml":
            return b"".join(self._sitemap())
        if not path.startswith("/p/"):
            return default
        words = random.Random(path)
        text = " ".join(f"{words.randrange(10**6):x}" for _ in range(1_200))
        return f"<html><head><title>{path}</title></head><body><p>{text}</p></body></html>".encode()

    def _sitemap(self) -> Iterator[bytes]:
        yield b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        for number in range(self.number):
            yield f"<url><loc>{self.base}/p/{number}</loc></url>".encode()
        yield b"</urlset>"


def serve_made_up(number: int, pipe: Connection) -> None:
    with serve() as server:
        server.pages = MadeUpPages(f"http://127.0.0.1:{server.port}", number)
        pipe.send(server.port)
        pipe.recv()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve_made_up, args=(options.pages, theirs), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{ours.recv()}"
    seen: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "archive.db"
        watch = Path(temporary) / "memory.toml"
        watch.write_text(WATCH.format(base=base), encoding="utf-8")
        Store(archive).close()
        started = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-m", "crawler", str(watch), "--archive", str(archive)])
        process = psutil.Process(child.pid)
        with Store(archive, readonly=True) as store:
            while child.poll() is None:
                try:
                    resident = process.memory_info().rss / 1e6
                except psutil.NoSuchProcess:
                    break
                seen[store.newest_capture_id()] = resident
                time.sleep(0.5)
        elapsed = time.perf_counter() - started
        with Store(archive) as store:
            captures = store.counts()["capture"]
    ours.send(None)
    quarter = min(seen, key=lambda captured: abs(captured - options.pages / 4))
    print(f"\n{'captures':>10}{'resident MB':>14}")
    for step in range(1, 9):
        nearest = min(seen, key=lambda captured: abs(captured - options.pages * step / 8))
        print(f"{nearest:>10}{seen[nearest]:>14.1f}")
    last = max(seen)
    figures = {
        "captures": captures,
        "pages_per_second": round(captures / elapsed, 1),
        "mb_at_a_quarter": round(seen[quarter], 1),
        "mb_at_the_end": round(seen[last], 1),
        "ratio": round(seen[last] / seen[quarter], 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
