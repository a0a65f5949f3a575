"""Are the signs by which a page says that it was taken over found, and none on pages that say no such thing?

    python -m benchmarks.signals DIR

DIR is a folder of collections with saved pages (`*.html.gz`) and `index.jsonl`. Records of `type` "attribution" are labels:
a canonical address on another site, credit lines. Each page is read as the program reads it.

*canonical_recall*: of the labelled pages whose canonical address points elsewhere, how many give a sign of it. Some labels
are short links, backends and bare machines; there the sign must be seen, and the guard's word stands beside it.
*credit_recall*: of the labelled credit lines, how many are found. A label that only dates the first publication ("first
published March 29") credits nobody; such labels are listed and not counted.
*precision*: of the claims (signs that no guard speaks against) made on all other pages, how many stand. A canonical address
stands if the page's bytes state it and the two sites do not carry one name. A credit stands if the page is a second copy of
a labelled one, or its words say "originally", "first", "republished" or the like and name somebody by a capital, a script
without capitals, an address, or speak of permission. All these claims are printed, to be read by eye.
*clean_pages* is the share of all other pages without a claim that does not stand.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.extract import decode, extract, parse
from archive.markup import read_markup
from archive.match.republished import Signal, read_head, signals
from archive.types import Markup, PageText
from archive.urls import is_http, registrable_domain

ADDRESSES = ("canonical", "og_url")
CREDITS = ("credit", "feed_footer")

UNKNOWN = "http://unknown.example/"

_DATED = re.compile(
    r"(?i)(?:first|originally|initialement|erstmals|ursprünglich|originalmente)\W+(?:\w+\W+){0,3}?(?:published|posted|appeared|publiée?|"
    r"publicado|erschienen|on|en|am)?\W*(?:(?:on|en|am|le|el|du)\W+)?(?:\w+day,?\W+)?(?:\d{1,2}\.?\W+)?"
    r"(?:jan|feb|f[ée]v|mar|m[äa]r|apr|avr|abr|ma[yi]|jun|jui|jul|aug|ao[uû]|ago|sep|o[ck]t|nov|de[cz]|d[ée]c)\w*\W+\d"
)
_SAYS = re.compile(
    r"(?i)original|first|previous|initial|reprint|republish|reproduc|syndic|adapted|excerpt|permission|appeared|oorspronk|eerder|eerst|overgenomen"
    r"|zuerst|zunächst|ursprüng|erstmals|genehmigung|d.abord|primero|por primera|prima|primeir|först|først|pierwotnie|inițial|впервые|перв"
    r"|αρχικά|πρώτ|prvobitno|původně|pôvodne|转|轉|载|載|出处|出處|摘自|首发|初出|掲載|게재|실린|نشر|ilk|alun|eredeti|pertama|telah"
)
_NAMES = re.compile(
    r"[\u0600-\u06ff\u3040-\u9fff\uac00-\ud7af\u0590-\u05ff]|(?<=\s)[\"'“„«(]*[^\W\d_a-zß-ÿ]|\w\.(?:com|org|net|[a-z]{2})\b|permission"
)


@dataclass
class Page:
    file: str
    url: str
    body: bytes = field(repr=False)
    label: dict[str, Any] | None = None


def pages_of(folder: Path) -> Iterator[Page]:
    """Every saved page, with the address and the label that the indexes give."""
    addresses: dict[Path, str] = {}
    labels: dict[Path, dict[str, Any]] = {}
    for index in sorted(folder.glob("*/index.jsonl")):
        for line in filter(str.strip, index.read_text(encoding="utf-8").splitlines()):
            record = json.loads(line)
            for file, url in _addresses(record):
                addresses[index.parent / file] = url
            if record.get("type") == "attribution":
                labels[index.parent / record["file"]] = record
    for path in sorted(folder.glob("**/*.html.gz")):
        try:
            body = gzip.decompress(path.read_bytes())
        except (OSError, EOFError):
            continue
        yield Page(str(path.relative_to(folder)), addresses.get(path, ""), body, labels.get(path))


def _addresses(record: object) -> Iterator[tuple[str, str]]:
    if isinstance(record, dict):
        gold = record.get("gold")
        gold = gold if isinstance(gold, dict) else {}
        name, url = record.get("id"), record.get("url") or record.get("declared_url") or record.get("host")
        files = [record.get("file"), f"html/{name}.html.gz", f"{name}_article.html.gz"]
        url = url or gold.get("url") or gold.get("article_url")
        if isinstance(url, str) and " " not in url:
            for file in files:
                if isinstance(file, str):
                    yield file, url if "://" in url else f"http://{url}"
        for value in record.values():
            yield from _addresses(value)
    elif isinstance(record, list):
        for value in record:
            yield from _addresses(value)


def read(page: Page) -> tuple[PageText, tuple[Signal, ...]] | None:
    """The page as the program reads it, and its signs. Where the index has no address, og:url is where it stood."""
    tree = parse(decode(page.body, None))
    if tree is None:
        return None
    known = is_http(page.url) and "." in registrable_domain(page.url)
    url = page.url if known else _own_address(read_markup(tree, UNKNOWN))
    extraction = extract(page.body, url)
    if extraction is None:
        return None
    text = PageText(
        url,
        extraction.text,
        extraction.language,
        extraction.title,
        extraction.links,
        extraction.markup,
        byline=extraction.byline,
    )
    return text, signals(text, head=read_head(tree, url, extraction.text))


def _own_address(markup: Markup) -> str:
    """Where a page stood of which only the bytes are left: relative addresses say nothing here."""
    stated = (url for url in (markup.og_url, markup.canonical) if url and not url.startswith(UNKNOWN))
    return next(stated, UNKNOWN)


def credits_somebody(line: str) -> bool:
    return (
        _DATED.search(line) is None
        or re.search(r"(?:appeared|published|erschien\w*) (?:on|in|at|by|auf|bei) [A-Z](?!\w*day)", line) is not None
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def overlaps(words: str, line: str) -> bool:
    """Whether a found credit and a labelled line are one: a run of letters of either stands in the other."""
    one, other = _letters(words), _letters(line)
    size = min(14, len(one))
    return bool(one) and any(one[start : start + size] in other for start in range(0, max(1, len(one) - size), 4))


def name_of(url: str) -> str:
    return registrable_domain(url).partition(".")[0]


def stands(page: Page, text: PageText, signal: Signal, labelled: set[tuple[str, str]]) -> bool:
    if (signal.kind if signal.kind not in CREDITS else "credit", _letters(signal.words)) in labelled:
        return True
    if signal.kind in ADDRESSES:
        stated = signal.words.encode() in page.body or signal.words.partition("://")[2].encode() in page.body
        others = {name_of(url) for url in (text.url, text.markup.og_url or "") if url}
        return stated and len(others - {name_of(signal.words)}) > 0
    return bool(_SAYS.search(signal.words) and _NAMES.search(signal.words) and credits_somebody(signal.words))


def main(folder: Path) -> dict[str, float]:
    elsewhere = seen = lines = found_lines = 0
    labelled: set[tuple[str, str]] = set()
    claims: list[tuple[Page, PageText, Signal]] = []
    others = 0
    kinds: Counter[str] = Counter()
    start = time.perf_counter()
    dated = []
    for page in pages_of(folder):
        answer = read(page)
        if answer is None:
            continue
        text, found = answer
        kinds.update(f"{signal.kind}{'' if signal.claims else ' (guarded)'}" for signal in found)
        if page.label is None:
            others += 1
            claims += [(page, text, signal) for signal in found if signal.claims and signal.kind in ADDRESSES + CREDITS]
            continue
        labelled |= {
            (signal.kind if signal.kind not in CREDITS else "credit", _letters(signal.words)) for signal in found
        }
        if page.label["canonical_points_elsewhere"]:
            elsewhere += 1
            named = [
                s
                for s in found
                if s.kind == "canonical" and registrable_domain(s.words) == registrable_domain(page.label["canonical"])
            ]
            seen += bool(named)
            told = f"{named[0].weight}: {'; '.join(named[0].notes)}" if named else "NOT SEEN"
            print(f"canonical {page.file[:60]:<62}{told[:100]}")
        for line in page.label["credit_lines"]:
            if not credits_somebody(line):
                dated.append((page.file, line))
                continue
            lines += 1
            got = [signal for signal in found if signal.kind in CREDITS and overlaps(signal.words, line)]
            found_lines += bool(got)
            print(f"credit    {page.file[:60]:<62}{got[0].words[:100] if got else 'NOT SEEN: …' + line[-120:]}")
    for file, line in dated:
        print(f"a date, credits nobody: {file}: …{line[-100:]}")
    wrong = [claim for claim in claims if not stands(*claim, labelled)]
    print(f"\n{len(claims)} claims on {others} other pages, {len(wrong)} of which do not stand:")
    for claim in claims:
        page, text, signal = claim
        print(f"  {'WRONG' if claim in wrong else '':<6}{signal.kind:<11}{page.file[:50]:<52}{registrable_domain(text.url):<26}{signal.words[:150]}"
              f"  [{'; '.join(signal.notes)[:90]}]")  # fmt: skip
    print("\nsigns of each kind on all pages: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    pages_wrong = len({page.file for page, _, _ in wrong})
    figures = {
        "canonical_recall": round(seen / elsewhere, 4) if elsewhere else 1.0,
        "credit_recall": round(found_lines / lines, 4) if lines else 1.0,
        "precision": round(1 - len(wrong) / len(claims), 4) if claims else 1.0,
        "clean_pages": round(1 - pages_wrong / others, 4) if others else 1.0,
        "canonicals": elsewhere,
        "credit_lines": lines,
        "claims": len(claims),
        "other_pages": others,
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
