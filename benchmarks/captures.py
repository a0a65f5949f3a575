"""Do saved captures of one page give the versions that their labels call for?

    python -m benchmarks.captures DIR

DIR holds `index.jsonl` and one folder a set, with the captures of one page in order of time. Every set is served
over HTTP as one page, one capture after the other, crawled once a capture, and processed.

| kind of set | called for |
|---|---|
| same_text_other_html | one version |
| text_changed, text_changed_a_lot, url_moved | more than one |
| some_captures_bad, soft_404_other_content | at most one: a bad capture is never a version |
| index_page, other_article | more than one would be right of a front page, none is claimed of a replaced file: shown, not scored |
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archive.process import process
from archive.running import crawl
from archive.store import Store
from archive.times import utc_now
from benchmarks.serving import serve, write_watch

ONE = ("same_text_other_html",)
MORE = ("text_changed", "text_changed_a_lot")
AT_MOST_ONE = ("some_captures_bad", "soft_404_other_content")


@dataclass(frozen=True)
class Set:
    id: str
    kind: str
    files: tuple[Path, ...]
    path: str


def read_sets(folder: Path) -> list[Set]:
    sets = []
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        declared = next((c["declared_url"] for c in reversed(entry["captures"]) if c["declared_url"]), None)
        path = urlsplit(f"http://{declared}").path if declared else ""
        files = tuple(folder / capture["file"] for capture in entry["captures"])
        sets.append(Set(entry["id"], entry["kind"], files, path if len(path) > 1 else "/article"))
    return sets


def as_called_for(kind: str, versions: int) -> bool | None:
    """Whether the number of versions is what the label calls for; None where the label calls for none."""
    if kind in ONE:
        return versions <= 1
    if kind in MORE:
        return versions > 1
    if kind in AT_MOST_ONE:
        return versions <= 1
    return None


def main(folder: Path) -> dict[str, float]:
    sets = read_sets(folder)
    with tempfile.TemporaryDirectory() as temporary, serve() as server:
        archive = Path(temporary) / "archive.db"
        for turn in range(max(len(one.files) for one in sets)):
            urls = []
            for number, one in enumerate(sets):
                if turn < len(one.files):
                    server.pages[f"s{number}.localhost", one.path] = gzip.decompress(one.files[turn].read_bytes())
                    urls.append(server.url(f"s{number}.localhost", one.path))
            watch = write_watch(Path(temporary) / f"turn{turn}.toml", urls)
            crawl(watch, archive, again=True)
            process(archive, now=utc_now)
        with Store(archive) as store:
            counted = [
                (one, store.versions_of_url(server.url(f"s{number}.localhost", one.path)))
                for number, one in enumerate(sets)
            ]
            captures = store.counts()["capture"]
            reports = {
                one.id: store.explain(server.url(f"s{number}.localhost", one.path)) for number, one in enumerate(sets)
            }
    print(f"\n{captures} captures of {len(sets)} pages\n")
    print(f"{'kind':<24}{'sets':>6}{'as called for':>15}   versions: sets")
    for kind in dict.fromkeys(one.kind for one in sets):
        of_kind = [len(versions) for one, versions in counted if one.kind == kind]
        right = [as_called_for(kind, number) for number in of_kind]
        told = f"{sum(map(bool, right))}" if None not in right else "not scored"
        spread = ", ".join(f"{number}: {n}" for number, n in sorted(Counter(of_kind).items()))
        print(f"{kind:<24}{len(of_kind):>6}{told:>15}   {spread}")
    for one, versions in counted:
        if as_called_for(one.kind, len(versions)) is False:
            print(f"\nnot as called for: {one.id} ({one.kind}): {len(versions)} versions")
            for capture in (reports[one.id] or {}).get("captures", []):
                print(
                    f"    {capture['captured_at']}  HTTP {capture['status']}  {capture['decision']}: {capture['why']}"
                )
    same = [len(versions) for one, versions in counted if one.kind in ONE]
    more = [len(versions) for one, versions in counted if one.kind in MORE]
    bad = [len(versions) for one, versions in counted if one.kind in AT_MOST_ONE]
    figures = {
        "same_text_one_version": round(sum(number <= 1 for number in same) / len(same), 4) if same else 1.0,
        "changed_detected": round(sum(number > 1 for number in more) / len(more), 4) if more else 1.0,
        "false_edits": sum(max(0, number - 1) for number in [*same, *bad]),
        "same_text_sets": len(same),
        "changed_sets": len(more),
        "bad_capture_sets": len(bad),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
