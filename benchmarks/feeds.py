"""Are healthy feeds and sitemaps read in full, and broken ones answered with a reason, quickly and in little memory?

    python -m benchmarks.feeds DIR

DIR holds feeds and sitemaps in any folders, with or without `index.jsonl`. A file is *healthy* if Python's own XML or JSON
parser takes it and its root is that of a feed or a sitemap. What it says is then read here a second time, simply:
each of its entries with an address must be a lead with that address, and where the entry has a title, a date or a
language that follow the standards, the lead must have the same.

Any other file is *explained* if the answer says what was lost or why there is nothing. Bombs are made on the way, each
read in a process of its own.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import re
import resource
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from archive.types import Lead
from archive.urls import is_http, same_page
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.reading import SourceReading, is_media, plain
from crawler.discovery.sitemaps import leads_from_sitemap

URL = "https://courier.example/source.xml"
SLOWEST = 1.0
"""Seconds that a file may take."""
MOST_MEMORY = 200
"""MB that reading a bomb may need, the process included."""

_SITEMAP_ROOTS = ("urlset", "sitemapindex")
_ROOTS = (*_SITEMAP_ROOTS, "rss", "rdf", "feed")
_LANGUAGE = re.compile(r"(?!(?:us|uk)$)[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)
"""Countries are given for languages: "US" is one of them, and so is "uk" where no Ukrainian is spoken."""

_OF_HTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Entry:
    """What a file says of one page."""

    addresses: tuple[str, ...]
    title: str | None = None
    date: datetime | None = None
    language: str | None = None


# --- a second, simple reading ------------------------------------------------------------------------


def entries_of(body: bytes) -> list[Entry] | None:
    """The entries of a healthy file, None if it is none."""
    if body[:2] == b"\x1f\x8b":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError):
            return None
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        return _json_entries(body)
    body = body.lstrip(b"\xef\xbb\xbf \r\n\t")
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError):
        return None
    kind = _local(root).lower()
    if kind not in _ROOTS:
        return None
    if kind in _SITEMAP_ROOTS:
        return [_sitemap_entry(element) for element in root if _local(element) in ("url", "sitemap")]
    channel = next((child for child in root if _local(child) == "channel"), root)
    language = _language(root) or _language(channel)
    return [_feed_entry(item, language) for item in root.iter() if _local(item) in ("item", "entry")]


def _json_entries(body: bytes) -> list[Entry] | None:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return None
    return [
        Entry(
            tuple(
                value
                for name in ("url", "external_url", "id")
                if isinstance(value := item.get(name), str) and (name == "url" or is_http(value))
            ),
            item.get("title"),
            _date(item.get("date_published")),
            item.get("language") or feed.get("language"),
        )
        for item in items
        if isinstance(item, dict)
    ]


def _sitemap_entry(element: ET.Element) -> Entry:
    addresses = tuple((child.text or "").strip() for child in element if _local(child) == "loc")
    news = next((child for child in element if _local(child) == "news"), None)
    if news is None:
        return Entry(addresses)
    publication = next((child for child in news if _local(child) == "publication"), ET.Element("none"))
    return Entry(
        addresses,
        _text(news, "title"),
        _date(_text(news, "publication_date")),
        _text(publication, "language"),
    )


def _feed_entry(item: ET.Element, language: str | None) -> Entry:
    addresses = []
    for child in item:
        name = _local(child)
        if name == "link" and (child.get("rel") or "alternate") == "alternate":
            addresses += [child.text or "", child.get("href") or ""]
        elif name in ("origLink", "guid", "id") and is_http(child.text or ""):
            addresses.append(child.text or "")
    addresses = [address.strip() for address in addresses if address.strip()]
    date = next(
        (date for name in ("pubDate", "published", "date", "issued") if (date := _date(_text(item, name)))), None
    )
    return Entry(
        tuple(address for address in addresses if not is_media(address)),
        _text(item, "title"),
        date,
        _language(item) or language,
    )


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if not element.tag.startswith(_OF_HTML) else "html"


def _text(element: ET.Element, name: str) -> str | None:
    found = next((child for child in element if _local(child) == name), None)
    return "".join(found.itertext()).strip() or None if found is not None else None


def _language(element: ET.Element) -> str | None:
    text = element.get("{http://www.w3.org/XML/1998/namespace}lang") or _text(element, "language") or ""
    return text if _LANGUAGE.fullmatch(text) else None


def _date(text: object) -> datetime | None:
    """A date as RFC 822 or ISO 8601 have it."""
    if not isinstance(text, str):
        return None
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            date = parse(text.strip())
        except (ValueError, TypeError, IndexError):
            continue
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
        return date if date.year > 1900 and (date.year, date.month, date.day) != (1970, 1, 1) else None
    return None


# --- the comparison ----------------------------------------------------------------------------------


def missing(entry: Entry, leads: list[Lead]) -> str | None:
    """What *leads* lack of the entry; None if nothing."""
    addresses = [urljoin(URL, address) for address in entry.addresses]
    if not any(map(is_http, addresses)):
        return None
    lead = next((lead for lead in leads if any(_same(lead.url, address) for address in addresses)), None)
    if lead is None:
        return f"link {addresses[0]}"
    if plain(entry.title) and not lead.title:
        return f"title {entry.title}"
    # Of several entries about one page the first is kept, so any of their dates will do.
    if entry.date and not lead.published:
        return f"date {entry.date}"
    if entry.language and _LANGUAGE.fullmatch(entry.language) and not lead.language:
        return f"language {entry.language}"
    return None


def _same(url: str, address: str) -> bool:
    # A redirect of Google holds the publisher's address, in clear or in its id.
    return url == address or same_page(url, address) or url in unquote(address) or "news.google." in address


def read(body: bytes, name: str) -> SourceReading:
    """As the crawler would: as a sitemap what looks like one, as a feed everything else."""
    beginning = body[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
    as_sitemap = b"<urlset" in beginning or b"<sitemapindex" in beginning or name.endswith((".txt", ".gz"))
    return leads_from_sitemap(body, URL) if as_sitemap or "sitemap" in name else leads_from_feed(body, URL)


# --- bombs -------------------------------------------------------------------------------------------


def _zeros() -> bytes:
    return gzip.compress(bytes(300 * 1024 * 1024), 9)


def _laughs(root: str) -> Callable[[], bytes]:
    def bomb() -> bytes:
        levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        return (
            f'<!DOCTYPE {root} [<!ENTITY a0 "ha">{levels}]><{root}><item><title>&a9;</title></item></{root}>'.encode()
        )

    return bomb


def _long_entity() -> bytes:
    return f'<!DOCTYPE rss [<!ENTITY a "{"x" * 1_000_000}">]><rss><item><title>{"&a;" * 1000}</title></item></rss>'.encode()


def _nested(tag: str) -> Callable[[], bytes]:
    return lambda: (f"<{tag}>" * 300_000).encode()


def _many(head: str, record: str, count: int, tail: str) -> Callable[[], bytes]:
    return lambda: gzip.compress((head + "".join(record.format(n) for n in range(count)) + tail).encode(), 6)


BOMBS: dict[str, Callable[[], bytes]] = {
    "300 MB of zeros, packed": _zeros,
    "a billion laughs as a feed": _laughs("rss"),
    "a billion laughs as a sitemap": _laughs("urlset"),
    "one long entity 1,000 times": _long_entity,
    "300,000 elements deep": _nested("item"),
    "300,000 addresses deep": _nested("urlset"),
    "500,000 addresses in a sitemap": _many("<urlset>", "<url><loc>https://courier.example/{}</loc></url>", 500_000, "</urlset>"),
    "the same sitemap, broken": _many("<urlset>", "<url><loc>https://courier.example/&{}</loc></url>", 500_000, "</url"),
    "200,000 entries of a feed": _many("<rss>", "<item><title>{0}</title><link>https://courier.example/{0}</link></item>", 200_000, "</rss>"),
    "the same, broken and in Greek": _many("<rss>", "<item><title>ώ&{0}</title><link>https://courier.example/{0}</link></item>", 200_000, ""),
    "50 MB of JSON": _many('{{"items":['.replace("{{", "{"), '{{"url":"https://courier.example/{0}","title":"{0}"}},', 600_000, "{}]}"),
    "a million attributes": lambda: b"<rss " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>",
}  # fmt: skip


def peak_memory() -> float:
    """MB that this process had in memory at most."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would be that of the parent, where that was larger
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii", errors="replace"))
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def _in_a_process(name: str, body: bytes, answers: multiprocessing.Queue[tuple[str, str, float, float]]) -> None:
    start = time.perf_counter()
    answer = read(body, "sitemap.gz" if "address" in name or "sitemap" in name else "feed")
    seconds = time.perf_counter() - start
    peak = peak_memory()
    answers.put((answer.outcome, answer.reason or f"{len(answer.leads)} leads", seconds, peak))


