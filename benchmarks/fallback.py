"""What do names, figures and the places of quotations tell where sentences cannot be compared?

    python -m benchmarks.fallback DIR [--most 250]

DIR holds `docs.jsonl` and `pairs.jsonl` of the reuse data. Their languages are known ones, so the pairs across languages
stand in for pairs in unknown ones. For each kind of pair: how many fit in length, share names, figures and the places of
quotations, and how many would be claimed by these three alone. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

from archive.match.fallback import Survivors, fits_in_length, is_translation, survivors
from archive.match.reading import Reading

SAME_EVENT = 1.5
"""Human likeness (1 the same story, 4 none) up to which two reports are of one event."""


def main(arguments: list[str] | None = None) -> dict[str, dict[str, float]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--most", type=int, default=250, help="pairs of one kind")
    options = parser.parse_args(arguments)
    docs = {doc["id"]: doc for doc in _lines(options.directory / "docs.jsonl")}
    pairs = [p for p in _lines(options.directory / "pairs.jsonl") if docs[p["src"]]["lang"] != docs[p["cand"]]["lang"]]
    random.Random(3).shuffle(pairs)
    found: dict[str, list[tuple[Survivors, bool]]] = defaultdict(list)
    for pair in pairs:
        kind = pair["kind"] + (" of one event" if float(pair.get("overall") or 4) <= SAME_EVENT else "")
        if len(found[kind]) < options.most:
            story, page = (Reading(docs[pair[side]]["text"], docs[pair[side]]["lang"]) for side in ("src", "cand"))
            words = [reading.counted_words // reading.tokens_a_word for reading in (story, page)]
            found[kind].append((survivors(story, page), fits_in_length(*words)))
    told = {
        kind: {
            "pairs": len(rows),
            "fit": _share([fits for _, fits in rows]),
            "names": _share([one.same_names for one, _ in rows]),
            "figures": _share([one.same_figures for one, _ in rows]),
            "quotations": _share([one.same_quotations for one, _ in rows]),
            "names_or_figures": _share([fits and (one.same_names or one.same_figures) for one, fits in rows]),
            "claimed": _share([fits and is_translation(one, 0) for one, fits in rows]),
        }
        for kind, rows in sorted(found.items())
    }
    for kind, shares in told.items():
        print(f"{kind:28}", shares)
    print(json.dumps(told))
    return told


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _share(flags: list[bool]) -> float:
    return round(sum(flags) / len(flags), 3)


if __name__ == "__main__":
    main()
