"""Does the matcher see real republication? Pairs of pages that print one story, and pairs that only share furniture.

    python -m benchmarks.syndication_match DIR

DIR holds `index.jsonl` and the pages. One side of each pair is the story, the other the page, and then the other way
round. Text is taken with trafilatura as it comes, so that only the matcher is measured here. Prints a line a pair,
then the credit lines and foreign canonical addresses found, and as its last line one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trafilatura

from archive.match import LABEL, match
from archive.match.credit import find_credits
from archive.text import detect_language
from archive.types import COPY_KINDS, Match, PageText, Story, StoryText

Record = dict[str, Any]

NEGATIVE = "shared_boilerplate_only"


def read(path: Path) -> str:
    html = gzip.decompress(path.read_bytes())
    return trafilatura.extract(html, favor_recall=True, include_comments=False) or ""


def compare(story_side: Record, page_side: Record, directory: Path) -> tuple[Match, str, str]:
    story_text, page_text = read(directory / story_side["file"]), read(directory / page_side["file"])
    language = detect_language(story_text) or "und"
    story = Story(
        slug=story_side["file"],
        title=story_side["title"] or "",
        texts=(StoryText(story_text, language, "original", story_side["file"], id=1),),
    )
    page = PageText(f"https://{page_side['host']}/{page_side['file']}", page_text, title=page_side["title"])
    return match(page, story), story_text, page_text


def pairs(records: list[Record], directory: Path) -> Record:
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for record in records:
        for story_side, page_side in ((record["a"], record["b"]), (record["b"], record["a"])):
            found, story_text, page_text = compare(story_side, page_side, directory)
            claimed = found.kind in COPY_KINDS
            ok = claimed != (record["label"] == NEGATIVE)
            seen[record["label"]] += 1
            right[record["label"]] += ok
            print(
                f"{'ok  ' if ok else 'MISS'} {record['label'].removeprefix('same_story_'):28} {found.kind:10} "
                f"story {found.coverage_story:.2f} page {found.coverage_page:.2f} sure {found.confidence:.2f} "
                f"{len(story_text):6} {len(page_text):6}  {story_side['host']} > {page_side['host']}"
            )
            if not ok:
                print("     ", found.explanation[:300])
    return {label: f"{right[label]}/{seen[label]}" for label in sorted(seen)}


def attributions(records: list[Record], directory: Path) -> Record:
    with_credit = found_credit = 0
    for record in records:
        if not record["credit_lines"]:
            continue
        with_credit += 1
        credits = find_credits(read(directory / record["file"]))
        found_credit += bool(credits)
        host = urlsplit(record["canonical"] or "").netloc or record["file"]
        lines = [credit.text[:120] for credit in credits] or ["not found: " + record["credit_lines"][0][-160:]]
        print(f"credit {host}: {' | '.join(lines)}")
    return {"pages_with_credit": with_credit, "credit_found": found_credit}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    options = parser.parse_args(arguments)
    with (options.directory / "index.jsonl").open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    result: Record = {"label": LABEL}
    result |= pairs([r for r in records if r["type"] == "pair"], options.directory)
    result |= attributions([r for r in records if r["type"] == "attribution"], options.directory)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
