"""Signs that a page was taken over from elsewhere, other than its wording: evidence with its place, and what speaks against it.

Pure. Each sign is reported where it stands, with how much it can carry. A sign that a guard speaks against is reported too,
with weight "none" and the guard's reason: what was seen and not believed is evidence as well.

Measured on 1,382 pages of news sites: signs in the markup are rare (a canonical address on another site 0.9 %) and precise
(11 of 12); `isBasedOn` names the page itself in 10 of 12 cases. So the text must find the copies, and these explain them.

==================  =====================================================================  ==========================
kind                what it is                                                             guards
==================  =====================================================================  ==========================
canonical, og_url   the page gives an address on another site as its own                   front pages, backends, short links, one name under two endings
original_source     Google's meta or link of that name, on another site                    itself
syndication_source  the same                                                               itself
is_based_on         JSON-LD of the article's node; also `translationOfWork`                itself
organization        JSON-LD `sourceOrganization` or `provider` of the article's node       its own name
hreflang            the story is among the page's other languages                          needs the story
credit              a credit line: see `archive.match.credit`                              its own outlet
feed_footer         "The post … appeared first on …", as a feed's reader copies it         its own outlet
feed_source         the feed that led here names another one as the entry's origin         itself
byline              an author of the story is named as the author                          needs the authors
translator          "Vertaald door …"                                                      a book in the text
image               the lead picture has the id of the story's                             agencies' pictures
link                a link to the story, with words of attribution nearby                  needs the story
agency              a dateline or a sign-off: see `archive.match.source`                   a common source
==================  =====================================================================  ==========================
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import regex
from lxml.html import HtmlElement

from archive.markup import article_node, json_ld_nodes
from archive.match.credit import best_credit, candidates, find_credits, says_attribution
from archive.match.footers import feed_footer, lines_outside, translator
from archive.match.pointers import Target
from archive.match.source import sources_in
from archive.text import Span, sentences
from archive.types import Credit, Lead, Match, PageText, Story
from archive.urls import absolute, host_port, is_home, registrable_domain, same_page

SignalKind = Literal[
    "canonical",
    "og_url",
    "original_source",
    "syndication_source",
    "is_based_on",
    "organization",
    "hreflang",
    "credit",
    "feed_footer",
    "feed_source",
    "byline",
    "translator",
    "image",
    "link",
    "agency",
]

Weight = Literal["strong", "medium", "weak", "none"]
"""How much a sign carries alone. "none": a guard speaks against it."""

Place = Span | Literal["head", "page", "feed"]
"""A span of the page's text; its head; a line of the page outside of the text; the feed that led to it."""

_EDGE_SHARE = 0.15
"""A translator or an author is named in the first or last share of the text ..."""
_EDGE_CHARACTERS = 400
"""... or, in short texts, within this many characters of an end."""
_NEAR_A_LINK = 200
"""Characters around a link in which words of attribution belong to it."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign that a page was taken over from elsewhere."""

    kind: SignalKind
    #: the words or the address that say so
    words: str
    place: Place
    weight: Weight
    #: what the guards say, for or against
    notes: tuple[str, ...] = ()

    @property
    def claims(self) -> bool:
        """Whether it is to be believed."""
        return self.weight != "none"

    @property
    def tells(self) -> bool:
        """Whether it is told to people, and may count where the text cannot be read."""
        return self.weight in ("strong", "medium")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page's markup states beyond `archive.types.Markup`, and its lines outside of the article's text."""

    #: addresses of `isBasedOn`, `isBasedOnUrl` and `translationOfWork`
    based_on: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    #: names of `sourceOrganization` and `provider`
    organizations: tuple[str, ...] = ()
    image: str | None = None
    #: lines that hold words of attribution
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a page and is not in its text."""

    head: Head = Head()
    #: what led to it, where that says something of its origin: an entry of a feed
    lead: Lead | None = None


