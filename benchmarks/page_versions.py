"""Are the changes that analysts call important flagged, and those that they call unimportant kept quiet?

    python -m benchmarks.page_versions DIR

DIR holds `index.jsonl` with pairs of captures of one page (`a`, `b`) and the label that people gave each: `important_change`,
`unimportant_change`. Every page is served over HTTP, first as a, then as b, crawled both times and processed. A change is
flagged if its significance reaches the threshold from which on lists show it; quiet if there is none, or a lesser one.
Pairs without a label are shown and not scored.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.diff import NOTABLE
from archive.process import process
from archive.running import crawl
from archive.store import Store
from archive.times import utc_now
from benchmarks.serving import serve, write_watch

CALLED_FOR = {"important_change": True, "unimportant_change": False}


def read_pairs(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    return [pair for line in lines if (pair := json.loads(line)).get("b")]


def changes_of(folder: Path, pairs: Sequence[dict[str, str]]) -> list[tuple[list[dict[str, Any]], list[str]]]:
    """What the archive says of each pair: its changes, and what became of its captures."""
    with tempfile.TemporaryDirectory() as temporary, serve() as server:
        archive = Path(temporary) / "archive.db"
        urls = [server.url(f"p{number}.localhost", "/article") for number in range(len(pairs))]
        for side in ("a", "b"):
            for number, pair in enumerate(pairs):
                body = gzip.decompress((folder / pair[side]).read_bytes())
                server.pages[f"p{number}.localhost", "/article"] = body
            crawl(write_watch(Path(temporary) / f"{side}.toml", urls), archive, again=True)
            process(archive, now=utc_now)
        with Store(archive) as store:
            reports = [store.explain(url) or {} for url in urls]
            return [
                (
                    store.changes_of_page(report["page_id"]),
                    [f"{capture['decision']}: {capture['why']}" for capture in report["captures"]],
                )
                for report in reports
            ]


def share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 1.0


def main(folder: Path) -> dict[str, float]:
    pairs = read_pairs(folder)
    right: dict[str, list[bool]] = {label: [] for label in CALLED_FOR}
    print(f"{'pair':<28}{'label':<22}{'significance':>12}  what changed")
    for pair, (changes, captures) in zip(pairs, changes_of(folder, pairs), strict=True):
        most = max((change["significance"] for change in changes), default=0.0)
        verdict = ""
        if pair["label"] in CALLED_FOR:
            as_called_for = (most >= NOTABLE) is CALLED_FOR[pair["label"]]
            right[pair["label"]].append(as_called_for)
            verdict = "" if as_called_for else "  ← not as called for"
        said = "; ".join(change["summary"] for change in changes) or captures[-1]
        print(f"{pair['id']:<28}{pair['label']:<22}{most:>12.2f}  {said}{verdict}")
    figures = {
        "important_flagged": share(right["important_change"]),
        "unimportant_quiet": share(right["unimportant_change"]),
        "important": len(right["important_change"]),
        "unimportant": len(right["unimportant_change"]),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
