"""Are real republications found, and pages that share only furniture refused?

    python -m benchmarks.syndication DIR

DIR holds `index.jsonl` and the pages. All pages are served over HTTP, each at an outlet of its own, crawled and processed.
Of each pair, the first side is a story whose text is taken from its capture; the second side is what has to be
recognised. Every other page is looked at against every story as well: nearly all of them have nothing to do with it.
Attribution pages have no other side; of them, the credit line and the foreign canonical address must be seen.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.match.credit import find_credits
from archive.process import process
from archive.running import crawl
from archive.store import Store
from archive.times import utc_now
from archive.types import COPY_KINDS, Story, TextUrl
from archive.urls import registrable_domain
from benchmarks.serving import PageServer, serve, write_watch

NEGATIVE = "shared_boilerplate_only"


def put(server: PageServer, folder: Path, host: str, file: str, url: str | None) -> str:
    """Serve a saved page at *host*, under the path that it had."""
    path = urlsplit(f"http://{url}").path if url else ""
    path = path if len(path) > 1 and path.isascii() else "/article"
    server.pages[host, path] = gzip.decompress((folder / file).read_bytes())
    return server.url(host, path)


def main(folder: Path) -> dict[str, float]:
    records = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    pairs = [record for record in records if record["type"] == "pair"]
    attributions = [record for record in records if record["type"] == "attribution"]
    with tempfile.TemporaryDirectory() as temporary, serve() as server:
        stories = [put(server, folder, f"a{n}.localhost", p["a"]["file"], p["a"]["url"]) for n, p in enumerate(pairs)]
        pages = [put(server, folder, f"b{n}.localhost", p["b"]["file"], p["b"]["url"]) for n, p in enumerate(pairs)]
        alone = [put(server, folder, f"t{n}.localhost", a["file"], None) for n, a in enumerate(attributions)]
        archive = Path(temporary) / "archive.db"
        crawl(write_watch(Path(temporary) / "syndication.toml", [*stories, *pages, *alone]), archive)
        with Store(archive) as store:
            for number, url in enumerate(stories):
                text_url = TextUrl(url, "und", "original")
                store.save_story(
                    Story(f"pair{number}", pairs[number]["a"]["title"] or "", urls=(url,), text_urls=(text_url,)),
                    utc_now(),
                )
        process(archive, now=utc_now)
        with Store(archive) as store:
            found = {
                (row["story"], row["url"]): row for row in store.all_story_pages() if row["story"].startswith("pair")
            }
            read = {url for url in pages if (seen := store.explain(url)) and seen["versions"]}
            extractions = [store.explain(url) for url in alone]
            texts = [store.page_text(e["versions"][-1]["id"]) if e and e["versions"] else None for e in extractions]
    scored = report_pairs(pairs, pages, found, read)
    others = [
        row
        for (story, url), row in found.items()
        if row["kind"] in COPY_KINDS and url not in (stories[int(story[4:])], pages[int(story[4:])])
    ]
    print(f"\n{len(others)} of {len(found) - 2 * len(pairs)} other pages are called a copy of some story:")
    for row in others[:40]:
        number = int(row["story"][4:])
        print(f"  {row['kind']:<10} story {row['coverage_story']:.2f} page {row['coverage_page']:.2f}  "
              f"{pairs[number]['a']['title'][:50]!r} > {(row['title'] or '')[:50]!r}")  # fmt: skip
    figures = scored | report_attributions(attributions, texts)
    print(json.dumps(figures))
    return figures


def report_pairs(
    pairs: list[dict[str, Any]], pages: list[str], found: dict[tuple[str, str], dict[str, Any]], read: set[str]
) -> dict[str, float]:
    right: Counter[str] = Counter()
    print(f"\n{'':<5}{'label':<30}{'kind':<20}{'story':>6}{'page':>6}{'sure':>6}  pages")
    for number, pair in enumerate(pairs):
        row = found.get((f"pair{number}", pages[number]))
        # A page that no look-up gave to the story was read, and has nothing of it: no row is kept.
        kind = row["kind"] if row else "unrelated" if pages[number] in read else "not read"
        claimed = kind in COPY_KINDS
        ok = kind != "not read" and claimed != (pair["label"] == NEGATIVE)
        right[pair["label"]] += ok
        coverage = (row["coverage_story"], row["coverage_page"], row["confidence"]) if row else (0.0, 0.0, 0.0)
        print(f"{'ok' if ok else 'MISS':<5}{pair['label']:<30}{kind:<20}" + "".join(f"{c:>6.2f}" for c in coverage)
              + f"  {pair['a']['host']} > {pair['b']['host']}")  # fmt: skip
    total = Counter(pair["label"] for pair in pairs)
    positive = sum(n for label, n in total.items() if label != NEGATIVE)
    found_copies = sum(n for label, n in right.items() if label != NEGATIVE)
    for label, n in total.items():
        print(f"{label}: {right[label]} of {n} as called for")
    return {
        "copies_found": round(found_copies / positive, 4) if positive else 1.0,
        "boilerplate_refused": round(right[NEGATIVE] / total[NEGATIVE], 4) if total[NEGATIVE] else 1.0,
        "pairs": positive,
        "boilerplate_pairs": total[NEGATIVE],
    }


def report_attributions(records: list[dict[str, Any]], texts: list[Any]) -> dict[str, float]:
    elsewhere = credited = seen_elsewhere = seen_credit = 0
    for record, text in zip(records, texts, strict=True):
        if record["canonical_points_elsewhere"]:
            elsewhere += 1
            canonical = text.markup.canonical if text else None
            ok = canonical is not None and registrable_domain(canonical) == registrable_domain(record["canonical"])
            seen_elsewhere += ok
            if not ok:
                print(f"foreign canonical not seen: {record['file']}: {canonical}")
        if record["credit_lines"]:
            credited += 1
            ok = text is not None and bool(find_credits(text.text))
            seen_credit += ok
            if not ok:
                print(f"credit line not seen: {record['file']}: …{record['credit_lines'][0][-110:]}")
    return {
        "foreign_canonical_seen": round(seen_elsewhere / elsewhere, 4) if elsewhere else 1.0,
        "credit_lines_seen": round(seen_credit / credited, 4) if credited else 1.0,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
