"""What does the archive learn of outlets' own lines, and what is it good for?

    python -m benchmarks.boilerplate DIR

DIR holds folders with `index.jsonl` and saved pages whose addresses are known. All of them are put into one archive, each
page at its own address, so that pages of one outlet meet, and are processed. Then:

- the lines learned, at several numbers of pages; where people marked the article's text, how many of them stand in it;
- every page of an outlet of which something was learned against every other one as a story: how many are called copies;
- the pairs in `syndication`: what is found of real republication, and what of pages that share only furniture.

The last two with the memory and without it. The learned lines are printed, to be judged by eye.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

from archive.match import match
from archive.match.credit import find_credits
from archive.memory import LEAST_PAGES, PageLines, learn, lines
from archive.process import process
from archive.store import Store
from archive.text import detect_language
from archive.times import utc_now
from archive.types import COPY_KINDS, Capture, PageText, Story, StoryText
from archive.urls import registrable_domain

NEGATIVE = "shared_boilerplate_only"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Saved:
    """A saved page, and what is known of it."""

    file: Path
    url: str
    #: the article's text as people marked it; empty if nobody did
    gold: str = ""


def saved_pages(folder: Path) -> Iterator[Saved]:
    """Every page under *folder* whose address is known; of those known by host alone the file names the path."""
    for index in sorted(folder.glob("*/index.jsonl")):
        for line in index.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("type") == "pair":
                for side in (record["a"], record["b"]):
                    yield from saved(index.parent, side["file"], side["url"] or side["host"])
                continue
            gold = record.get("gold") if isinstance(record.get("gold"), dict) else {}
            url = record.get("url") or gold.get("article_url") or gold.get("url") or record.get("host")
            url = url or record.get("og_url") or record.get("canonical")
            file = record.get("file") or f"html/{record.get('id')}.html.gz"
            if not (index.parent / file).exists() and "/" in str(record.get("id")):
                file = f"{record['id']}_article.html.gz"
            yield from saved(index.parent, file, url, gold_text(record, gold))


def saved(folder: Path, file: str, url: str | None, gold: str = "") -> Iterator[Saved]:
    if url and file.endswith(".html.gz") and (folder / file).exists():
        host, _, path = url.removeprefix("http://").partition("/")
        yield Saved(folder / file, url if path or "://" in url else f"http://{host}/{Path(file).name}", gold)


def gold_text(record: dict[str, Any], gold: dict[str, Any]) -> str:
    paragraphs = record.get("gold_paragraphs") or [one["text"] for one in gold.get("plain_text") or ()]
    return str(gold.get("articleBody") or "\n".join(paragraphs))


def keep(pages: list[Saved], archive: Path) -> dict[str, int]:
    """Put *pages* into an archive and process it. Returns address -> id of the page's version."""
    with Store(archive) as store:
        for page in pages:
            store.add_capture(
                Capture(
                    url=page.url,
                    purpose="page",
                    started_at=AT,
                    finished_at=AT,
                    final_url=page.url,
                    status=200,
                    headers=(("content-type", "text/html"),),
                    body=gzip.decompress(page.file.read_bytes()),
                )
            )
    process(archive, now=utc_now)
    with Store(archive) as store:
        versions = {page.url: store.versions_of_url(page.url) for page in pages}
    return {url: rows[-1]["id"] for url, rows in versions.items() if rows}


def as_story(page: PageText) -> Story:
    text = StoryText(page.text, detect_language(page.text) or "und", "original", page.url, id=1)
    return Story(slug=page.url, title=page.title or "", texts=(text,))


def claimed(story: PageText, page: PageText) -> tuple[bool, bool]:
    """Whether *page* is called a copy of *story* without the memory, and with it."""
    without = match(replace(page, repeated=()), as_story(story)).kind in COPY_KINDS
    return without, match(page, as_story(story)).kind in COPY_KINDS if page.repeated else without


def main(folder: Path) -> dict[str, float]:
    by_url = {page.url: page for page in saved_pages(folder)}
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "archive.db"
        versions = keep(list(by_url.values()), archive)
        with Store(archive) as store:
            texts = {url: store.page_text(version_id) for url, version_id in versions.items()}
    figures = report_lines(texts, by_url) | report_outlets(texts)
    figures |= report_pairs(folder / "syndication", texts) | report_credits(texts)
    print(json.dumps(figures))
    return figures


def report_lines(texts: dict[str, PageText], pages: dict[str, Saved]) -> dict[str, float]:
    outlets: dict[str, list[str]] = defaultdict(list)
    for url in texts:
        outlets[registrable_domain(url)].append(url)
    print(f"\n{len(texts)} pages of {len(outlets)} outlets, {sum(len(o) >= LEAST_PAGES for o in outlets.values())} with "
          f"{LEAST_PAGES} pages and more\n\n{'pages':>5}{'lines':>7}{'outlets':>9}{'judged':>8}{'of the article':>16}")  # fmt: skip
    counted: dict[int, tuple[int, int, int]] = {}
    for least in (2, 3, LEAST_PAGES, 6):
        learned_of = {outlet: learned_lines(urls, texts, least) for outlet, urls in outlets.items()}
        judged = of_article = 0
        for outlet, keys in learned_of.items():
            for where in judge(keys, outlets[outlet], texts, pages):
                judged += where is not None
                of_article += where is True
        found = {outlet: keys for outlet, keys in learned_of.items() if keys}
        counted[least] = (sum(map(len, found.values())), judged, of_article)
        print(f"{least:>5}{counted[least][0]:>7}{len(found):>9}{judged:>8}{of_article:>16}")
    for outlet, urls in outlets.items():
        if keys := learned_lines(urls, texts, LEAST_PAGES):
            print(f"\n{outlet}: {len(keys)} lines on {len(urls)} pages")
            shown = {line.key: line.span.of(texts[url].text) for url in urls for line in lines(texts[url].text)}
            for key in sorted(keys, key=lambda key: shown[key]):
                print(f"    {shown[key][:110]}")
    learned, judged, of_article = counted[LEAST_PAGES]
    return {
        "pages": len(texts),
        "lines_learned": learned,
        "lines_judged": judged,
        "furniture_share": round(1 - of_article / judged, 4) if judged else 1.0,
    }