def signals(
    page: PageText,
    story: Story | None = None,
    *,
    head: Head | None = None,
    lead: Lead | None = None,
) -> tuple[Signal, ...]:
    """The signs on *page*, those of the head first. Without a *story* those that name any origin.

    Args:
        head: see `read_head`.
        lead: what led to the page.
    """
    head = head or Head()
    names = (story.outlet, *story.aliases) if story else ()
    target = Target.of(story) if story else None
    among = sentences(page.text)
    found = [
        *_addresses(page, target),
        *_json_ld(page, head),
        *(_hreflang(page, target) if target else ()),
        *_feed(page, lead),
        *_credits(page, head, names, among),
        *_translators(page, head, among),
        *(_bylines(page, _authors(story.bylines), among) if story else ()),
        *(_images(page, head, story.images) if story else ()),
        *(_links(page, target) if target else ()),
        *_agencies(page),
    ]
    return tuple(dict.fromkeys(found))


# --- addresses in the head -----------------------------------------------------------------------

# Hosts that serve other people's pages under a second name, and hosts that have no pages with text.
_BACKENDS = regex.compile(
    r"(?:.+\.)?(?:ampproject\.(?:org|net)|bing-amp\.com|turbopages\.org|cloudfront\.net|amazonaws\.com|akamai(?:zed|hd)?\.net"
    r"|edgesuite\.net|fastly\.net|azureedge\.net|azurewebsites\.net|googleusercontent\.com|translate\.goog|herokuapp\.com"
    r"|wpengine\.com|wpenginepowered\.com|pantheonsite\.io|netlify\.app|vercel\.app|wordpress\.com|wpcomstaging\.com|wp\.com"
    r"|youtube\.com|youtu\.be|vimeo\.com|dailymotion\.com|facebook\.com|twitter\.com|x\.com|instagram\.com|go\.com"
    r"|web\.archive\.org|archive\.(?:is|ph|today)|webcache\.googleusercontent\.com|news\.google\.com)"
)
#: Hosts on which a publisher's pages stand under the publisher's own name.
_PLATFORMS = regex.compile(
    r"(?:.+\.)?(?:medium\.com|substack\.com|blogspot\.com|blogger\.com|tumblr\.com|wordpress\.com|ghost\.io|typepad\.com)"
)
_MACHINE = regex.compile(r"\[.*\]|[\d.]+|[^.]+|.+\.(?:local|lan|internal|intranet|test|localhost)")
_SHORT_LINK = regex.compile(r"/[A-Za-z0-9_-]{3,12}/?")
_SHORTENERS = frozenset(
    "bit.ly t.co ow.ly goo.gl tinyurl.com buff.ly dlvr.it is.gd lnkd.in fb.me ift.tt trib.al j.mp dai.ly".split()  # noqa: SIM905
)


def _addresses(page: PageText, target: Target | None) -> Iterator[Signal]:
    markup = page.markup
    named: tuple[tuple[SignalKind, str | None], ...] = (
        ("original_source", markup.original_source),
        ("syndication_source", markup.syndication_source),
    )
    for kind, url in named:
        if url and not same_page(url, page.url) and _foreign(url, page.url):
            yield _address(page, kind, url, target)
    canonical, og_url = markup.canonical, markup.og_url
    if canonical and _foreign(canonical, page.url):
        yield _address(page, "canonical", canonical, target)
    elif og_url and _foreign(og_url, page.url):
        yield _og(page, target)


def _og(page: PageText, target: Target | None) -> Signal:
    signal = _address(page, "og_url", page.markup.og_url or "", target)
    # Share buttons are pointed at other addresses of one's own more often than canonical addresses are.
    return replace(signal, weight="weak") if signal.claims else signal


def _foreign(url: str, page_url: str) -> bool:
    return registrable_domain(url) != registrable_domain(page_url)


def _address(page: PageText, kind: SignalKind, url: str, target: Target | None) -> Signal:
    against = _speaks_against(url, page)
    notes = [against] if against else []
    if target and target.is_met_by(url):
        notes.append("an address of the story")
    markup = page.markup
    other = markup.og_url if kind == "canonical" else None
    copied_whole = bool(other and not against and not _foreign(other, url))
    if copied_whole:
        # Copied with the whole head, or another name of one site: a replay, a mirror, a domain that was given up.
        notes.append("og:url names the same site: the head may have been copied whole, or the site has two names")
    weight: Weight = "none" if against else "medium" if copied_whole else "strong"
    return Signal(kind, url, "head", weight, tuple(notes))


