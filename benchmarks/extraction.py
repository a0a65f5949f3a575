"""How well the text of articles is read, against trafilatura as called by default on the same pages.

    python -m benchmarks.extraction DIR [--half 0|1] [--losses N]

DIR is a folder of page collections, or one collection. Three kinds of gold text are known, each with its own measure:

| collection | gold | figure of a page |
|---|---|---|
| article-extraction-benchmark | the article's whole text | shingles in common: true and false positives, false negatives |
| fundus | title-less paragraphs by a parser of that publisher | the same, over words of any script |
| trafilatura-eval | segments that must stand in the text, and some that must not | share of the segments where they belong |

The figure of the first is the one that its authors publish: tokens are runs of ``\\w``; the 4-shingles of both texts are
compared as multisets; counts are normalised a page; precision and recall are means over pages, F1 is of these two means.

A page is *worse* where its own figure is lower than trafilatura's by more than `CLEARLY`.
`--half` takes only the pages whose id hashes to that half, so that what is designed on one is tried on the other.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import trafilatura

from archive.extract import extract
from archive.text import words

SHINGLE = 4
CLEARLY = 0.05
"""Loss of a page's figure from which on it is worse: half a short paragraph of a short article."""

_SENTENCE = "The old ferry has gone, and nobody at the town hall could say what would sail on the first of July."
_SHORT_PAGE = f"""<html><head><title>Ferry</title></head><body><p>{_SENTENCE}</p><p>{_SENTENCE} {_SENTENCE}</p>
<p>It was told by <a href="https://example.com/a">another paper</a>.</p></body></html>""".encode()
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Page:
    id: str
    file: Path
    url: str
    gold: dict[str, Any]


@dataclass(frozen=True)
class Score:
    """Shares of a page: what was found of what is there, what was found and is not, and what was not found."""

    true: float
    false: float
    missed: float

    @property
    def precision(self) -> float:
        return self.true / (self.true + self.false) if self.true + self.false else 0.0

    @property
    def recall(self) -> float:
        return self.true / (self.true + self.missed) if self.true + self.missed else 1.0

    @property
    def figure(self) -> float:
        """F1 of the page alone."""
        return 2 * self.true / (2 * self.true + self.false + self.missed) if self.true else 0.0


def shingle_score(gold: Sequence[Hashable], read: Sequence[Hashable]) -> Score:
    wanted, found = _shingles(gold), _shingles(read)
    true = sum((wanted & found).values())
    false, missed = found.total() - true, wanted.total() - true
    total = true + false + missed
    return Score(true / total, false / total, missed / total) if total else Score(1.0, 0.0, 0.0)


def _shingles(tokens: Sequence[Hashable]) -> Counter[tuple[Hashable, ...]]:
    """A text with fewer tokens than a shingle has is one shingle."""
    starts = range(max(1, len(tokens) - SHINGLE + 1)) if tokens else ()
    return Counter(tuple(tokens[start : start + SHINGLE]) for start in starts)


def word_runs(text: str) -> Sequence[Hashable]:
    return _TOKEN.findall(text)


def words_of_any_script(text: str) -> Sequence[Hashable]:
    """Characters, where words are not spaced: a run of `\\w` would be a whole clause there."""
    return words(text).folded


def segment_score(gold: dict[str, Any], text: str) -> Score:
    read = " ".join(text.split())
    wanted = [" ".join(segment.split()) in read for segment in gold["with"]]
    unwanted = [" ".join(segment.split()) in read for segment in gold["without"]]
    return Score(sum(wanted), sum(unwanted), len(wanted) - sum(wanted))


def f1(scores: Sequence[Score]) -> float:
    precision = statistics.fmean(score.precision for score in scores if score.true + score.false)
    recall = statistics.fmean(score.recall for score in scores if score.true + score.missed)
    return 2 * precision * recall / (precision + recall)


# --- the collections ---------------------------------------------------------------------------------


def _aeb(folder: Path, entry: dict[str, Any]) -> Page:
    file = folder / "html" / f"{entry['id']}.html.gz"
    return Page(entry["id"], file, entry["gold"].get("url") or "https://example.org/a", entry["gold"])


def _by_file(folder: Path, entry: dict[str, Any]) -> Page:
    return Page(entry["file"], folder / entry["file"], entry["url"], entry["gold"])


def _score_aeb(gold: dict[str, Any], text: str) -> Score:
    return shingle_score(word_runs(gold["articleBody"]), word_runs(text))


def _score_fundus(gold: dict[str, Any], text: str) -> Score:
    body = gold["body"]
    parts = [*body["summary"]]
    for section in body["sections"]:
        parts += [*section["headline"], *section["paragraphs"]]
    return shingle_score(words_of_any_script("\n".join(parts)), words_of_any_script(text))


