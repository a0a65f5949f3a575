"""All data of afterprint, in the order in which it flows. Frozen: a fact is not edited.

::

    Story, StoryText      what is tracked
    Lead                  a URL that a source named
    FrontierEntry         a URL that is due
    Capture               what a server said to us, when        (the crawl ends here)
    Extraction            what one extractor read from one body
    Observation           one capture as the version decision sees it
    Version               an interval in which a page said the same
    Match, Passage        a version against a story
    CarriedPage           a match with the lives of both sides: which came first?
    Change                two versions against each other: see `archive.diff`

All times are timezone-aware and in UTC. All offsets count Unicode code points, as Python's `str` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from archive.text import Span

WITHHELD = "This text is withheld. What is told of it, its hashes and its dates stay."
"""Stands in the place of a text that may not be shown; nothing is compared with it."""

Role = Literal["original", "translation"]

Purpose = Literal[
    "page",
    "feed",
    "sitemap",
    "robots",
    "front_page",
    "search",  # the answer of a search source to one question, or the next part of it
    "memento",  # a page as a web archive kept it
    "warc_record",  # a page as one record of a WARC file, fetched by its range
]
"""What we hoped to find at a URL; only a `page` can become a version, and what is kept in a `memento` or `warc_record`."""

Source = Literal[
    "given",  # the user named the URL in the watch or on the command line
    "feed",
    "news_sitemap",
    "sitemap",
    "robots",  # a `Sitemap:` line
    "front_page",
    "canonical",
    "hreflang",
    "original_source",
    "syndication_source",
    "amp",
    "link",  # a link in the body of a copy
    "import",  # a record of a WARC file, or a line of a list of URLs
    # sources that are asked: see crawler.discovery.search
    "wayback",
    "commoncrawl",
    "gdelt_articles",
    "gdelt_ngrams",
    "gdelt_doc",
    "google_news",
    "bing_news",
    "searxng",
    "media_cloud",
]

ErrorClass = Literal[
    "timeout",
    "dns",
    "tls",
    "connection",  # refused, reset, closed before the answer was whole
    "robots",  # robots.txt forbids it, or could not be read because its server failed
    "guard",  # a private, loopback, link-local or metadata address, or a scheme that is not http(s)
    "too_large",  # body or decompressed body over the cap
    "too_many_redirects",
    "decoding",  # the announced Content-Encoding could not be undone
    "budget",  # this run's or this host's budget was used up
    "protocol",  # the answer was not HTTP
    "browser",  # the page needs a browser to show its article, and that failed
]

Origin = Literal["live", "warc", "wayback", "commoncrawl"]

MatchKind = Literal[
    "copy",  # verbatim or lightly edited
    "rewrite",
    "excerpt",
    "translation",
    "translated_excerpt",
    "quotes_only",  # only quotations of a third party are shared
    "related",  # the same event in own words
    "mentions",  # links to the story or names it
    "unrelated",
]

COPY_KINDS: frozenset[MatchKind] = frozenset(("copy", "rewrite", "excerpt", "translation", "translated_excerpt"))
"""The kinds that say: text of the story stands on this page."""


# --- the story ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoryText:
    """A story's reference text in one language."""

    text: str = field(repr=False)
    #: BCP 47 primary subtag, lower case: "nl", "en".
    language: str
    role: Role
    #: where the text came from: "file:nl.txt", a URL, or "capture:17" if it was promoted from a capture
    source: str
    #: None until the archive has stored it
    id: int | None = None


@dataclass(frozen=True, slots=True)
class TextUrl:
    """A URL named as carrying a reference text; its first good capture is promoted if no text is at hand."""

    url: str
    #: BCP 47 primary subtag; "und" if the watch does not say
    language: str
    role: Role


@dataclass(frozen=True, slots=True)
class Story:
    """A tracked work with all its reference texts."""

    #: the watch's name, unique in an archive
    slug: str
    title: str
    #: the publisher's own name, as credit lines print it; empty if unknown
    outlet: str = ""
    aliases: tuple[str, ...] = ()
    #: URLs known to carry the work itself, in any language
    urls: tuple[str, ...] = ()
    #: article ids that a publisher shares between languages and URL generations ("qjkq9w")
    short_ids: tuple[str, ...] = ()
    #: languages in which copies are looked for; empty means any
    languages: tuple[str, ...] = ()
    texts: tuple[StoryText, ...] = ()
    #: URLs whose captures may be promoted to reference texts
    text_urls: tuple[TextUrl, ...] = ()
    #: rules of which the user wants to be told: "new_copy", "changed", "removed" ... (see `archive.alerts.RULES`)
    alerts: tuple[str, ...] = ()
    #: of a match, below which the user is not told of its page
    min_confidence: float = 0.0
    #: registrable domains of outlets of which the user is not told
    mute: tuple[str, ...] = ()
    #: who wrote it and the addresses of its lead pictures, as its own captured pages state them
    bylines: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    id: int | None = None