def _speaks_against(url: str, page: PageText) -> str | None:
    place, own = host_port(url), host_port(page.url)
    if place is None:
        return "no address"
    host = place[0]
    if is_home(url):
        return "a front page"
    if _BACKENDS.fullmatch(host):
        return "a host that serves pages of others, or has none with text"
    if _MACHINE.fullmatch(host) and not host.endswith(".localhost"):
        return "the address of a machine"
    if own and _MACHINE.fullmatch(own[0]) and not own[0].endswith(".localhost"):
        return "the page was fetched from the address of a machine"
    if _is_short_link(url):
        return "a short link"
    og_url = page.markup.og_url
    if og_url and og_url != url and _is_short_link(og_url):
        return "og:url is a short link of the same site"
    if own and (_PLATFORMS.fullmatch(own[0]) or _BACKENDS.fullmatch(own[0])):
        return "the page stands on a host where publishers have their own names"
    for other in (page.url, page.markup.og_url or ""):
        if other and _label(other) == _label(url) and registrable_domain(other) != registrable_domain(url):
            return "one name under two endings"
    return None


def _is_short_link(url: str) -> bool:
    place = host_port(url)
    if place is None:
        return False
    short = len(place[0]) <= 9 and not _has_words(url)
    return place[0] in _SHORTENERS or (short and _SHORT_LINK.fullmatch(urlsplit(url).path) is not None)


def _has_words(url: str) -> bool:
    return regex.search(r"[a-z]{4,}[-_][a-z]{3,}", urlsplit(url).path) is not None


def _label(url: str) -> str:
    """The registered name without its ending: "businessinsider" of businessinsider.com and businessinsider.de."""
    return registrable_domain(url).partition(".")[0]


# --- structured data -----------------------------------------------------------------------------


def read_head(tree: HtmlElement, url: str, text: str = "") -> Head:
    """What the page *tree* that answered at *url* states beyond its `Markup`. *text* is what was read of its article.

    Only the article's own node of the JSON-LD counts: pictures have sources and credits of their own.
    """
    node = article_node(json_ld_nodes(tree)) or {}
    addresses = [
        address
        for name in ("isBasedOn", "isBasedOnUrl", "translationOfWork")
        for value in _texts(node.get(name), ("url", "@id"))
        if (address := absolute(url, value))
    ]
    organizations = [
        name
        for key in ("sourceOrganization", "provider")
        for name in _texts(node.get(key), ("name",))
        if not name.startswith(("http", "#"))
    ]
    picture = next(iter(_texts(node.get("image"), ("url", "contentUrl"))), None)
    return Head(
        tuple(dict.fromkeys(addresses)),
        tuple(_texts(node.get("translator"), ("name",))),
        tuple(dict.fromkeys(organizations)),
        absolute(url, picture) if picture else None,
        lines_outside(tree, text),
    )


def _texts(value: Any, names: tuple[str, ...]) -> list[str]:
    if isinstance(value, list):
        return [text for inner in value[:20] for text in _texts(inner, names)]
    if isinstance(value, dict):
        return [text for name in names for text in _texts(value.get(name), names)][:1]
    return [value.strip()] if isinstance(value, str) and value.strip() else []


def _json_ld(page: PageText, head: Head) -> Iterator[Signal]:
    for url in head.based_on:
        if same_page(url, page.url) or (page.markup.canonical and same_page(url, page.markup.canonical)):
            yield Signal("is_based_on", url, "head", "none", ("the page itself",))
        elif _foreign(url, page.url):
            against = _speaks_against(url, page)
            yield Signal("is_based_on", url, "head", "none" if against else "medium", (against,) if against else ())
        else:
            yield Signal("is_based_on", url, "head", "weak", ("another page of the same site",))
    for name in head.organizations:
        own = _is_own_name(name, page)
        yield Signal("organization", name, "head", "none" if own else "weak", ("the page's own name",) if own else ())


def _hreflang(page: PageText, target: Target) -> Iterator[Signal]:
    for language, url in page.markup.alternates:
        if language != "x-default" and not same_page(url, page.url) and target.is_met_by(url):
            yield Signal("hreflang", url, "head", "strong", (f"the story as the page's {language} edition",))


# --- feeds ---------------------------------------------------------------------------------------


