"""Ten people read the archive in Datasette while a crawl writes to it: do they notice?

    python -m benchmarks.readers [--pages 400] [--hosts 20] [--seconds 20]

Invented articles of many outlets, copies of one story among them, are served from this machine, crawled and processed. Then a
real Datasette serves the archive, and ten clients read its pages in turn, each with a pause of half a second between two, as
people leave: for some seconds while nothing else happens, and again while `afterprint run` asks each host for a page a second and
reads what comes, with new texts, so that crawl and processing write all the time. Idle and busy take turns, twice.

The last line is one JSON object: `ratio`, the median over the pages of (median busy) / (median idle), goal at most 2;
`worst_ratio` of one page; `p95_ms` while busy; `errors`, answers other than 200, goal 0; `written`, captures meanwhile.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from archive.store import Store
from benchmarks.serving import PageServer, serve, write_watch
from crawler.newsroom.ferry import ENGLISH
from datasette_config.serve import serve_arguments

READERS = 10
THINK = 0.5
ROUNDS = 2


@dataclass(slots=True)
class Seen:
    """What the readers met with."""

    #: path -> seconds of each answer
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def article(number: int, edition: int) -> bytes:
    """Each fourth is a copy of the story; all are edited with each edition."""
    lines = ENGLISH.splitlines() if number % 4 == 0 else []
    lines += [
        f"In edition {edition} of article {number}, the harbour office counted {number * 7 + edition} boats at quay {n}."
        for n in range(12)
    ]
    text = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head><title>Article {number}</title></head><body><article><h1>Article {number}</h1>{text}</article></body></html>".encode()


def publish(server: PageServer, pages: int, hosts: int, edition: int) -> list[str]:
    urls = []
    for number in range(pages):
        host, path = f"outlet{number % hosts}.localhost", f"/2026/{number}/article"
        server.pages[host, path] = article(number, edition)
        urls.append(server.url(host, path))
    return urls


@contextmanager
def datasette(archive: Path) -> Iterator[str]:
    """A Datasette of its own on *archive*; its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", *serve_arguments(archive, port=port)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with suppress(OSError), urllib.request.urlopen(f"{base}/-/versions.json", timeout=5):
                break
            time.sleep(0.1)
        yield base
    finally:
        child.terminate()
        child.wait(30)


def read(base: str, paths: Sequence[str], seconds: float) -> Seen:
    """Ten clients for so many *seconds*, each beginning elsewhere."""
    seen, end, lock = Seen(), time.monotonic() + seconds, threading.Lock()

    def reader(number: int) -> None:
        turn = number
        while time.monotonic() < end:
            path = paths[turn % len(paths)]
            turn += 1
            began = time.perf_counter()
            try:
                with urllib.request.urlopen(base + path, timeout=60) as answer:
                    answer.read()
                error = ""
            except (urllib.error.URLError, OSError) as failure:
                error = f"{path}: {failure}"
            took = time.perf_counter() - began
            with lock:
                seen.times[path].append(took)
                if error:
                    seen.errors.append(error)
            time.sleep(THINK)

    threads = [threading.Thread(target=reader, args=(number,), daemon=True) for number in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def paths_of(archive: Path) -> list[str]:
    """One of each reading page, and two of Datasette's own."""
    with Store(archive, readonly=True) as store:
        story = store.stories()[0]
        assert story.id is not None
        page = store.story_pages(story.id)[0]
        change = store.weightiest_change()
    assert change is not None
    base = f"/{archive.stem}"
    compare = f"{base}/-/compare?a={change['old_version_id']}&b={change['new_version_id']}"
    return [
        "/-/afterprint", f"{base}/-/story/{story.slug}", f"{base}/-/page/{page['page_id']}", compare, f"{base}/-/changes",
        f"{base}/-/search?q=harbour", f"{base}/-/health", f"{base}/captures", f"{base}/versions.json",
    ]  # fmt: skip


def start_run(watch: Path, archive: Path) -> subprocess.Popen[bytes]:
    """`afterprint run`, which crawls and processes, in processes of its own."""
    arguments = [sys.executable, "-m", "archive.cli", "--archive", str(archive), "run", str(watch), "--workers", "1"]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main(pages: int = 400, hosts: int = 20, seconds: float = 20.0) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as temporary, serve() as server:
        folder = Path(temporary)
        archive = folder / "archive.db"
        (folder / "story.txt").write_text(ENGLISH, encoding="utf-8")
        listed = publish(server, pages, hosts, 0)
        watch = write_watch(
            folder / "readers.toml",
            listed,
            story_file="story.txt",
            extra='[outlet]\nname = "The Harbour Courier"',
            languages=("en",),
        )
        for edition in (0, 1):
            publish(server, pages, hosts, edition)
            start_run(watch, archive).wait()
            time.sleep(1.5)  # until all is due again
        watch.write_text(watch.read_text(encoding="utf-8").replace('delay = "0s"', 'delay = "1s"'), encoding="utf-8")
        idle, busy, written = Seen(), Seen(), 0
        with datasette(archive) as base:
            paths = paths_of(archive)
            read(base, paths, 2.0)  # what is loaded once is loaded
            for edition in range(2, 2 + ROUNDS):
                add(idle, read(base, paths, seconds))
                publish(server, pages, hosts, edition)
                before = captures(archive)
                child = start_run(watch, archive)
                while captures(archive) == before:
                    time.sleep(0.1)
                add(busy, read(base, paths, seconds))
                written += captures(archive) - before
                child.terminate()
                child.wait(60)
    ratios = {path: statistics.median(busy.times[path]) / statistics.median(idle.times[path]) for path in paths}
    print(f"{'page':<44}{'idle':>9}{'busy':>9}{'ratio':>8}")
    for path, ratio in ratios.items():
        still, at_work = (1000 * statistics.median(seen.times[path]) for seen in (idle, busy))
        print(f"{path.partition('?')[0]:<44}{still:>6.0f} ms{at_work:>6.0f} ms{ratio:>8.2f}")
    for error in (idle.errors + busy.errors)[:10]:
        print(error)
    every = sorted(took for times in busy.times.values() for took in times)
    figures = {
        "readers": READERS,
        "pages_read": len(every),
        "written": written,
        "errors": len(idle.errors) + len(busy.errors),
        "ratio": round(statistics.median(ratios.values()), 2),
        "worst_ratio": round(max(ratios.values()), 2),
        "p95_ms": round(1000 * every[int(len(every) * 0.95)]),
    }
    print(json.dumps(figures))
    return figures


def add(total: Seen, more: Seen) -> None:
    for path, times in more.times.items():
        total.times[path] += times
    total.errors += more.errors


def captures(archive: Path) -> int:
    with Store(archive, readonly=True) as store:
        return store.counts()["capture"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    main(options.pages, options.hosts, options.seconds)
