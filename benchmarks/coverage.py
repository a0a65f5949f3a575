"""How many copies are found in a web of newspapers, and how many of its pages are fetched for it?

    python -m benchmarks.coverage [PAGES]

5,000 pages, 60 of them copies: whole, cut, in part, translated. Each is behind one kind of source only (`coverage_web`). The
program is run as a user runs it, with a budget of a quarter of the pages, against servers on this machine that speak the
protocols of all sources. Found is a copy whose page is in the archive, recognised one that the matcher calls a copy; fetched
is what the newspapers' server saw.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.running import run
from archive.store import Store
from archive.times import utc_now
from archive.types import COPY_KINDS
from archive.urls import url_key
from benchmarks.coverage_web import COPIES, DOMAIN, Coverage, open_web
from crawler.discovery.search.media_cloud import TOKEN_VARIABLE
from crawler.newsroom import ferry
from crawler.seeding import seed
from crawler.watch import load_watch

PAGES = 5000
SHARE = 0.25

NAME_SERVER = f"""
import socket
_asked = socket.getaddrinfo
def getaddrinfo(host, *rest, **more):
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name.endswith(".{DOMAIN}"):
        return _asked("127.0.0.1", *rest, **more)
    if name in ("localhost", "127.0.0.1"):
        return _asked(host, *rest, **more)
    raise socket.gaierror(-2, "Name or service not known")
socket.getaddrinfo = getaddrinfo
"""
"""What the programs started here take for the name server: nothing leaves this machine."""


def main(pages: int = PAGES, copies: Mapping[str, int] = COPIES) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as temporary, open_web(pages, copies, utc_now()) as coverage:
        folder = Path(temporary)
        (folder / "story.txt").write_text(ferry.ENGLISH, encoding="utf-8")
        watch = folder / "coverage.toml"
        watch.write_text(coverage.watch(), encoding="utf-8")
        archive = folder / "archive.db"
        with _environment(folder):
            _import(coverage, watch, archive, folder)
            began = time.monotonic()
            run(watch, archive, budget=int(pages * SHARE))
        seconds = time.monotonic() - began
        with Store(archive, readonly=True) as store:
            rows = {url_key(row["url"]): row["kind"] for row in store.all_story_pages()}
            urls = [coverage.server.locate(copy.at) for copy in coverage.copies]
            found = {url for url in urls if (known := store.explain(url)) and known["versions"]}
            recognised = {url for url in urls if rows.get(url_key(url)) in COPY_KINDS}
            _print(coverage, found, recognised, store)
        fetched = _fetched(coverage)
    figures = {
        "found": len(found),
        "recognised": len(recognised),
        "copies": len(coverage.copies),
        "fetched_share": round(fetched / pages, 4),
        "pages": pages,
        "seconds": round(seconds),
    }
    print(json.dumps(figures))
    return figures


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """What the crawl, a program of its own, finds: our name server, and a token."""
    (folder / "sitecustomize.py").write_text(NAME_SERVER, encoding="utf-8")
    before = dict(os.environ)
    paths = [str(folder), *filter(None, [before.get("PYTHONPATH")])]
    os.environ.update({"PYTHONPATH": os.pathsep.join(paths), TOKEN_VARIABLE: "right-token"})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _import(coverage: Coverage, watch: Path, archive: Path, folder: Path) -> None:
    """Import the user's list, as `afterprint import leads` does, for a story that the archive knows."""
    with Store(archive) as store:
        seed(store, load_watch(watch), run_id=None, now=utc_now())
    (folder / "list.txt").write_text("\n".join(coverage.imported), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "archive.cli",
        "--archive",
        str(archive),
        "import",
        "leads",
        str(folder / "list.txt"),
    ]
    subprocess.run([*command, "--story", "coverage"], check=True)


def _fetched(coverage: Coverage) -> int:
    """Pages of the web that the server was asked for, each counted once."""
    room = coverage.server.room
    asked = {(visit.outlet, visit.path.partition("?")[0]) for visit in coverage.server.log}
    return sum(1 for handle, path in asked if handle in room and room[handle].visit(path).article is not None)


def _print(coverage: Coverage, found: Collection[str], recognised: Collection[str], store: Store) -> None:
    behind: dict[str, Counter[str]] = {}
    for copy in coverage.copies:
        url = coverage.server.locate(copy.at)
        what = "missed" if url not in found else "found" if url in recognised else "found, not recognised"
        behind.setdefault(copy.behind, Counter())[what] += 1
        if what != "found":
            print(f"{what}, behind {copy.behind}: {url} ({_became(store.explain(url) or {})})")
    print(f"\n{'behind':<16}copies")
    for source, outcomes in behind.items():
        print(f"{source:<16}{', '.join(f'{count} {what}' for what, count in outcomes.items())}")


def _became(known: Mapping[str, Any]) -> str:
    """What came of a page that is missed or not recognised, by all that the archive knows of it."""
    if not known.get("leads"):
        return "no source named it"
    named = f"named, likely {max(lead['score'] or 0.0 for lead in known['leads']):.2f}"
    judged = dict.fromkeys(f"{capture['decision']} ({capture['why']})" for capture in known["captures"])
    return f"{named}; fetched: {', '.join(judged)}" if judged else f"{named}; never fetched"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