def _feed(page: PageText, lead: Lead | None) -> Iterator[Signal]:
    if lead is None or lead.source != "feed":
        return
    origin = regex.search(r"names (\S+) as its source", lead.note or "")
    words = origin.group(1) if origin else lead.outlet
    if words:
        own = not _foreign(words, page.url) if origin else _is_own_name(words, page)
        yield Signal(
            "feed_source",
            words,
            "feed",
            "none" if own else "strong",
            ("the page's own site",) if own else (lead.query,),
        )


# --- lines of the text ---------------------------------------------------------------------------


def _credits(page: PageText, head: Head, names: Sequence[str], among: Sequence[Span]) -> Iterator[Signal]:
    for credit in find_credits(page.text, names, candidates(page.text, among)):
        yield _credit(credit.text, Span(credit.start, credit.end), credit.name, page)
    for start, end in _edges(page.text, among):
        name = feed_footer(page.text[start:end])
        if name:
            yield _footer(page.text[start:end], name, Span(start, end), page)
    for line in head.lines:
        if name := feed_footer(line):
            yield _footer(line, name, "page", page)
        else:
            for credit in find_credits(line, names):
                signal = _credit(credit.text, "page", credit.name, page)
                if signal.claims or credit.name:
                    yield signal


def _credit(words: str, place: Place, name: str, page: PageText) -> Signal:
    if name:
        return Signal("credit", words, place, "strong", (f"names {name}",))
    if _names_own(words, page):
        return Signal("credit", words, place, "none", ("names the page's own outlet",))
    return Signal("credit", words, place, "medium", ("names somebody, or nobody",))


def _footer(words: str, name: str, place: Place, page: PageText) -> Signal:
    own = _is_own_name(name, page)
    return Signal(
        "feed_footer", words, place, "none" if own else "strong", ("the page's own feed",) if own else (name,)
    )


def _edges(text: str, among: Iterable[Span]) -> Iterator[tuple[int, int]]:
    edge = max(_EDGE_CHARACTERS, int(len(text) * _EDGE_SHARE))
    for sentence in among:
        if sentence.start < edge or sentence.end > len(text) - edge:
            yield sentence.start, sentence.end


def _translators(page: PageText, head: Head, among: Sequence[Span]) -> Iterator[Signal]:
    for name in head.translators:
        yield Signal("translator", name, "head", "medium", ("points to a translation",))
    for start, end in _edges(page.text, among):
        if found := translator(page.text[start:end]):
            _, first, last = found
            words = page.text[start + first : start + last].strip()
            yield Signal("translator", words, Span(start, start + last), "medium", ("points to a translation",))


def _bylines(page: PageText, authors: Sequence[str], among: Sequence[Span]) -> Iterator[Signal]:
    for author in authors:
        if len(author.split()) < 2 and author.isascii():  # one name is shared by too many
            continue
        if sources_in("", author):  # an agency's dispatch stands on many sites under its name
            continue
        pattern = _as_words(author)
        if page.byline and pattern.search(page.byline):
            yield Signal("byline", page.byline, "head", "medium", (f"{author} wrote the story",))
            continue
        for start, end in _edges(page.text, among):
            found = pattern.search(page.text, start, end)
            # In a line of its own or behind "by": within a sentence somebody only speaks of the author.
            if found and (end - start <= len(author) + 40):
                yield Signal("byline", page.text[start:end], Span(start, end), "weak", (f"{author} wrote the story",))
                break


_BY = regex.compile(r"^(?:by|door|von|par|por|di|av|af)\s+", regex.IGNORECASE)
_BETWEEN_AUTHORS = regex.compile(r"\s*[,;|/&]\s*|\s+(?:and|en|und|et|y|e|och|og|i)\s+", regex.IGNORECASE)


def _authors(bylines: Iterable[str]) -> tuple[str, ...]:
    names = (name for byline in bylines for name in _BETWEEN_AUTHORS.split(_BY.sub("", byline)))
    return tuple(dict.fromkeys(filter(None, names)))


@functools.lru_cache(maxsize=1024)
def _as_words(name: str) -> regex.Pattern[str]:
    return regex.compile(
        r"(?<![\p{L}\p{N}])" + r"\s+".join(map(regex.escape, name.split())) + r"(?![\p{L}\p{N}])", regex.IGNORECASE
    )


# --- pictures ------------------------------------------------------------------------------------

