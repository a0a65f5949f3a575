"""What the indexes of web archives have in common: which addresses to ask for, and which of their captures to fetch.

An index lists every capture of an address, thousands for some pages, and most show what another one shows. Fetched are,
of each page: captures of status 200 whose digest differs from those before, spread over its time, and the first capture
after them that shows its absence. The rest stays readable in the index' answer, which is a capture itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import parse_qs, urlencode, urlsplit

from archive.types import Story
from archive.urls import host_port, registrable_domain, url_key
from crawler.discovery.reading import language_tag
from crawler.discovery.search import Asking, Question

PER_PAGE = 12
"""Captures of one page to fetch from one archive, unless the watch says otherwise."""

LONGEST_ADDRESS = 2000
"""Characters. What is longer in an index is an image written into a link, not a page."""

EDITIONS = {
    "en": ("en_us", "en_uk", "en_ca", "en_au", "en_in", "en_asia"),
    "es": ("es_latam",),
    "pt": ("pt_br",),
    "de": ("de_at", "de_ch"),
    "fr": ("fr_be", "fr_ca"),
    "nl": ("nl_be",),
}
"""Language -> regional editions, as publishers write them in paths; seen at vice.com, 2017 to 2024."""

HTML = frozenset(("text/html", "application/xhtml+xml", "unk", "warc/revisit", "-", ""))
ABSENT = frozenset(("404", "410", "301", "302", "303", "307", "308"))


@dataclass(frozen=True, slots=True)
class Row:
    """One capture, as an index lists it. Everything but the time is text, as there."""

    #: fourteen digits
    timestamp: str
    at: datetime
    #: the address captured, without the default port
    url: str
    media_type: str
    #: "200"; "-" if the index does not say, as for a repetition stored by reference
    status: str
    #: of the bytes as stored; equal digests are equal pages
    digest: str


# --- what to ask for ------------------------------------------------------------------------------


def is_public(url: str) -> bool:
    """Whether an archive of the public web may know *url*: not this machine, no address of a private network."""
    place = host_port(url)
    if place is None:
        return False
    host = place[0].strip("[]")
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".lan", ".internal", ".intranet", ".test"))


def addresses(questions: Iterable[Question]) -> Iterator[Question]:
    """Questions of kind "url" that an archive of the public web can answer, one for each address that it tells apart."""
    seen: set[str] = set()
    for question in questions:
        # Not `url_key`: it may join the addresses that a page had one after another, and an index does not.
        address = question.text.partition("://")[2].partition("#")[0].lower().removeprefix("www.").rstrip("/")
        if question.kind == "url" and is_public(question.text) and address not in seen:
            seen.add(address)
            yield question


def short_ids(questions: Iterable[Question]) -> Iterator[Question]:
    """Questions of kind "short_id". What is shorter than four characters would be found everywhere."""
    seen: set[str] = set()
    for question in questions:
        if question.kind == "short_id" and len(question.text) >= 4 and question.text not in seen:
            seen.add(question.text)
            yield question


def edition_prefixes(asking: Asking, short_id: str) -> list[str]:
    """The addresses under which other editions of the publisher would have the article of this id.

    Made from the story's own: `www.vice.com/en_us/article/qjkq9w/slug` gives `www.vice.com/nl/article/qjkq9w/`, for the
    languages that the story is looked for in.
    """
    found: dict[str, None] = {}
    for url in asking.story.urls:
        parts = urlsplit(url)
        segments = parts.path.strip("/").split("/")
        if not is_public(url) or short_id not in segments:
            continue
        before = segments[: segments.index(short_id)]
        place = next((n for n, segment in enumerate(before) if is_edition(segment)), None)
        for edition in _editions(asking.story) if place is not None else ():
            path = "/".join(edition if n == place else segment for n, segment in enumerate(before))
            found[f"{parts.netloc}/{path}/{short_id}/"] = None
    return list(found)


def is_edition(segment: str) -> bool:
    """Whether a part of a path names a language or an edition: "nl", "en_us", "es_latam", "pt-br"."""
    tag = language_tag(segment)
    return tag is not None and re.fullmatch(r"[a-z]{2}(?:-[a-z]{2,5})?", tag) is not None


def language_of(url: str) -> str | None:
    """The language that a part of the path names, as BCP 47; None if none does."""
    for segment in urlsplit(url).path.split("/")[1:4]:
        if is_edition(segment):
            return language_tag(segment)
    return None


def outlet_domains(story: Story) -> list[str]:
    """The registrable domains of the story's own addresses."""
    return list(dict.fromkeys(registrable_domain(url) for url in story.urls if is_public(url)))


def _editions(story: Story) -> list[str]:
    languages = story.languages or tuple(EDITIONS)
    return [edition for language in languages for edition in (language, *EDITIONS.get(language, ()))]


# --- what to fetch --------------------------------------------------------------------------------


def parse_time(timestamp: str) -> datetime | None:
    """Fourteen digits as a time in UTC; None where they are none, as in rows with month 00 or hour 24."""
    if not re.fullmatch(r"[0-9]{14}", timestamp):
        return None
    try:
        return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def clean_address(original: str) -> str | None:
    """The address of a row without its default port; None for what is no page's: mailto, image data, words."""
    if len(original) > LONGEST_ADDRESS or host_port(original) is None:
        return None
    scheme, _, rest = original.partition("://")
    authority, slash, path = rest.partition("/")
    if "@" in authority or re.search(r"data:image|%22data:", path[:40], re.IGNORECASE):
        return None
    default = ":443" if scheme.lower() == "https" else ":80"
    return f"{scheme}://{authority.removesuffix(default)}{slash}{path}"


def by_page(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Page -> its captures in order of time."""
    pages: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.timestamp):
        pages.setdefault(url_key(row.url), []).append(row)
    return pages


def worth_fetching(rows: Sequence[Row], most: int) -> list[Row]:
    """Of the captures of one page, in order of time, those that may show something else than the others."""
    shown: dict[str, Row] = {}
    for row in rows:
        if row.media_type in HTML and (row.status == "200" or row.media_type == "warc/revisit"):
            shown.setdefault(row.digest, row)
    chosen = spread(list(shown.values()), most)
    last_shown = max((row.timestamp for row in rows if row.status == "200"), default="")
    absent = next((row for row in rows if row.status in ABSENT and row.timestamp > last_shown), None)
    return [*chosen, absent] if chosen and absent else chosen


def spread(rows: Sequence[Row], most: int) -> list[Row]:
    """At most *most* of *rows*, the first and the last among them, the others as far apart in time as can be."""
    if len(rows) <= most:
        return list(rows)
    chosen = {0, len(rows) - 1} if most > 1 else {0}
    times = [row.at.timestamp() for row in rows]
    nearest = [min(abs(time - times[n]) for n in chosen) for time in times]
    while len(chosen) < most:
        farthest = max((n for n in range(len(rows)) if n not in chosen), key=nearest.__getitem__)
        chosen.add(farthest)
        nearest = [min(known, abs(time - times[farthest])) for known, time in zip(nearest, times, strict=True)]
    return [rows[n] for n in sorted(chosen)]


# --- what a request must remember -----------------------------------------------------------------


def remember(url: str, **values: object) -> str:
    """*url* with *values* in its fragment, which is never sent: a source keeps no state, and its answer must be read alone.

    >>> remember("https://example.org/collinfo.json", since="2022")
    'https://example.org/collinfo.json#since=2022'
    """
    return f"{url}#{urlencode(values, doseq=True)}" if values else url


def remembered(url: str) -> dict[str, list[str]]:
    """The values that `remember` put into *url*."""
    return parse_qs(url.partition("#")[2])
