"""What stands around an article's text, compared as what it means: dates as instants, images as files, addresses as
pages, bylines as sets of names; and the links of the text.

A value that is only written differently is noise, and says so; it does not vanish.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import regex

from archive.diff_furniture import furniture
from archive.diff_lexicon import MONTHS
from archive.text import normal_form
from archive.titles import same_page_title, says_more
from archive.types import Link
from archive.urls import registrable_domain, url_key

Fields = Mapping[str, tuple[str | None, str | None]]

FIELD_WEIGHTS = {
    "title": 0.6,
    "correction": 0.6,
    "language": 0.35,
    "subtitle": 0.3,
    "caption": 0.3,
    "byline": 0.3,
    "published": 0.25,
    "image": 0.2,
    "page_title": 0.3,
    "canonical": 0.15,
    "section": 0.05,
    "modified": 0.02,
}
#: A lead image that is gone is told (analysts label it as important); one that came or was exchanged is ranked lower.
IMAGE_REMOVED = 0.3
FIELD_NAMES = {"title": "headline", "published": "publication date", "modified": "modification date", "page_title": "page title",
               "image": "lead image", "canonical": "canonical address"}  # fmt: skip
#: A page title that comes to say what the headline says.
PAGE_TITLE_FOLLOWS = 0.15
#: A value written differently.
WRITTEN = 0.05

#: A link of the article that is gone, one that came, one that leads elsewhere under the same words.
LINK_REMOVED, LINK_ADDED, LINK_RETARGETED = 0.3, 0.25, 0.3
#: ... and a removed link to a file or a data set, which is what analysts of government pages look for first.
DOWNLOAD_REMOVED = 0.5
#: A link to a tag, an author or a section: many systems set them without an editor.
LINK_SLIGHT = 0.05


class Reason(NamedTuple):
    """Why a difference matters, in words, and how much, 0 to 1."""

    words: str
    weight: float


# --- fields -----------------------------------------------------------------------------------------


def field_reasons(fields: Fields, edited: Mapping[str, Reason | None], headline: str | None = None) -> Iterator[Reason]:
    """A reason for each field that differs.

    Args:
        edited: for fields of prose, why their change is slight; None if it is not.
        headline: the new one; a page title that follows it is of little weight.
    """
    for name, (old, new) in fields.items():
        label, weight = FIELD_NAMES.get(name, name), FIELD_WEIGHTS.get(name, 0.1)
        if name == "page_title" and follows_headline(fields, headline):
            weight = PAGE_TITLE_FOLLOWS
        if not old or not new:
            gone = name == "image" and not new
            yield Reason(f"{label} {'added' if new else 'removed'}", IMAGE_REMOVED if gone else weight)
        elif normal_form(old) == normal_form(new):
            yield Reason(f"{label}: only spacing or quotation marks", 0.0)
        elif written_differently(name, old, new):
            yield Reason(f"{label} written differently", min(weight, WRITTEN))
        elif (slight := edited.get(name)) is not None:
            yield Reason(f"{label}: {slight.words}", min(weight, slight.weight))
        else:
            yield Reason(f"{label} changed", weight)


def follows_headline(fields: Fields, headline: str | None) -> bool:
    """Whether the page's title came to say no more than the new headline does."""
    return "page_title" in fields and not says_more(fields["page_title"][1] or "", headline)


def written_differently(name: str, old: str, new: str) -> bool:
    """Whether two values of a field mean the same."""
    return name in _SAME and _SAME[name](old, new)


_BY = regex.compile(
    r"^\W*(?:by|written by|door|tekst(?::| door)|von|text(?::| von)|par|texte|por|texto|di|a cura di)\b[\s:]*", regex.I
)
_NAMES_APART = regex.compile(r"\s*(?:[,;/&|·•+]|\b(?:and|en|und|et|y|e|with|met|mit|avec|con)\b)\s*", regex.I)


def same_byline(old: str, new: str) -> bool:
    """The same names in any order and case, with or without "By".

    >>> same_byline("By Jane Doe and A. Roe", "A. ROE, Jane Doe"), same_byline("Jane Doe", "Jane Roe")
    (True, False)
    """
    one, other = (
        frozenset(
            name.casefold().strip(" .")
            for name in _NAMES_APART.split(_BY.sub("", normal_form(side)))
            if name.strip(" .")
        )
        for side in (old, new)
    )
    return one == other


_DATE_IN_WORDS = regex.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?(\p{L}+)\.?\s+(?:de\s+)?((?:19|20)\d\d)"
)
_DATE_US = regex.compile(r"(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_DATE_DOTTED = regex.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)")
_TIME_OF_DAY = regex.compile(r"(?<!\d)(\d{1,2})[:.h](\d{2})(?::(\d{2}))?\s*([ap]\.?m)?", regex.I)
_MONTH_NUMBERS = {
    key: number for names in MONTHS.values() for number, name in enumerate(names.split(), 1) for key in (name, name[:3])
}


