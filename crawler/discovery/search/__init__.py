"""Sources that are asked a question: search engines, web archives' indexes, news databases. Pure, one module a source.

::

    story ─► questions ─► source.ask ─► Lead (purpose "search": the request's URL) ═► frontier ═► fetched, captured
                                                                                                        │
    frontier ◄═ Lead: pages to look at, mementos to fetch, the next part of the answer ◄── source.read ─┘

A request is a URL on the frontier as any other: it survives a killed process, is asked again when it falls due, waits for its
host, and its answer is a capture. So a source holds no state: where it stopped is the next request that its answer named,
and what an answer must be read with rides in its request's fragment, which is not sent.
To add one, write a module with a `SearchSource` in it, and name it in `crawler.discovery.search.registry`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from archive.types import Headers, Lead, Source, Story
from crawler.discovery.reading import SourceReading

QuestionKind = Literal[
    "url",  # an address of the work itself
    "short_id",  # an id that the publisher shares between languages
    "phrase",  # words of a reference text that stand in few other texts
    "title",  # the title, as given
    "names",  # names, places and figures that survive translation
    "credit",  # the credit formula of the outlet in a language
    "event",  # what related coverage would name
    "user",  # added by the user
]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask for. What a source makes of it is the source's: quotation marks, operators, prefixes."""

    kind: QuestionKind
    #: the words, the address or the id, without any source's syntax; several words of "names" are separated by " · "
    text: str
    #: BCP 47 primary subtag of the pages looked for; None for any
    language: str | None
    #: why it is asked, in words, for people
    why: str


@dataclass(frozen=True, slots=True)
class Manners:
    """What a source asks of us. Limits drift: each is dated."""

    #: seconds between two requests
    delay: float
    #: requests a day, all watches together
    per_day: int
    #: seconds to leave it alone after a refusal (429, 503) that names no time
    pause: float
    #: when and where the limits were read
    read_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What `SearchSource.ask` is given."""

    story: Story
    questions: Sequence[Question]
    #: the source's own table in the watch, checked by `SearchSource.settings`
    settings: Mapping[str, Any]
    now: datetime
    #: since when answers are wanted: when the source last answered for this watch; None if it never did
    since: datetime | None = None
    #: the earliest date that the work's own pages state, as far as they were read
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered."""

    #: the URL asked
    url: str
    #: the URL that answered, after redirects
    final_url: str
    status: int
    headers: Headers
    body: bytes = field(repr=False)
    #: of the Content-Type header
    charset: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of the header *name* (any case), or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)


@runtime_checkable
class WithCredentials(Protocol):
    """A source whose requests need a token. It comes from the environment and goes nowhere but into the request."""

    def request_headers(self, url: str, base: str, environ: Mapping[str, str]) -> Headers:
        """The headers for a request to *url*; none if that is not at *base*, the address in the watch."""


class SearchSource(Protocol):
    """One source. Stateless: `ask` and `read` are functions of what they are given."""

    #: as it stands in leads, in the run's rows and in the watch file
    name: Source
    manners: Manners
    #: whether a watch that says nothing asks it
    on_by_default: bool
    #: how often a question is put again
    every: timedelta

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        """Check the source's table of a watch, and fill in defaults. Raises ConfigError, which names *place* and the key."""

    def ask(self, asking: Asking) -> Iterator[Lead]:
        """The requests, most promising first, as leads of purpose "search" whose `query` is the question in words."""

    def read(self, answer: Answer) -> SourceReading:
        """What was found, or why nothing was: any status, any body, never raising.

        A refusal (429, a notice under status 200) is "unreadable" with the reason. The next part of an answer is a lead of
        purpose "search".
        """
