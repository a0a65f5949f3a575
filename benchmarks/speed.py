"""How fast crawl and processing are together, against the plain pipeline and against trafilatura alone.

    python -m benchmarks.speed DIR [--pages 1000] [--rounds 3]

DIR is searched for saved pages (*.html.gz). They are served from this machine by a process of its own. In turn, each round:
afterprint's `run` (crawl beside two workers; every page extracted, versioned, and matched against a story), the plain
pipeline (`benchmarks/plain_pipeline.py`), and trafilatura as called by default over the same bodies in two processes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import trafilatura

from archive.running import run
from archive.store import Store
from benchmarks.serving import serve, write_watch
from crawler.newsroom.ferry import ENGLISH

LANGUAGES = ("en", "nl", "de")
"""In which copies of the story are looked for; a page in another language is read, but not translated."""


def chosen_pages(folder: Path, number: int) -> list[bytes]:
    files = sorted(file for file in folder.rglob("*.html.gz") if file.is_file())
    random.Random(1).shuffle(files)
    bodies = dict.fromkeys(gzip.decompress(file.read_bytes()) for file in files[: 2 * number])
    return [body for body in bodies if len(body) > 2_000][:number]


def serve_pages(bodies: list[bytes], pipe: Connection) -> None:
    with serve() as server:
        for number, body in enumerate(bodies):
            server.pages["127.0.0.1", f"/2024/{number}/article"] = body
        pipe.send(server.port)
        pipe.recv()


def extract_default(body: bytes) -> int:
    document = trafilatura.bare_extraction(body, with_metadata=True)
    return len(document.text or "") if document is not None else 0


def time_afterprint(urls: list[str], folder: Path) -> float:
    (folder / "story.txt").write_text(ENGLISH, encoding="utf-8")
    extra = '[outlet]\nname = "The Harbour Courier"'
    watch = write_watch(folder / "speed.toml", urls, story_file="story.txt", extra=extra, languages=LANGUAGES)
    archive = folder / "archive.db"
    started = time.perf_counter()
    run(watch, archive, workers=2)
    elapsed = time.perf_counter() - started
    with Store(archive) as store:
        captures = store.counts()["capture"]
    if captures < len(urls):
        raise RuntimeError(f"{captures} captures of {len(urls)} pages")
    return elapsed


def time_plain(urls: list[str], folder: Path) -> float:
    listed = folder / "urls.txt"
    listed.write_text("\n".join(urls), encoding="utf-8")
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.plain_pipeline", str(listed), str(folder / "plain.db")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def time_trafilatura(bodies: list[bytes]) -> float:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(extract_default, bodies[:2]))  # start both workers before the clock
        started = time.perf_counter()
        list(pool.map(extract_default, bodies, chunksize=4))
        return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    bodies = chosen_pages(options.folder, options.pages)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve_pages, args=(bodies, theirs), daemon=True)
    server.start()
    port = ours.recv()
    urls = [f"http://127.0.0.1:{port}/2024/{number}/article" for number in range(len(bodies))]
    rates: dict[str, list[float]] = {"afterprint": [], "plain pipeline": [], "trafilatura alone": []}
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            rates["afterprint"].append(len(bodies) / time_afterprint(urls, folder))
            rates["plain pipeline"].append(len(bodies) / time_plain(urls, folder))
            rates["trafilatura alone"].append(len(bodies) / time_trafilatura(bodies))
        print(
            f"round {number + 1}: " + ", ".join(f"{name} {values[-1]:.1f}" for name, values in rates.items()),
            flush=True,
        )
    ours.send(None)
    against = {
        name: statistics.median(a / b for a, b in zip(rates["afterprint"], rates[name], strict=True)) for name in rates
    }
    print(
        f"\n{len(bodies)} pages, {sum(map(len, bodies)) / len(bodies) / 1000:.0f} kB on average, {options.rounds} rounds in turn\n"
    )
    print(f"{'':<20}{'pages/s (median)':>18}{'afterprint is … times':>24}")
    for name, values in rates.items():
        print(f"{name:<20}{statistics.median(values):>18.1f}{against[name]:>24.2f}")
    print(
        json.dumps(
            {
                "pages": len(bodies),
                "times_plain_pipeline": round(against["plain pipeline"], 3),
                "times_trafilatura_alone": round(against["trafilatura alone"], 3),
            }
        )
    )


if __name__ == "__main__":
    main()
