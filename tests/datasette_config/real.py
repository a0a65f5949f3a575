"""An archive of real saved pages, for tests of how the reading pages bear them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from archive.process import process
from archive.running import crawl
from archive.store import Store
from archive.times import utc_now
from archive.types import Story, TextUrl
from benchmarks.captures import read_sets
from benchmarks.serving import serve, write_watch
from benchmarks.syndication import put

#: Captures of one page that are crawled, one after the other.
MOST_CAPTURES = 2
#: Pairs of a story and its republication; most of the time goes into matching them.
MOST_PAIRS = 16


def build_real(data: Path, path: Path) -> Path:
    """Saved captures as pages with versions, saved republications as stories with copies; all crawled over HTTP."""
    captures, syndication = data / "web" / "captures", data / "web" / "syndication"
    records = [json.loads(line) for line in (syndication / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    pairs = [record for record in records if record["type"] == "pair"][:MOST_PAIRS]
    sets = read_sets(captures)
    with serve() as server:
        stories = [
            put(server, syndication, f"a{n}.localhost", p["a"]["file"], p["a"]["url"]) for n, p in enumerate(pairs)
        ]
        urls = [put(server, syndication, f"b{n}.localhost", p["b"]["file"], p["b"]["url"]) for n, p in enumerate(pairs)]
        for turn in range(MOST_CAPTURES):
            for number, one in enumerate(sets):
                if turn < len(one.files):
                    server.pages[f"s{number}.localhost", one.path] = gzip.decompress(one.files[turn].read_bytes())
                    urls.append(server.url(f"s{number}.localhost", one.path))
            crawl(
                write_watch(path.parent / f"turn{turn}.toml", [*(stories if turn == 0 else []), *urls]),
                path,
                again=True,
            )
            urls = []
            if turn == 0:
                with Store(path) as store:
                    for number, url in enumerate(stories):
                        text_url = TextUrl(url, "und", "original")
                        title = pairs[number]["a"]["title"] or ""
                        store.save_story(Story(f"pair{number}", title, urls=(url,), text_urls=(text_url,)), utc_now())
        process(path, now=utc_now)
    return path