COLLECTIONS: dict[str, tuple[Callable[[Path, dict[str, Any]], Page], Callable[[dict[str, Any], str], Score]]] = {
    "article-extraction-benchmark": (_aeb, _score_aeb),
    "fundus": (_by_file, _score_fundus),
    "trafilatura-eval": (_by_file, segment_score),
}


def read_pages(folder: Path, half: int | None) -> Iterator[Page]:
    reader, _ = COLLECTIONS[folder.name]
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        page = reader(folder, json.loads(line))
        if half is None or half_of(page.id) == half:
            yield page


def half_of(page_id: str) -> int:
    return sha256(page_id.encode()).digest()[0] % 2


# --- the two readers -----------------------------------------------------------------------------------


def read_ours(body: bytes, url: str) -> tuple[str, str]:
    extraction = extract(body, url)
    return (extraction.text, extraction.path) if extraction is not None else ("", "none")


def read_default(body: bytes) -> str:
    """trafilatura's default with metadata; without comments, which costs less and is the better text (0.962 to 0.958)."""
    document = trafilatura.bare_extraction(body, with_metadata=True, include_comments=False)
    return str(getattr(document, "text", None) or "")


def measure(folder: Path, half: int | None, losses: int) -> dict[str, Any]:
    _, score = COLLECTIONS[folder.name]
    ours: list[Score] = []
    theirs: list[Score] = []
    differences: list[tuple[float, str]] = []
    paths: Counter[str] = Counter()
    seconds = [0.0, 0.0]
    read_ours(_SHORT_PAGE, "https://example.org/")  # stop lists, suffixes and language model are loaded once a process
    read_default(_SHORT_PAGE)
    for number, page in enumerate(read_pages(folder, half)):
        body = gzip.decompress(page.file.read_bytes())
        texts = ["", ""]
        # Turn about, so that neither has the warmer caches.
        for turn in (number % 2, 1 - number % 2):
            started = time.process_time()
            if turn == 0:
                texts[0], path = read_ours(body, page.url)
                paths[path] += 1
            else:
                texts[1] = read_default(body)
            seconds[turn] += time.process_time() - started
        ours.append(score(page.gold, texts[0]))
        theirs.append(score(page.gold, texts[1]))
        difference = ours[-1].figure - theirs[-1].figure
        differences.append((difference, f"{ours[-1].figure:.3f}  trafilatura {theirs[-1].figure:.3f}  {page.id}"))
    worse = [told for difference, told in differences if difference < -CLEARLY]
    better = [told for difference, told in differences if difference > CLEARLY]
    print(f"\n{folder.name}: {len(ours)} pages, read as {dict(paths)}")
    print(f"{'':<14}{'precision':>11}{'recall':>9}{'F1':>8}{'ms a page':>11}")
    for name, scores, spent in (("afterprint", ours, seconds[0]), ("trafilatura", theirs, seconds[1])):
        precision = statistics.fmean(one.precision for one in scores if one.true + one.false)
        recall = statistics.fmean(one.recall for one in scores if one.true + one.missed)
        print(f"{name:<14}{precision:>11.4f}{recall:>9.4f}{f1(scores):>8.4f}{1000 * spent / len(scores):>11.1f}")
    print(f"clearly better: {len(better)}, clearly worse: {len(worse)}")
    for difference, told in sorted(differences)[:losses]:
        if difference < 0:
            print(f"    {difference:+.3f}  {told}")
    return {
        "pages": len(ours),
        "f1": round(f1(ours), 4),
        "f1_trafilatura": round(f1(theirs), 4),
        "worse_pages": len(worse),
        "better_pages": len(better),
        "times_as_fast": round(seconds[1] / seconds[0], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--losses", type=int, default=10, help="how many of the pages that lost are shown")
    options = parser.parse_args()
    if options.folder.name in COLLECTIONS:
        folders = [options.folder]
    else:
        folders = [options.folder / name for name in COLLECTIONS if (options.folder / name).is_dir()]
    if not folders:
        parser.error(f"none of {', '.join(COLLECTIONS)} in {options.folder}")
    figures = {folder.name: measure(folder, options.half, options.losses) for folder in folders}
    first = next(iter(figures.values()))
    print(
        json.dumps(
            {
                "f1": first["f1"],
                "f1_trafilatura": first["f1_trafilatura"],
                "worse_pages": sum(one["worse_pages"] for one in figures.values()),
                **figures,
            }
        )
    )


if __name__ == "__main__":
    main()