_SIZE = regex.compile(
    r"[-_](?:\d{2,4}x\d{2,4}|scaled|large|medium|small|thumb\w*|\d{2,4}w|w\d{2,4}|@\dx)$|^\d{2,4}x\d{2,4}$|^w_?\d+"
)
_PICTURE_ID = regex.compile(r"(?=[^/]*\d)[0-9a-f]{16,64}|\d{8,}")
_COMMON_PICTURE = regex.compile(
    r"^(?:default|logo|og[-_]?image|share|social|placeholder|fallback|facebook|twitter|image|img|photo|picture|lede|hero|thumbnail"
    r"|index|main|cover|header|banner|untitled)[-_]?\d*$",
    regex.IGNORECASE,
)
_AGENCY_PICTURE = regex.compile(
    r"getty|gettyimages|reuters|shutterstock|istock|alamy|afp|\bap[-_]?\d{6,}|imago|depositphotos|unsplash", regex.I
)


def image_ids(url: str) -> frozenset[str]:
    """What identifies a picture in its address: long ids in the path, and the file's name without its size.

    >>> sorted(image_ids("https://x.example/articles/5d5c34e5562a3700098e013d/lede/1566324039276-2.jpeg?resize=1200:*"))
    ['1566324039276', '5d5c34e5562a3700098e013d']
    """
    path = unquote(urlsplit(url).path)
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return frozenset()
    found = {match.group() for segment in segments for match in _PICTURE_ID.finditer(segment.lower())}
    stem = segments[-1].rpartition(".")[0] or segments[-1]
    before = ""
    while stem != before:
        before, stem = stem, _SIZE.sub("", stem)
    if (
        len(stem) >= 12
        and not _COMMON_PICTURE.match(stem)
        and regex.search(r"\d|[-_].+[-_]", stem)
        and not any(i in stem for i in found)
    ):
        found.add(stem.lower())
    return frozenset(found)


def _images(page: PageText, head: Head, images: Sequence[str]) -> Iterator[Signal]:
    for image in dict.fromkeys(filter(None, (head.image, page.image))):
        shared = image_ids(image) & frozenset().union(*map(image_ids, images))
        if shared:
            notes = [f"the id {max(shared, key=len)} is that of the story's picture"]
            stock = _AGENCY_PICTURE.search(image) is not None
            if stock:
                notes.append("an agency's picture, which others bought too")
            yield Signal("image", image, "head", "weak" if stock else "strong", tuple(notes))
            return


# --- links and agencies --------------------------------------------------------------------------


def _links(page: PageText, target: Target) -> Iterator[Signal]:
    for link in page.links:
        if same_page(link.url, page.url) or not target.is_met_by(link.url):
            continue
        at = page.text.find(link.text) if len(link.text) > 2 else -1
        if at < 0:
            yield Signal("link", link.url, "page", "weak", ("a link to the story",))
            continue
        around = page.text[max(0, at - _NEAR_A_LINK) : at + len(link.text) + _NEAR_A_LINK]
        near = says_attribution(around)
        note = "words of attribution stand near it" if near else "a link to the story"
        yield Signal("link", link.url, Span(at, at + len(link.text)), "strong" if near else "weak", (note,))


def _agencies(page: PageText) -> Iterator[Signal]:
    for source in sources_in(page.text, page.byline):
        if source.kind == "agency":
            place: Place = (
                Span(source.start, source.end) if source.start is not None and source.end is not None else "head"
            )
            yield Signal("agency", source.text, place, "medium", (source.name, "a source that others have too"))


# --- names ---------------------------------------------------------------------------------------


def _letters(text: str) -> str:
    return regex.sub(r"[^\p{L}\p{N}]", "", text.casefold())


def _own_names(page: PageText) -> tuple[str, ...]:
    labels = [_letters(_label(page.url)), _letters(registrable_domain(page.url)), _letters(page.markup.site_name or "")]
    return tuple(name for name in labels if len(name) >= 3)


def _is_own_name(name: str, page: PageText) -> bool:
    bare = _letters(name)
    return any(
        bare == own or (len(own) >= 5 and own in bare) or (len(bare) >= 5 and bare in own) for own in _own_names(page)
    )