def learned_lines(urls: list[str], texts: dict[str, PageText], least: int) -> frozenset[int]:
    pages = {number: PageLines.of(texts[url].text) for number, url in enumerate(urls)}
    carriers: dict[int, set[int]] = defaultdict(set)
    for number, page in pages.items():
        for key in page.words:
            carriers[key].add(number)
    return learn(carriers, pages, least=least)


def judge(
    keys: frozenset[int], urls: list[str], texts: dict[str, PageText], pages: dict[str, Saved]
) -> Iterator[bool | None]:
    """For each line whether people marked it as part of an article; None where nobody did mark a page with it."""
    of_text = {url: PageLines.of(texts[url].text).words for url in urls if pages[url].gold}
    marked = {url: PageLines.of(pages[url].gold).words for url in of_text}
    for key in keys:
        carrying = [url for url in of_text if key in of_text[url]]
        yield any(key in marked[url] for url in carrying) if carrying else None


def report_outlets(texts: dict[str, PageText]) -> dict[str, float]:
    outlets: dict[str, list[PageText]] = defaultdict(list)
    for url, page in texts.items():
        outlets[registrable_domain(url)].append(page)
    tried = same = 0
    claims = [0, 0]
    print(f"\n{'':<22}{'pages':>6}{'pairs':>7}{'same text':>11}{'copies without':>16}{'with memory':>13}")
    differing = []
    for outlet, pages in outlets.items():
        if not any(page.repeated for page in pages):
            continue
        told = [(story, page, *claimed(story, page)) for story, page in permutations(pages, 2)]
        equal = sum(story.text == page.text for story, page in permutations(pages, 2))
        counts = sum(one[2] for one in told), sum(one[3] for one in told)
        print(f"{outlet[:21]:<22}{len(pages):>6}{len(told):>7}{equal:>11}{counts[0]:>16}{counts[1]:>13}")
        tried, same, claims = tried + len(told), same + equal, [claims[0] + counts[0], claims[1] + counts[1]]
        differing += [(one[0], one[1], one[3]) for one in told if one[3] != (one[0].text == one[1].text)]
    for story, page, claim in differing:
        title, other = (one.title or one.url for one in (story, page))
        print(f"    {'still a copy' if claim else 'NO COPY'}: {title[:60]!r} > {other[:60]!r}")
    return {
        "pairs_of_an_outlet": tried,
        "of_the_same_text": same,
        "copies_without": claims[0],
        "copies_with": claims[1],
    }


def report_pairs(folder: Path, texts: dict[str, PageText]) -> dict[str, float]:
    right: Counter[tuple[str, bool]] = Counter()
    total: Counter[str] = Counter()
    index = folder / "index.jsonl"
    for line in index.read_text(encoding="utf-8").splitlines() if index.exists() else ():
        record = json.loads(line)
        if record["type"] != "pair":
            continue
        sides = [next(saved(folder, record[s]["file"], record[s]["url"] or record[s]["host"])).url for s in "ab"]
        if not all(side in texts for side in sides):
            continue
        for one, other in permutations(sides):
            total[record["label"]] += 1
            for with_memory, claim in enumerate(claimed(texts[one], texts[other])):
                right[record["label"], bool(with_memory)] += claim != (record["label"] == NEGATIVE)
    print(f"\n{'label':<32}{'pairs':>6}{'right without':>15}{'with memory':>13}")
    for label, n in total.items():
        print(f"{label:<32}{n:>6}{right[label, False]:>15}{right[label, True]:>13}")
    copies = sum(n for label, n in total.items() if label != NEGATIVE)

    def share(with_memory: bool, negative: bool) -> float:
        of = total[NEGATIVE] if negative else copies
        found = sum(right[label, with_memory] for label in total if (label == NEGATIVE) == negative)
        return round(found / of, 4) if of else 1.0

    return {
        "copies_found_without": share(False, False),
        "copies_found_with": share(True, False),
        "boilerplate_refused_without": share(False, True),
        "boilerplate_refused_with": share(True, True),
    }


def report_credits(texts: dict[str, PageText]) -> dict[str, float]:
    """Credit lines recur on every syndicated page of an outlet: how many the memory takes for the outlet's own."""
    credits = [(page, credit) for page in texts.values() for credit in find_credits(page.text)]
    own = [(p, c) for p, c in credits if any(span.start <= c.start < span.end for span in p.repeated)]
    print(
        f"\n{len(credits)} credit lines; {len(own)} of them are lines that the outlet repeats, and are seen all the same"
    )
    return {"credits": len(credits), "credits_repeated": len(own)}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