class _When(NamedTuple):
    time: datetime
    #: it says the time of day, not only the date
    exact: bool
    #: it says the zone
    zoned: bool


def same_time(old: str, new: str) -> bool:
    """The same instant in another zone or notation, or the same day where one side says no more.

    >>> same_time("2023-01-20T10:00:00+01:00", "Fri, 20 Jan 2023 09:00:00 GMT"), same_time("2023-01-20", "2023-01-21")
    (True, False)
    """
    one, other = _when(old), _when(new)
    if one is None or other is None:
        return False
    apart = abs(one.time - other.time)
    if one.exact and other.exact:
        if one.zoned == other.zoned:
            return apart < timedelta(minutes=1)  # some systems print no seconds
        # One side says no zone: it may be any.
        return apart <= timedelta(hours=14) and apart.total_seconds() % 900 < 60
    if one.time.date() == other.time.date():
        return True
    exact = one if one.exact else other
    # A bare date is that of the outlet's own zone.
    return one.exact != other.exact and exact.zoned and apart <= timedelta(hours=38) and _near(one, other)


def _near(one: _When, other: _When) -> bool:
    """Whether the instant falls on the other's day in a zone where many people live, Auckland to Los Angeles."""
    (day, instant) = (one.time, other.time) if other.exact else (other.time, one.time)
    return day - timedelta(hours=12) <= instant < day + timedelta(hours=24 + 8)


def _when(text: str) -> _When | None:
    plain = normal_form(text)
    if regex.fullmatch(r"\d{10}|\d{13}", plain):
        return _When(datetime.fromtimestamp(int(plain[:10]), UTC), True, True)
    read: Callable[[str], datetime]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(plain)
            return _When(
                time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC),
                len(plain) > 10,
                time.tzinfo is not None,
            )
        except (ValueError, TypeError, OverflowError):
            continue
    return _in_words(plain)


def _in_words(plain: str) -> _When | None:
    numbers = None
    if found := _DATE_IN_WORDS.search(plain):
        numbers = found[3], _MONTH_NUMBERS.get(found[2].casefold()), found[1]
    elif found := _DATE_US.search(plain):
        numbers = found[3], _MONTH_NUMBERS.get(found[1].casefold()), found[2]
    elif found := _DATE_DOTTED.search(plain):
        numbers = found[3], int(found[2]), found[1]
    if found is None or numbers is None or numbers[1] is None:
        return None
    clock = _TIME_OF_DAY.search(plain, found.end())
    hour = int(clock[1]) % 12 + 12 * (clock[4][0] in "pP") if clock and clock[4] else int(clock[1]) if clock else 0
    try:
        time = datetime(int(numbers[0]), numbers[1], int(numbers[2]), hour, int(clock[2]) if clock else 0, tzinfo=UTC)
    except ValueError:
        return None
    return _When(time, clock is not None, False)


_SIZE = regex.compile(
    r"(?:^|[-_.,@=])(?:\d{2,4}x\d{2,4}|[wh]?[-_]?\d{2,4}(?:w|h|px|p)|[wh][-_]?\d{2,4}|[@]?\dx|scaled|e\d{10,13}|"
    r"thumb(?:nail)?|small|medium|large|square|full|crop(?:ped)?|resized?|rotated|q\d{2,3}|\d{1,4}[-_:]\d{1,4})(?=$|[-_.,@])",
    regex.I,
)
_SIZE_SEGMENT = regex.compile(
    r"(?:(?:w|h|s|q|c|fit|crop|size|width|height|resize|quality)[_=:-]?)?[\d.x:,_%-]+|(?:[a-z]{1,8}[_:=-][\w.:%-]+,?)+|resize|crop|fit|fill|images?|width|height|"
    r"large|small|medium|master|original|landscape|square|portrait|portada|default|auto|standard|thumb(?:nail)?|main|photo|"
    r"foto|picture|image|f|c|w|h|q|s\d+",
    regex.I,
)
_EXTENSION = regex.compile(r"(?:\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp|svg|image))+$", regex.I)