def _names_own(words: str, page: PageText) -> bool:
    """Whether a credit line names the page's own outlet, and so says nothing."""
    bare = _letters(words)
    return any(len(own) >= 5 and own in bare for own in _own_names(page))


# --- a match and the signs around it -------------------------------------------------------------


def added(match: Match, page: PageText, story: Story, beside: Callable[[], Beside]) -> Match:
    """*match* with the signs on its page as evidence, and in its explanation where they claim something.

    They explain, and change no kind. A credit line that stands outside of the article's text is the match's credit if
    none in the text names the outlet.

    Args:
        beside: gives what is known of the page besides its text; asked only where the page has to do with the story.
    """
    if match.kind == "unrelated" or match.evidence.get("own_url"):
        return match
    around = beside()
    found = signals(page, story, head=around.head, lead=around.lead)
    credit = match.credit
    said = [match.explanation]
    if credit is None or not credit.name:
        outside = _credit_outside(around.head, _outlet_names(story), page.language or "")
        if outside is not None:
            credit = outside
            said.append(f"credit line “{outside.text}” outside of the article's text")
    said += dict.fromkeys(told for signal in found if (told := _told(signal, match)))
    evidence = {**match.evidence, "signals": [as_evidence(signal) for signal in found]} if found else match.evidence
    return replace(match, credit=credit, evidence=evidence, explanation="; ".join(said))


def as_evidence(signal: Signal) -> dict[str, object]:
    """*signal* as a match's evidence holds it; its place is a pair of offsets in the page's text, or a word."""
    place = list(signal.place) if isinstance(signal.place, Span) else signal.place
    return {
        "kind": signal.kind,
        "words": signal.words,
        "place": place,
        "weight": signal.weight,
        "notes": list(signal.notes),
    }


def taken_over(found: Iterable[Signal], story: Story) -> tuple[str, ...]:
    """What sorts of signs among *found* say that the page was taken over from this very *story*, each once."""
    target = Target.of(story)
    names = _outlet_names(story)
    sorts = set()
    for signal in found:
        if not signal.tells:
            continue
        if signal.kind in _ADDRESSES and target.is_met_by(signal.words):
            sorts.add("address")
        elif signal.kind in ("credit", "feed_footer", "feed_source") and any(_says(signal, name) for name in names):
            sorts.add("credit")
        elif signal.kind in ("byline", "image"):
            sorts.add(signal.kind)
    return tuple(sorted(sorts))


def _outlet_names(story: Story) -> list[str]:
    return [name for name in (story.outlet, *story.aliases) if name]


_ADDRESSES = ("canonical", "og_url", "original_source", "syndication_source", "is_based_on", "hreflang")

#: What a sign says in an explanation; kinds that are missing are said elsewhere (credits in the text, agencies that both
#: name) or not at all.
_WORDS: dict[SignalKind, str] = {
    "canonical": "its canonical address is on another site, {}",
    "og_url": "its og:url is on another site, {}",
    "original_source": "its original-source is on another site, {}",
    "syndication_source": "its syndication-source is on another site, {}",
    "is_based_on": "its structured data say that it is based on {}",
    "feed_footer": "“{}” closes it, as feeds do",
    "feed_source": "the feed that led here names {} as its source",
    "byline": "the story's author is named: “{}”",
    "translator": "a translator is named: “{}”",
    "image": "its lead picture is the story's",
}


def _told(signal: Signal, match: Match) -> str | None:
    if not signal.tells or signal.kind not in _WORDS:
        return None
    points = match.evidence.get("points_to_story")
    if isinstance(points, dict) and signal.kind in points:  # said already
        return None
    if match.credit is not None and signal.words == match.credit.text:
        return None
    return _WORDS[signal.kind].format(signal.words)


def _says(signal: Signal, name: str) -> bool:
    return _as_words(name).search(signal.words) is not None


def _credit_outside(head: Head, names: Sequence[str], language: str) -> Credit | None:
    """The credit line outside of the article's text that names one of *names*."""
    found: list[Credit] = []
    for line in head.lines:
        if footer := feed_footer(line):
            found += [Credit(line, 0, 0, name, language) for name in names if _as_words(name).search(footer)]
        found += [replace(credit, start=0, end=0) for credit in find_credits(line, names) if credit.name]
    return best_credit(found)
