"""Is one page recognised under all of its addresses, and are two articles never taken for one?

    python -m benchmarks.urls DIR

DIR is a folder of collections. The cases come from

| where | cases |
|---|---|
| `urls.jsonl` beside this module | written by hand: variants of one page, and pairs of two |
| DIR/urls/*.csv whose rows are (odd URL, normal form) | variants |
| real addresses of articles in DIR: the lists of `urls` and `vice`, and every `index.jsonl` | each is varied in the ways of `VARIED`; no two that differ in what tells articles apart may be merged |
| saved pages in DIR that state an AMP address and a canonical one on the same domain | variants declared by the publisher |
| DIR/vice/observed_vice_urls.csv | an address with an id is varied into its generations |

*joined* is the share of variants that `archive.urls.same_page` joins: of all that were written by hand, and of the kinds of
varied and declared ones, each kind counting as one case. *declared_joined*
is the share of the declared alone: some publishers write AMP addresses that nothing but the page can explain. *wrongly_merged* counts pairs of two different articles that are joined.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.urls import is_http, page_keys, registrable_domain, same_page

TABLE = Path(__file__).with_suffix(".jsonl")
DECLARED = "declared: AMP page"
SHOWN = 40
"""Cases that are listed for each figure."""


def _in_cache(url: str) -> str:
    host, slash, rest = url.partition("://")[2].partition("/")
    return f"https://{host.replace('.', '-')}.cdn.ampproject.org/c/s/{host}{slash}{rest}"


def _with(url: str, query: str) -> str:
    return url + ("&" if "?" in url else "?") + query


#: Ways in which an address is varied without naming another page.
VARIED: dict[str, Callable[[str], str]] = {
    "the other scheme": lambda url: re.sub(r"^http(s?)", lambda m: "http" if m[1] else "https", url),
    "without www": lambda url: url.replace("://www.", "://", 1),
    "default port": lambda url: re.sub(
        r"^(https?)://([^/?]+)", lambda m: f"{m[0]}:{443 if m[1] == 'https' else 80}", url
    ),
    "slash at the end": lambda url: url if "?" in url else url.rstrip("/") + ("" if url.endswith("/") else "/"),
    "fragment": lambda url: url + "#comments",
    "campaign": lambda url: _with(url, "utm_source=a&utm_medium=b&fbclid=c"),
    "AMP parameter": lambda url: _with(url, "amp=1"),
    "AMP cache": _in_cache,
    "telephone": lambda url: url.replace("://www.", "://m.", 1),
    "escaped letter": lambda url: (
        re.sub(r"([a-z])(?=[^/a-z]*$)", lambda m: f"%{ord(m[1]):02x}", url, count=1)
        if "?" not in url and urlsplit(url).path.strip("/")
        else url
    ),
}


def written() -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """(kind, URL, variant) and (kind, URL, other) of the table."""
    rows = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
    return (
        [(row["kind"], row["url"], row["variant"]) for row in rows if "variant" in row],
        [(row["kind"], row["url"], row["other"]) for row in rows if "other" in row],
    )


def normal_forms(folder: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((folder / "urls").glob("*ormalized*.csv")):
        with path.open(encoding="utf-8") as lines:
            for row in csv.reader(lines, skipinitialspace=True):
                if len(row) > 1 and row[0].startswith("http") and is_http(row[1].strip()):
                    yield f"normal form ({path.name[:20]})", row[0], row[1].strip()


def real_addresses(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in sorted(folder.glob("urls/*.csv")) + sorted(folder.glob("vice/*.csv")):
        if "ormalized" not in path.name:
            with path.open(encoding="utf-8") as lines:
                found.update(cell.strip() for row in csv.reader(lines) for cell in row)
    for path in sorted(folder.glob("*/index.jsonl")):
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            found.update(text for text in _strings(json.loads(line)) if not re.search(r"\s", text))
    # Pictures and the questions to web archives are no pages.
    return {
        url
        for url in found
        if is_http(url)
        and url.isprintable()
        and len(url) < 500
        and not re.search(
            r"\.(?:jpe?g|png|gif|webp|svg)\b|/cdx/|/web/\d{4,14}|example\.(?:com|org)", url, re.IGNORECASE
        )
    }


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def is_article(url: str) -> bool:
    path = urlsplit(url).path
    return len(re.findall(r"[^\W\d_]{2,}", path)) >= 3 and bool(re.search(r"\d{4}|[^/]+-[^/]+-[^/]+", path))


def generations(url: str) -> list[tuple[str, str, str]]:
    """The other forms that the address of a VICE article with an id has had."""
    found = re.fullmatch(r"https?://(?:www|motherboard)\.vice\.com/(\w+)/article/([a-z0-9]{6})/([^/?#]+)/?", url)
    if found is None:
        return []
    edition, short_id, slug = found.groups()
    later = "en" if edition == "en_us" else edition
    forms = (
        f"https://motherboard.vice.com/{edition}/article/{slug}",
        f"https://motherboard.vice.com/{edition}/article/{short_id}/{slug}",
        f"https://www.vice.com/{edition}/article/{short_id}/{slug}",
        f"https://www.vice.com/{later}/article/{short_id}/{slug}",
        f"https://www.vice.com/{later}/article/{slug}/",
        f"https://www.vice.com/{edition}/article/{short_id}",
    )
    return [("generations of VICE", url, form) for form in forms]


_LINK = re.compile(rb"<link\b[^>]{0,900}>", re.IGNORECASE)


def declared(folder: Path) -> set[tuple[str, str, str]]:
    """The AMP addresses that publishers state for pages of their own."""
    found = set()
    for path in sorted(folder.glob("**/*.html.gz")):
        try:
            body = gzip.decompress(path.read_bytes())[:400_000]
        except (OSError, EOFError):
            continue
        stated: dict[str, str] = {}
        for link in _LINK.findall(body):
            rel = re.search(rb"rel\s*=\s*[\"']?(canonical|amphtml)\b", link, re.IGNORECASE)
            href = re.search(rb"href\s*=\s*[\"']?([^\"'\s>]+)", link, re.IGNORECASE)
            if rel and href:
                stated.setdefault(rel[1].decode().lower(), html.unescape(href[1].decode("utf-8", "replace")))
        page, amp = stated.get("canonical", ""), stated.get("amphtml", "")
        if is_http(page) and is_http(amp) and registrable_domain(page) == registrable_domain(amp) != "archive.org":
            found.add((DECLARED, page, amp))
    return found


def tells_apart(url: str) -> tuple[object, ...]:
    """What would make this another article, read independently of `archive.urls`: numbers, words of the slug, ids."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    words = frozenset(re.findall(r"[^\W\d_]{4,}", path)) - {"index", "html", "amphtml", "print"}
    numbers = tuple(re.findall(r"\d{2,}", path))
    ids = frozenset(re.findall(r"(?i)(?:^|&)((?:[a-z]*id|p|art\w*|story|news|nr|n)=\d+)(?=&|$)", parts.query))
    return registrable_domain(url), words, numbers, ids