def image_key(url: str) -> str:
    """The file behind an image's address, whatever its size, host or parameters.

    >>> image_key("https://cdn.test/u/2023/raid-1024x576.jpg?w=90") == image_key("//i0.wp.com/x.test/u/2023/raid.webp")
    True
    """
    parts = urlsplit(html.unescape(url.strip()))
    for _, value in parse_qsl(parts.query):
        if regex.match(r"https?(?::|%3a)//|/.+\.(?:jpe?g|png|webp)", value, regex.I):  # an image server's own parameter
            return image_key(unquote(value))
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if inner := next((place for place, part in enumerate(segments) if regex.match(r"https?:", part, regex.I)), None):
        segments = segments[inner + 1 :] or segments
    bare = [_bare_name(segment) for segment in segments]
    kept = [name for name in bare if name and not _SIZE_SEGMENT.fullmatch(name)] or bare
    return kept[-1] if kept else parts.netloc.casefold()


def _bare_name(segment: str) -> str:
    name = _EXTENSION.sub("", segment.casefold())
    before = ""
    while name != before:
        before, name = name, _SIZE.sub("", name)
    return name


def same_image(old: str, new: str) -> bool:
    """The same file at another size, with other parameters, or from another host."""
    return image_key(old) == image_key(new)


_CUT = regex.compile(
    r"\s*(?:\[?\s*(?:\.{3}|…|&hellip;|&#8230;)\s*\]?|\[\s*(?:more|meer|mehr|plus|más|lire la suite|leer más|…|\.{3})[^\]]*\])?\s*"
    r"(?:\[\s*(?:more|meer|mehr|plus|más|suite|…|\.{3})[^\]]*\]|(?:read more|continue reading|lees (?:meer|verder)|"
    r"weiterlesen|mehr lesen|lire la suite|leer más|seguir leyendo)\W*)?\s*$",
    regex.I,
)
#: Characters from which on a text that breaks off is one that a plugin cut for search engines (they cut at 150 to 160).
CUT_LENGTH = 100


def same_subtitle(old: str, new: str) -> bool:
    """The same words, one of them cut by a plugin: "The raid left 12 people […]".

    >>> same_subtitle("The raid left 12 people dead [more]", "The raid left 12 people dead on Monday.")
    True
    """
    sides = [normal_form(html.unescape(side)) for side in (old, new)]
    bare = [_CUT.sub("", side).casefold().rstrip(" .,;:-") for side in sides]
    (short, short_bare), (_, long_bare) = sorted(zip(sides, bare, strict=True), key=lambda side: len(side[1]))
    marked = _CUT.sub("", short) != short.strip()
    broken_off = len(short) >= CUT_LENGTH and not regex.search(r"[.!?][\"')]*$", short)
    return bool(short_bare) and long_bare.startswith(short_bare) and (marked or broken_off or short_bare == long_bare)


#: Not after a dash, which headlines use themselves: "Raid in Kyiv – Two Dead".
_SITE = regex.compile(r"\s+[|•·»]\s+|\s+::\s+|\s*\|\s*")


def _same_title(old: str, new: str) -> bool:
    """The same headline with and without the site's name after it."""
    short, long = sorted((normal_form(old), normal_form(new)), key=len)
    tail = long[len(short) :]
    if not long.casefold().startswith(short.casefold()) or not (cut := _SITE.match(tail)):
        return False
    words = tail[cut.end() :].split()
    named = all(word[:1].isupper() or (word.islower() and len(word) <= 3) or "." in word for word in words)
    return 0 < len(words) <= 4 and named and not regex.search(r"\p{N}", tail)


#: A web archive's own address around the page's, different in every capture of it.
_REPLAYED = regex.compile(
    r"^https?://(?:web\.archive\.org/web|wayback\.[\w.-]+/[\w-]+|archive\.(?:is|ph|today))/\d{4,14}[a-z_]*/(?=https?:)"
)


def _page_key(url: str) -> str:
    return url_key(_REPLAYED.sub("", url))


def _same_page(old: str, new: str) -> bool:
    return _page_key(old) == _page_key(new)


def _same_words(old: str, new: str) -> bool:
    one, other = (regex.sub(r"[\W_]+", " ", html.unescape(side)).casefold().strip() for side in (old, new))
    return one == other


def _same_language(old: str, new: str) -> bool:
    one, other = (regex.split(r"[-_]", side.casefold())[0] for side in (old, new))
    return one == other


_SAME: Mapping[str, Callable[[str, str], bool]] = {
    "title": _same_title,
    "page_title": same_page_title,
    "subtitle": same_subtitle,
    "byline": same_byline,
    "published": same_time,
    "modified": same_time,
    "section": _same_words,
    "language": _same_language,
    "canonical": _same_page,
    "image": same_image,
}