# --- discovery and fetch -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lead:
    """A URL that a source named. A lead is not evidence: only a capture of it is."""

    #: absolute, as the source gave it
    url: str
    source: Source
    #: what the source was asked: the address of the feed, sitemap or page
    query: str
    #: what is expected at the URL
    purpose: Purpose = "page"
    #: position in the source's answer, from 1; None where order says nothing
    rank: int | None = None
    title: str | None = None
    #: publication date as the source claims it
    published: datetime | None = None
    #: BCP 47 as the source claims it ("nl", "pt-br")
    language: str | None = None
    #: publisher as the source names it (news:name, RSS <source>, Atom <source>)
    outlet: str | None = None
    #: why this lead exists, where the source alone does not say it
    note: str | None = None
    #: how likely a page is a copy, 0 to 1, from what its source said of it; None if nobody has judged it
    score: float | None = None
    #: the reasons for the score in words, the weightiest first
    score_reason: str | None = None
    #: of a request to a source: its answer cannot change, so once it came it is never asked for again
    once: bool = False


@dataclass(frozen=True, slots=True)
class FrontierEntry:
    """A URL that is due, leased to one crawl."""

    id: int
    url: str
    purpose: Purpose
    #: registrable domain: the unit of politeness
    domain: str
    #: how often it was tried in a row without an answer
    attempts: int
    due_at: datetime
    lease_until: datetime
    #: validators of the last good capture of this URL; None if the server sent none
    etag: str | None = None
    last_modified: str | None = None
    #: which source led here first
    why: str = ""
    #: when the URL was added
    added_at: datetime | None = None
    #: when the page was last seen to change, in its text as far as that was read; None if it never was
    changed_at: datetime | None = None
    #: how often it was seen to change
    changes: int = 0
    #: how often it was asked before; 0 for a page that is only known by name
    visits: int = 0
    #: status of its last answer; None if there was none
    last_status: int | None = None
    #: the body of its last good answer
    body_sha256: str | None = None
    #: whether its bytes change at nearly each visit while its text does not: a new body then says nothing
    volatile: bool = False
    #: the best score of the leads to it; None if none was judged
    score: float | None = None

    @property
    def is_new_page(self) -> bool:
        """Whether it is a page that a source named and that was never asked: what triage ranks."""
        return self.purpose == "page" and self.visits == 0 and self.why != "given"


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop."""

    #: the address that answered with the redirect
    url: str
    status: int
    #: where it pointed, absolute
    location: str


Headers = tuple[tuple[str, str], ...]
"""Names in lower case, in the order received, repeated names kept; bytes read as latin-1."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What a server said to us, when; or that it did not. Written first and never changed."""

    #: the URL asked
    url: str
    purpose: Purpose
    started_at: datetime
    finished_at: datetime
    #: the URL that answered in the end; equal to `url` without redirects
    final_url: str = ""
    redirects: tuple[Redirect, ...] = ()
    #: None if no answer came
    status: int | None = None
    #: None if an answer came, whatever its status
    error_class: ErrorClass | None = None
    #: the cause in words, for people
    error_detail: str | None = None
    headers: Headers = ()
    #: the body with transfer and content encoding undone; None if there was none, empty if it was empty
    body: bytes | None = field(default=None, repr=False)
    #: the server answered 304: the page is as it was at the capture whose validators we sent
    not_modified: bool = False
    origin: Origin = "live"
    #: where exactly an import stood: "file.warc.gz@1234"
    origin_ref: str | None = None
    #: the frontier entry that asked for it; None for an import
    frontier_id: int | None = None
    #: from which second on the host may be asked again, if it said so
    retry_at: datetime | None = None
    #: the browser whose scripts made the body out of the answer: name and versions; None if it is what the server sent
    rendered_by: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of the header *name* (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


# --- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Markup:
    """What a page says about itself in its markup. All URLs absolute, http(s) only."""

    canonical: str | None = None
    og_url: str | None = None
    amp: str | None = None
    #: (language as written, lower case; URL) of hreflang alternates, in document order
    alternates: tuple[tuple[str, str], ...] = ()
    original_source: str | None = None
    syndication_source: str | None = None
    #: og:site_name, else the JSON-LD publisher's name
    site_name: str | None = None
    #: og:type, lower case
    page_type: str | None = None
    #: JSON-LD isAccessibleForFree, None if it does not say
    free: bool | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the article's text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one extractor read from one body. Two extractions compare only under the same label."""

    #: name, version, options and normalisation of the extractor
    label: str
    #: paragraphs separated by one line break; empty if nothing was found
    text: str = field(repr=False)
    title: str | None = None
    subtitle: str | None = None
    byline: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    #: BCP 47 primary subtag, as declared or, failing that, as detected
    language: str | None = None
    image: str | None = None
    #: corrections and editor's notes, each with its label, one a line
    correction: str | None = None
    links: tuple[Link, ...] = ()
    markup: Markup = Markup()
    #: which way the text was found: "article", "whole_page", "json", "none"; texts of two ways do not compare
    path: str = "article"
    #: what stands under the lead image
    caption: str | None = None
    #: the <title>, without the site's name
    page_title: str | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a capture can be trusted to show the article: 1 fully, 0 not at all."""

    score: float
    #: names of what was seen, worst first: "consent_wall", "soft_404", "blocked:cloudflare"
    reasons: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the capture may be a side of a claim."""
        return self.score >= 0.5


@dataclass(frozen=True, slots=True)
class Observation:
    """One capture of a page as the version decision sees it."""

    capture_id: int
    at: datetime
    status: int | None
    error_class: str | None
    not_modified: bool
    quality: Quality
    #: None if nothing could be read
    extraction_id: int | None
    #: the fields a version is made of, by name; None with `extraction_id` (`path` also says whether a browser made it)
    fields: Mapping[str, str | None] | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Version:
    """An interval in which a page said the same."""

    page_id: int
    #: 1, 2, 3 in order of time
    number: int
    first_capture_id: int
    last_capture_id: int
    seen_from: datetime
    #: the last time it was seen to say this
    seen_to: datetime
    #: the extraction of its first capture
    extraction_id: int
    #: names of the fields that differ from the version before; empty for the first
    changed_fields: tuple[str, ...] = ()
    captures: int = 1


# --- matching -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as the matcher reads it."""

    url: str
    text: str = field(repr=False)
    language: str | None = None
    title: str | None = None
    links: tuple[Link, ...] = ()
    markup: Markup = Markup()
    #: lines of the text that the outlet repeats on other pages, as far as is known (see `archive.memory`)
    repeated: tuple[Span, ...] = ()
    #: as the page states it; an agency may stand there
    byline: str | None = None
    #: address of its lead picture
    image: str | None = None


class SentenceLink(NamedTuple):
    """A sentence (or a few that belong together) of the story and what says the same on the page, in code points."""

    story_start: int
    story_end: int
    page_start: int
    page_end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of the story and the span of the page that corresponds to it."""

    story_start: int
    story_end: int
    page_start: int
    page_end: int
    #: 0 to 1: share of equal words where lexical, adjusted cosine where semantic
    likeness: float
    method: Literal["lexical", "semantic"]
    #: both sides stand inside quotation marks: a third party's words
    quotation: bool = False
    #: the sentences inside it that correspond, in page order
    links: tuple[SentenceLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Credit:
    """A sentence that names where the text comes from."""

    text: str
    #: span in the page's text; 0 to 0 if it stands on the page outside of the article's text
    start: int
    end: int
    #: the outlet's name or alias that it contains; empty if it names somebody else
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a page is to a story, with the evidence."""

    kind: MatchKind
    #: the story text that fits best
    story_text_id: int | None
    #: share of the story's characters that correspond to the page, 0 to 1
    coverage_story: float
    #: share of the page's characters that correspond to the story, 0 to 1
    coverage_page: float
    #: mean likeness of the passages weighted by length, 0 to 1
    similarity: float
    #: how sure the decision is, 0 to 1
    confidence: float
    label: str
    passages: tuple[Passage, ...] = ()
    credit: Credit | None = None
    #: the figures that the decision used, by name, and markup signals found
    evidence: Mapping[str, object] = field(default_factory=dict)
    #: the verdict in words, for people
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class PageLife:
    """Dates of a page: what its versions state, and when it was first found to show its article."""

    #: one of its addresses; empty if it was never captured
    url: str = ""
    published: tuple[str, ...] = ()
    modified: str | None = None
    first_captured: datetime | None = None


@dataclass(frozen=True, slots=True)
class CarriedPage:
    """A match that claims text, without a word on which side came first."""

    match_id: int
    story: Story
    story_text_id: int | None
    #: a page at one of the story's own addresses as it reads now; None if none was captured
    own_page: PageText | None = field(repr=False)
    own_life: PageLife
    page: PageText = field(repr=False)
    page_outlet: str
    page_life: PageLife
    credit: str
    #: the name in the credit line that is the story's outlet; empty if it names somebody else
    credit_name: str
    #: names of the pointers by which the page names the story
    points_to_story: tuple[str, ...]
    #: what both name as their source, in words
    common_sources: tuple[str, ...]