def main(folder: Path) -> dict[str, float]:
    variants, others = written()
    variants += normal_forms(folder)
    addresses = sorted(real_addresses(folder))
    articles = [url for url in addresses if is_article(url)]
    made = [
        (f"varied: {kind}", url, varied)
        for url in articles
        for kind, vary in VARIED.items()
        if (varied := vary(url)) != url
    ]
    variants += [case for url in addresses for case in generations(url)]
    made += sorted(declared(folder))
    told, joined = Counter[str](), Counter[str]()
    missed = []
    for kind, url, variant in (*variants, *made):
        told[kind] += 1
        if same_page(url, variant):
            joined[kind] += 1
        else:
            missed.append((kind, url, variant))
    print(f"{'kind':<44}{'variants':>9}{'joined':>8}")
    for kind, count in told.items():
        print(f"{kind:<44}{count:>9}{joined[kind]:>8}")
    print(f"\n{len(missed)} variants not joined:")
    for kind, url, variant in missed[:SHOWN]:
        print(f"  {kind}: {url[:100]}\n      {variant[:140]}")
    merged = [case for case in others if same_page(case[1], case[2])]
    by_key = defaultdict(list)
    for url in addresses:
        by_key[page_keys(url)[0]].append(url)
    for urls in by_key.values():
        differing = [url for url in urls[1:] if tells_apart(url) != tells_apart(urls[0])]
        merged += [("real addresses", urls[0], other) for other in differing]
    print(f"\n{len(others)} pairs of two articles and {len(addresses)} real addresses; {len(merged)} wrongly merged:")
    for kind, url, other in merged[:SHOWN]:
        print(f"  {kind}: {url[:140]}\n      {other[:140]}")
    single = [kind for kind in told if not kind.startswith(("varied: ", "declared: "))]
    of_kinds = [joined[kind] / told[kind] for kind in told if kind.startswith(("varied: ", "declared: "))]
    figures = {
        "joined": round(
            (sum(joined[kind] for kind in single) + sum(of_kinds))
            / (sum(told[kind] for kind in single) + len(of_kinds)),
            4,
        ),
        "wrongly_merged": len(merged),
        "declared_joined": round(joined[DECLARED] / told[DECLARED], 4) if told[DECLARED] else 1.0,
        "variants": sum(told[kind] for kind in single),
        "varied": len(made),
        "pairs_of_two": len(others),
        "real_addresses": len(addresses),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
