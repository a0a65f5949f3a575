"""How fast the reading pages answer, on generated archives of two sizes, in process and without a network.

Told is the time of the processor, so that a busy machine does not change it; nothing here waits for a network.

    python -m benchmarks.browse                    2,000 and 20,000 versions
    python -m benchmarks.browse 2000 200000        as the goal is stated; takes minutes and 1.5 GB
    python -m benchmarks.browse --folder FOLDER    keeps the archives there, to be measured again

Each page is asked for several times; the median is told, and how much slower the larger archive is. The story has 150
copies of 1,000 words. Goals: story, timeline, changes and search below 100 ms, compare below 150 ms, each below 1.5 times
the same on the smaller archive; the table of who kept what, the first time that it is asked for, below 500 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from sqlite_utils import Database

from archive.diff import VersionText, diff
from archive.schema import migrations
from datasette_config import collating
from datasette_config.serve import make_datasette

COPIES = 150
ROUNDS = 15
_WORDS = [
    "harbour",
    "council",
    "water",
    "spring",
    "boat",
    "market",
    "winter",
    "engineer",
    "report",
    "page",
    "minister",
    "river",
    "school",
    "bridge",
    "evening",
    "ferry",
    "board",
    "member",
    "crown",
    "island",
    "passenger",
    "dairy",
    "hospital",
    "signal",
    "tower",
    "paper",
    "letter",
    "morning",
    "question",
    "answer",
    "station",
    "record",
    "summer",
    "traffic",
    "village",
    "captain",
    "inspector",
    "contract",
    "repair",
    "season",
    "office",
    "window",
    "garden",
    "neighbour",
    "festival",
    "weather",
]
_SMALL = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "that",
    "was",
    "for",
    "on",
    "with",
    "by",
    "from",
    "at",
    "its",
    "had",
    "not",
    "but",
    "this",
    "which",
    "were",
]


def sentence(rng: random.Random) -> str:
    words = [rng.choice(_SMALL if place % 2 else _WORDS) for place in range(rng.randint(9, 24))]
    return " ".join(words).capitalize() + f" {rng.randint(2, 990)}."


def article(rng: random.Random, words: int = 1000) -> list[str]:
    found: list[str] = []
    while sum(len(one.split()) for one in found) < words:
        found.append(" ".join(sentence(rng) for _ in range(3)))
    return found


def edited(rng: random.Random, paragraphs: list[str], share: float) -> list[str]:
    """Some paragraphs with one word in twenty changed, some left out."""
    found = []
    for paragraph in paragraphs:
        drawn = rng.random()
        if drawn < share / 4:
            continue
        if drawn < share:
            words = paragraph.split()
            for _ in range(max(1, len(words) // 20)):
                words[rng.randrange(len(words))] = rng.choice(_WORDS)
            paragraph = " ".join(words)
        found.append(paragraph)
    return found


def generate(path: Path, versions: int) -> None:
    """An archive of one story with its copies, and of other pages that were edited now and then."""
    migrations.apply(Database(path))
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    rng = random.Random(1)
    story = article(rng)
    stock = [article(rng, 700) for _ in range(300)]
    now = "2026-03-01T08:00:00.000Z"
    db.execute(
        "INSERT INTO story (id, slug, title, outlet, aliases, short_ids, languages, alerts, created_at) "
        "VALUES (1, 'ferry', 'The ferry', 'The Courier', '[]', '[]', '[]', '[]', ?)", (now,)
    )  # fmt: skip
    text = "\n".join(story)
    db.execute(
        "INSERT INTO story_text (id, story_id, language, role, text, text_sha256, source, active) "
        "VALUES (1, 1, 'en', 'original', ?, ?, 'file:en.txt', 1)", (text, hashlib.sha256(text.encode()).hexdigest())
    )  # fmt: skip
    made = page = 0
    for page, texts in enumerate(_pages(rng, story, stock, versions), 1):
        outlet = page if page <= COPIES else 1 + page % 400
        domain, url = f"outlet{outlet}.test", f"https://outlet{outlet}.test/{page}"
        db.execute("INSERT OR IGNORE INTO outlet VALUES (?, ?, ?)", (outlet, domain, now))
        db.execute("INSERT INTO page VALUES (?, ?, ?, ?, 'page', ?)", (page, outlet, url, url, now))
        db.execute(
            "INSERT INTO page_url (page_id, url, url_key, reason, first_seen, last_seen) VALUES (?, ?, ?, 'fetched', ?, ?)",
            (page, url, url, now, now),
        )
        before = None
        for number, paragraphs in enumerate(texts, 1):
            made += 1
            said = "\n".join(paragraphs)
            title = " ".join(paragraphs[0].split()[:9])
            digest = hashlib.sha256(f"{made} {said}".encode()).hexdigest()
            at = f"2026-{1 + made % 12:02}-{1 + made // 12 % 28:02}T{number:02}:00:00.000Z"
            db.execute("INSERT INTO body VALUES (?, x'00', 1, ?)", (digest, at))
            db.execute(
                "INSERT INTO capture (id, page_id, purpose, url, final_url, redirects, started_at, finished_at, status, headers, "
                "body_sha256, not_modified, origin, prev_log_hash, log_hash) "
                "VALUES (?, ?, 'page', ?, ?, '[]', ?, ?, 200, '[]', ?, 0, 'live', '', '')",
                (made, page, url, url, at, at, digest),
            )
            db.execute(
                "INSERT INTO extraction (id, body_sha256, label, path, title, language, text, text_sha256, links, markup) "
                "VALUES (?, ?, 'one', 'article', ?, 'en', ?, ?, '[]', '{}')", (made, digest, title, said, digest)
            )  # fmt: skip
            db.execute(
                "INSERT INTO reading (capture_id, label, extraction_id, quality, reasons, decision, why) "
                "VALUES (?, 'one', ?, 1, '[]', 'new_version', 'changed')", (made, made)
            )  # fmt: skip
            db.execute(
                "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, '[]')",
                (made, page, number, made, made, at, at, made),
            )
            db.execute("INSERT INTO version_fts (rowid, title, text) VALUES (?, ?, ?)", (made, title, said))
            if before is not None:
                # One real diff stands for all: what is measured is how rows are found and shown.
                db.execute(
                    "INSERT INTO change (old_version_id, new_version_id, label, fields, similarity, words_added, words_removed, "
                    "moves, significance, reasons, summary, diff_hash, seen_at) VALUES (?, ?, 'one', '{}', .98, 3, 3, 0, ?, ?, ?, ?, ?)",
                    (made - 1, made, rng.random(), json.dumps(["figure changed: 41 → 39"]), "98 % the same; 3 words added", digest, at),
                )  # fmt: skip
            before = said
        if page <= COPIES:
            db.execute(
                "INSERT INTO match (version_id, story_id, story_text_id, kind, coverage_story, coverage_page, similarity, "
                "confidence, explanation, evidence, label, texts) VALUES (?, 1, 1, 'copy', .9, .9, .9, .9, 'a copy', '{}', 'one', '0')",
                (made,),
            )
    db.commit()
    db.execute("ANALYZE")
    db.commit()
    db.close()


def _pages(rng: random.Random, story: list[str], stock: list[list[str]], versions: int) -> Iterator[list[list[str]]]:
    """The texts of each page, version by version; the copies of the story first."""
    left = versions
    for _ in range(COPIES):
        left -= 1
        yield [edited(rng, story, 0.4)]
    while left > 0:
        # A word that stands on one page only, as some names do.
        first = [f"The keeper of skerry{versions - left} was not asked.", *edited(rng, rng.choice(stock), 0.3)]
        texts = [first]
        for _ in range(min(left, rng.choice((1, 1, 2, 4))) - 1):
            texts.append(edited(rng, texts[-1], 0.1) or first)
        left -= len(texts)
        yield texts


async def measure(path: Path) -> dict[str, float]:
    """Median milliseconds of processor time of each page."""
    ds = make_datasette(path)
    db = sqlite3.connect(path)
    (a, b), page = db.execute("SELECT old_version_id, new_version_id FROM change LIMIT 1").fetchone(), COPIES + 1
    pages = {
        "home": "/-/afterprint",
        "story": "/archive/-/story/ferry",
        "timeline": f"/archive/-/page/{page}",
        "changes": "/archive/-/changes",
        "changes.atom": "/archive/-/changes.atom",
        "search, a rare word": f"/archive/-/search?q=harbour+skerry{COPIES}",
        "search, words that stand everywhere": "/archive/-/search?q=harbour+inspector+contract",
        "search.atom": "/archive/-/search.atom?q=harbour+inspector+contract",
        "compare": f"/archive/-/compare?a={a}&b={b}",
        "kept, first time": "/archive/-/story/ferry/kept",
        "kept, again": "/archive/-/story/ferry/kept",
        "heat": "/archive/-/story/ferry/heat",
        "descent": "/archive/-/story/ferry/descent",
    }
    found = {}
    for name, address in pages.items():
        took = []
        for _ in range(ROUNDS):
            if name == "kept, first time":
                collating.forget()
            start = time.process_time()
            response = await ds.client.get(address)
            took.append(1000 * (time.process_time() - start))
            assert response.status_code == 200, (address, response.status_code)
        found[name] = statistics.median(took)
    return found


def live_blog() -> float:
    """Seconds to compare two versions of a live blog of 0.5 MB."""
    rng = random.Random(2)
    old = [sentence(rng) + " " + sentence(rng) for _ in range(3200)]
    new = [sentence(rng) for _ in range(12)] + edited(rng, old, 0.02)
    start = time.process_time()
    diff(VersionText(text="\n".join(old)), VersionText(text="\n".join(new)))
    return time.process_time() - start


def archive_of(folder: Path, size: int) -> Path:
    """The generated archive of *size* versions in *folder*: made if it is not there yet."""
    path = folder / str(size) / "archive.db"
    if not path.exists():
        start = time.perf_counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        generate(unfinished, size)
        unfinished.rename(path)
        print(f"{size:,} versions, {path.stat().st_size / 1e6:,.0f} MB, made in {time.perf_counter() - start:.0f} s")
    return path


def main(sizes: list[int], folder: Path) -> None:
    found = {size: asyncio.run(measure(archive_of(folder, size))) for size in sizes}
    small, large = sizes[0], sizes[-1]
    print(f"{'page':<36}{f'{small:,}':>12}{f'{large:,}':>12}   ratio   (median ms of {ROUNDS})")
    for name, slow in found[large].items():
        fast = found[small][name]
        print(f"{name:<36}{fast:>12.0f}{slow:>12.0f}{slow / fast:>8.2f}")
    print(f"live blog of 0.5 MB: {live_blog():.2f} s; memory: {psutil.Process().memory_info().rss / 1e6:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[2_000, 20_000], help="versions of each archive")
    parser.add_argument("--folder", type=Path, help="where the archives are kept, to be measured again")
    asked = parser.parse_args()
    if asked.folder:
        main(asked.sizes, asked.folder)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(asked.sizes, Path(temporary))