def bombs() -> Iterator[tuple[str, str, str, float, float]]:
    """(name, outcome, reason, seconds, MB at most)."""
    context = multiprocessing.get_context("spawn")
    for name, make in BOMBS.items():
        answers: multiprocessing.Queue[tuple[str, str, float, float]] = context.Queue()
        process = context.Process(target=_in_a_process, args=(name, make(), answers))
        process.start()
        try:
            yield name, *answers.get(timeout=120)
        except OSError:
            yield name, "no answer", "", 120.0, 0.0
        process.join(5)
        process.kill()


def main(folder: Path) -> dict[str, float]:
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("SOURCE.md", "index.jsonl") and urlsplit(path.name).path == path.name
    )
    healthy = whole = explained = broken = 0
    slowest: tuple[float, str] = (0.0, "")
    print(f"{'':<6}{'file':<62}{'outcome':<12}{'entries':>8}{'leads':>7}{'ms':>8}  reason")
    for path in files:
        body, name = path.read_bytes(), str(path.relative_to(folder))
        start = time.perf_counter()
        answer = read(body, name)
        seconds = time.perf_counter() - start
        slowest = max(slowest, (seconds, name))
        entries = entries_of(body)
        lacks: list[str] = []
        if entries is None:
            broken += 1
            ok = bool(answer.reason) or answer.outcome == "ok"
            explained += ok
        else:
            healthy += 1
            lacks = [lack for entry in entries if (lack := missing(entry, list(answer.leads)))]
            ok = not lacks and (answer.outcome == "ok" or (answer.outcome == "empty" and bool(answer.reason)))
            whole += ok
        told = "-" if entries is None else str(len(entries))
        print(f"{'' if ok else 'MISS':<6}{name[:60]:<62}{answer.outcome:<12}{told:>8}{len(answer.leads):>7}{seconds * 1000:>8.1f}"
              f"  {(answer.reason or '')[:70]}")  # fmt: skip
        for lack in lacks[:5]:
            print(f"          lacks {lack[:120]}")
    print(f"\n{'bomb':<36}{'outcome':<12}{'seconds':>8}{'MB':>7}  reason")
    most = slowest_bomb = 0.0
    for bomb, outcome, reason, seconds, peak in bombs():
        most, slowest_bomb = max(most, peak), max(slowest_bomb, seconds)
        broken, explained = broken + 1, explained + (outcome != "no answer")
        print(f"{bomb:<36}{outcome:<12}{seconds:>8.2f}{peak:>7.0f}  {reason[:90]}")
    print(
        f"\nslowest file: {slowest[1]} {slowest[0]:.3f} s; bombs: at most {slowest_bomb:.2f} s and {most:.0f} MB, the process included"
    )
    figures = {
        "healthy_read": round(whole / healthy, 4) if healthy else 1.0,
        "unexplained": broken - explained,
        "healthy": healthy,
        "broken": broken,
        "slowest_seconds": round(slowest[0], 3),
        "bomb_mb": round(most),
        "bomb_seconds": round(slowest_bomb, 2),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
