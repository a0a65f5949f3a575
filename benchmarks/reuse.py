"""How well does the matcher tell reuse from likeness? Labelled pairs of news in 15 languages.

    python -m benchmarks.reuse DIR [--sample N] [--seed S] [--predictions FILE]

DIR holds `docs.jsonl` and `pairs.jsonl`. Prints a table by the way the pairs came to be, the mistakes if asked for,
and as its last line one JSON object. With `--predictions` it writes what the data's own scorer reads.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archive.match import LABEL, match
from archive.types import Match, MatchKind, PageText, Story, StoryText

#: what the labels call the kinds; a kind that is missing here is no reuse
RELATIONS: dict[MatchKind, str] = {
    "copy": "copy",
    "rewrite": "copy",
    "excerpt": "excerpt",
    "translation": "translation",
    "translated_excerpt": "translated_excerpt",
    "related": "related",
    "mentions": "related",
    "quotes_only": "related",
    "unrelated": "unrelated",
}
DERIVED = {"copy", "excerpt", "translation", "translated_excerpt"}

Record = dict[str, Any]


def lines(path: Path) -> Iterable[Record]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def story_of(doc: Record) -> Story:
    text = StoryText(doc["text"], doc["lang"], "original", doc["id"], id=1)
    return Story(slug=doc["id"], title=doc["title"] or "", texts=(text,))


def page_of(doc: Record) -> PageText:
    return PageText(f"https://example.org/{doc['id']}", doc["text"], title=doc["title"] or None)


def is_scored_negative(pair: Record) -> bool:
    """Real pairs that people called the same story may hold reuse: no false alarms."""
    return pair["relation"] not in DERIVED and not (pair["kind"] == "semeval" and pair.get("overall", 9) <= 1.2)


def prediction(pair: Record, found: Match) -> Record:
    spans = [[p.story_start, p.story_end, p.page_start, p.page_end] for p in found.passages]
    return {
        "pair": pair["pair"],
        "relation": RELATIONS[found.kind],
        "score": found.confidence,
        "passages": spans,
        "sents": [],
    }


def report(pairs: list[Record], found: list[Match], seconds: float, docs: dict[str, Record]) -> Record:
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    hits = false_alarms = misses = negatives = same_negatives = same_alarms = 0
    for pair, one in zip(pairs, found, strict=True):
        same = docs[pair["src"]]["lang"] == docs[pair["cand"]]["lang"]
        by_kind[("same  " if same else "other ") + pair["kind"]][one.kind] += 1
        claimed = RELATIONS[one.kind] in DERIVED
        if pair["relation"] in DERIVED:
            hits += claimed
            misses += not claimed
        elif is_scored_negative(pair):
            negatives += 1
            false_alarms += claimed
            same_negatives += same
            same_alarms += same and claimed
    precision, recall = hits / max(1, hits + false_alarms), hits / max(1, hits + misses)
    for kind in sorted(by_kind):
        print(f"{kind:28} {sum(by_kind[kind].values()):5}  {dict(by_kind[kind].most_common())}")
    share = {
        kind: round(sum(n for k, n in counts.items() if RELATIONS[k] in DERIVED) / sum(counts.values()), 4)  # type: ignore[index]
        for kind, counts in sorted(by_kind.items())
    }
    return {
        "label": LABEL,
        "pairs": len(pairs),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "false_alarm_rate": round(false_alarms / max(1, negatives), 4),
        "false_alarm_rate_same_language": round(same_alarms / max(1, same_negatives), 4),
        "claimed_share_by_kind": share,
        "ms_per_pair": round(seconds / max(1, len(pairs)) * 1000, 2),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--sample", type=int, default=600, help="pairs to try, 0 for all (default 600)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--predictions", type=Path, help="write what eval_reuse.py reads")
    parser.add_argument("--mistakes", action="store_true", help="print the pairs that came out wrong")
    options = parser.parse_args(arguments)

    docs = {doc["id"]: doc for doc in lines(options.directory / "docs.jsonl")}
    pairs = list(lines(options.directory / "pairs.jsonl"))
    if options.sample and options.sample < len(pairs):
        pairs = random.Random(options.seed).sample(pairs, options.sample)
    pairs.sort(key=lambda pair: pair["src"])
    start = time.process_time()
    found = [match(page_of(docs[pair["cand"]]), story_of(docs[pair["src"]])) for pair in pairs]
    seconds = time.process_time() - start
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as file:
            for pair, one in zip(pairs, found, strict=True):
                file.write(json.dumps(prediction(pair, one)) + "\n")
    if options.mistakes:
        for pair, one in zip(pairs, found, strict=True):
            if (RELATIONS[one.kind] in DERIVED) != (pair["relation"] in DERIVED):
                print(pair["pair"], pair["kind"], pair["src"], pair["cand"], one.kind, "|", one.explanation[:200])
    print(json.dumps(report(pairs, found, seconds, docs)))


if __name__ == "__main__":
    main()