# --- links ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """The links of two texts held against each other, as sets of pages."""

    removed: tuple[Link, ...] = ()
    added: tuple[Link, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


_SHARERS = regex.compile(
    r"//(?:[\w-]+\.)*(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share|home\?status)|wa\.me/|"
    r"(?:api\.)?whatsapp\.com/send|t\.me/share|telegram\.me/share|linkedin\.com/(?:shareArticle|sharing|cws)|"
    r"pinterest\.\w+/pin/create|reddit\.com/submit|bsky\.app/intent|share\.flipboard\.com|getpocket\.com/(?:save|edit)|"
    r"addtoany\.com|addthis\.com|news\.ycombinator\.com/submitlink|tumblr\.com/(?:share|widgets)|xing\.com/(?:spi|social))",
    regex.I,
)
_SET_BY_SYSTEM = regex.compile(
    r"/(?:tags?|topics?|themen?|thema|onderwerp|sujets?|temas?|etiquetas?|authors?|auteurs?|autor(?:en|es)?|category|"
    r"categorie|kategorie|categoría|keywords?|login|subscribe|newsletters?|signin|register|abo)(?:/|$|\?)",
    regex.I,
)
_FILE = regex.compile(
    r"\.(?:pdf|csv|tsv|xlsx?|ods|zip|gz|tgz|7z|docx?|odt|pptx?|json|geojson|xml|kmz?|shp|nc|mp3|mp4|txt|rtf|epub|sav|dta)$",
    regex.I,
)


def compare_links(old: Sequence[Link], new: Sequence[Link]) -> LinkChanges:
    """The links that one side has and the other has not, each page once; share buttons are none of the article's."""
    old_pages, new_pages = _pages(old), _pages(new)
    return LinkChanges(
        tuple(link for key, link in old_pages.items() if key not in new_pages),
        tuple(link for key, link in new_pages.items() if key not in old_pages),
    )


def _pages(links: Sequence[Link]) -> dict[str, Link]:
    pages: dict[str, Link] = {}
    for link in links:
        if link.url.startswith(("http://", "https://")) and not _SHARERS.search(link.url):
            pages.setdefault(_page_key(link.url), link)
    return pages


def link_reasons(links: LinkChanges, old_text: str, new_text: str) -> Iterator[Reason]:
    """What the links that went and came mean, given the texts they stand in."""
    removed = [link for link in links.removed if not _in_furniture(link, old_text)]
    added = [link for link in links.added if not _in_furniture(link, new_text)]
    come = {normal_form(link.text).casefold(): link for link in added if link.text.strip()}
    moved = [(link, come[words]) for link in removed if (words := normal_form(link.text).casefold()) in come]
    retargeted = [pair for pair in moved if not _SET_BY_SYSTEM.search(pair[1].url)]
    gone = {id(link) for pair in moved for link in pair}
    sides = [("removed", removed), ("added", added)]
    slight = len(links.removed) + len(links.added) - len(removed) - len(added) + len(moved) - len(retargeted)
    for rank, (before, after) in enumerate(retargeted[:3]):
        told = f"link leads elsewhere: {_shown(before)} → {_shown(after)}"
        yield Reason(told, LINK_RETARGETED / (rank + 1) ** 2)
    for verb, found in sides:
        left = [link for link in found if id(link) not in gone]
        real = [link for link in left if not _SET_BY_SYSTEM.search(link.url)]
        slight += len(left) - len(real)
        files = [link for link in real if _FILE.search(urlsplit(link.url).path)]
        for rank, link in enumerate([*files, *(link for link in real if link not in files)][:3]):
            kind = "download link" if link in files else "link"
            weight = LINK_ADDED if verb == "added" else DOWNLOAD_REMOVED if link in files else LINK_REMOVED
            yield Reason(f"{kind} {verb}: {_shown(link)}", weight / (rank + 1) ** 2)
        if len(real) > 3:
            yield Reason(f"{len(real) - 3} more links {verb}", 0.0)
    if slight:
        yield Reason("links of teasers, tags or authors", LINK_SLIGHT)


_UNLINKED = ("teaser", "share box", "newsletter box", "advertising label")


def _in_furniture(link: Link, text: str) -> bool:
    """Whether the link's words stand in nothing but teasers and labels."""
    words = " ".join(link.text.split())
    lines = [line for line in text.splitlines() if words and words in " ".join(line.split())]
    return bool(lines) and all(furniture(line) in _UNLINKED for line in lines)


def _shown(link: Link) -> str:
    """A link in a few words: its host and, of a file, the file."""
    parts = urlsplit(link.url)
    name = parts.path.rstrip("/").rpartition("/")[2]
    host = registrable_domain(parts.netloc) or parts.netloc
    words = " ".join(link.text.split())
    target = f"{host}/…/{name}" if name and _FILE.search(name) and len(name) <= 60 else host
    return f"“{words[:57] + '…' if len(words) > 60 else words}” ({target})" if words else target
