"""A newsroom with a memory: outlets, their articles, and what happens to them. Pure: no sockets, no files.

::

    room = Newsroom()
    courier = room.outlet("courier", name="The Harbour Courier", language="en")
    courier.publish("/2026/ferry", title="…", text="First paragraph.\\n\\nSecond paragraph.")
    courier.edit("/2026/ferry", title="…")
    courier.withdraw("/2026/ferry")

`crawler.newsroom.server.serve` puts it on the network; every change here is visible there at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

Template = Literal["broadsheet", "blog", "boxes"]
FeedFormat = Literal["rss", "atom", "json"]
Listing = Literal["front", "feed", "sitemap"]

EVERYWHERE: frozenset[Listing] = frozenset(("front", "feed", "sitemap"))

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ref:
    """An address inside the newsroom. It becomes a URL once the port is known."""

    outlet: str
    path: str


Address = str | Ref
"""A `Ref`, or an absolute URL as it stands."""


@dataclass(frozen=True, slots=True)
class Article:
    """What an outlet has to say under one path, at one moment."""

    path: str
    title: str
    #: paragraphs separated by an empty line, without the credit line and the correction
    text: str = field(repr=False)
    language: str
    published: datetime
    #: as the page admits it; None if it was never openly edited
    modified: datetime | None = None
    byline: str = ""
    standfirst: str = ""
    section: str = "News"
    #: None: the page names itself
    canonical: Address | None = None
    #: hreflang: (language, address)
    alternates: tuple[tuple[str, Address], ...] = ()
    syndication_source: Address | None = None
    #: a last paragraph that says where the text comes from
    credit: str = ""
    correction: str = ""
    #: (phrase of the credit line, or else of the text, where it links to)
    links: tuple[tuple[str, Address], ...] = ()
    #: file name of the lead image
    image: str = "harbour.png"
    #: how many paragraphs a reader without a subscription sees; None: all
    free_paragraphs: int | None = None
    listed: frozenset[Listing] = EVERYWHERE
    #: query string with which the outlet itself links to the page
    tracking: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n\n"))


# --- what else can answer at a path -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the article was withdrawn."""


@dataclass(frozen=True, slots=True)
class SoftNotFound:
    """The article is away, but the server does not admit it: 200 and an apology, or off to the front page."""

    home: bool = False


@dataclass(frozen=True, slots=True)
class ConsentWall:
    """200, and nothing but a question about cookies; or a redirect to a page that asks it."""

    redirect: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    to: Address
    status: int = 301


@dataclass(frozen=True, slots=True)
class Busy:
    """429. `retry_after` is seconds, or a moment that is sent as an HTTP date; None: the header is left out."""

    retry_after: int | datetime | None = 2


@dataclass(frozen=True, slots=True)
class Failure:
    status: int = 500


@dataclass(frozen=True, slots=True)
class Drip:
    """One byte at a time, until *lasting* seconds have passed."""

    every: float = 0.2
    lasting: float = 60.0


@dataclass(frozen=True, slots=True)
class Endless:
    """A body of unknown length that does not end before *limit* bytes."""

    limit: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Bomb:
    """A small gzip body that unpacks to *size* bytes."""

    size: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection closes after this share of the announced body."""

    share: float = 0.5


Behaviour = Gone | SoftNotFound | ConsentWall | Moved | Busy | Failure | Drip | Endless | Bomb | Cut


@dataclass(slots=True)
class _Shelf:
    """One path of an outlet, as it is now."""

    article: Article | None = None
    #: grows with every change by a second at least, because Last-Modified has no finer measure
    changed_at: datetime = NEVER
    behaviour: Behaviour | None = None
    #: how many more requests meet the behaviour; None: all
    times: int | None = None
    visits: int = 0


@dataclass(frozen=True, slots=True)
class Sight:
    """What one visitor finds at a path."""

    article: Article | None
    behaviour: Behaviour | None
    changed_at: datetime
    visits: int


class Outlet:
    """A publisher. Made by `Newsroom.outlet`; every method may be called from any thread."""

    def __init__(
        self,
        room: Newsroom,
        handle: str,
        *,
        name: str,
        language: str,
        template: Template,
        feed: FeedFormat,
        full_feed: bool,
        validators: bool,
        counter: bool,
        crawl_delay: float | None,
        disallow: tuple[str, ...],
        tagline: str,
        by_script: bool,
    ) -> None:
        self.handle = handle
        self.name = name
        self.language = language
        self.template = template
        self.feed = feed
        #: whether the feed carries whole articles or only their first paragraph
        self.full_feed = full_feed
        #: whether it sends ETag and Last-Modified, and answers 304
        self.validators = validators
        #: whether its pages count their readers, so that no two answers have the same bytes
        self.counter = counter
        self.crawl_delay = crawl_delay
        self.disallow = disallow
        self.tagline = tagline
        #: whether its articles come as an empty frame, into which a script fetches the text
        self.by_script = by_script
        self._room = room
        self._lock = room.lock
        self._shelves: dict[str, _Shelf] = {}
        self._changed_at = NEVER
        self._robots: str | None = None

    @property
    def changed_at(self) -> datetime:
        """When anything here last changed: front page, feed and sitemaps may look different since."""
        return self._changed_at

    @property
    def feed_path(self) -> str:
        return "/feed.json" if self.feed == "json" else "/feed.xml"

    def ref(self, path: str = "/") -> Ref:
        return Ref(self.handle, path)

    # --- articles ---

    def publish(
        self,
        path: str,
        *,
        title: str,
        text: str,
        published: datetime | None = None,
        language: str | None = None,
        byline: str = "",
        standfirst: str = "",
        section: str = "News",
        canonical: Address | None = None,
        alternates: Mapping[str, Address] | None = None,
        syndication_source: Address | None = None,
        credit: str = "",
        links: Mapping[str, Address] | None = None,
        image: str = "harbour.png",
        listed: Iterable[Listing] = EVERYWHERE,
        tracking: str = "",
    ) -> Article:
        """Print an article. Whatever stood or happened at *path* before is over."""
        at = published or self._room.now()
        article = Article(
            path=path,
            title=title,
            text=text,
            language=language or self.language,
            published=at,
            byline=byline,
            standfirst=standfirst,
            section=section,
            canonical=canonical,
            alternates=tuple((alternates or {}).items()),
            syndication_source=syndication_source,
            credit=credit,
            links=tuple((links or {}).items()),
            image=image,
            listed=frozenset(listed),
            tracking=tracking,
        )
        for phrase, _ in article.links:
            if phrase not in text and phrase not in credit:
                raise ValueError(f"{self.handle}{path}: {phrase!r} is to be a link but is not in the text")
        with self._lock:
            shelf = self._shelf(path)
            shelf.behaviour = None
            self._put(shelf, article, at)
        return article

    def edit(
        self,
        path: str,
        *,
        title: str | None = None,
        text: str | None = None,
        byline: str | None = None,
        standfirst: str | None = None,
        at: datetime | None = None,
        quiet: bool = False,
    ) -> Article:
        """Change an article. A *quiet* edit leaves the page's own date of modification as it was."""
        with self._lock:
            old = self.article(path)
            at = at or self._room.now()
            new = replace(
                old,
                title=old.title if title is None else title,
                text=old.text if text is None else text,
                byline=old.byline if byline is None else byline,
                standfirst=old.standfirst if standfirst is None else standfirst,
                modified=old.modified if quiet else at,
            )
            self._put(self._shelf(path), new, at)
            return new

    def correct(self, path: str, note: str, *, text: str | None = None, at: datetime | None = None) -> Article:
        """Add a correction note, and correct the *text* if it is given."""
        with self._lock:
            at = at or self._room.now()
            new = replace(self.edit(path, text=text, at=at), correction=note)
            self._put(self._shelf(path), new, at)
            return new

    def paywall(self, path: str, free_paragraphs: int | None = 1) -> None:
        """Show only the first paragraphs; with None, all of them again."""
        with self._lock:
            new = replace(self.article(path), free_paragraphs=free_paragraphs)
            self._put(self._shelf(path), new, self._room.now())

    def article(self, path: str) -> Article:
        """The article at *path* as it is now, whatever its page would answer."""
        with self._lock:
            shelf = self._shelves.get(path)
            if shelf is None or shelf.article is None:
                raise KeyError(f"{self.handle}{path}: no such article")
            return shelf.article

    def articles(self, listing: Listing | None = None) -> tuple[Article, ...]:
        """Latest first; only those that *listing* shows, if one is named. What was taken down is in no listing."""
        with self._lock:
            present = [
                shelf.article
                for shelf in self._shelves.values()
                if shelf.article is not None
                and not isinstance(shelf.behaviour, Gone | SoftNotFound)
                and (listing is None or listing in shelf.article.listed)
            ]
        return tuple(sorted(present, key=lambda article: (article.published, article.path), reverse=True))

    # --- what befalls a path; it may be an article's, or "/robots.txt", "/feed.xml" … ---

    def withdraw(self, path: str) -> None:
        self._befall(path, Gone())

    def soft_404(self, path: str, *, home: bool = False) -> None:
        self._befall(path, SoftNotFound(home))

    def consent_wall(self, path: str, *, redirect: bool = False) -> None:
        self._befall(path, ConsentWall(redirect))

    def redirect(self, path: str, to: Address, *, status: int = 301) -> None:
        self._befall(path, Moved(to, status))

    def throttle(self, path: str, *, retry_after: int | datetime | None = 2, times: int | None = 1) -> None:
        self._befall(path, Busy(retry_after), times)

    def fail(self, path: str, status: int = 500, *, times: int | None = None) -> None:
        self._befall(path, Failure(status), times)

    def cut(self, path: str, *, share: float = 0.5, times: int | None = None) -> None:
        self._befall(path, Cut(share), times)

    def drip(self, path: str, *, every: float = 0.2, lasting: float = 60.0) -> None:
        self._befall(path, Drip(every, lasting))

    def endless(self, path: str, *, limit: int = 200_000_000) -> None:
        self._befall(path, Endless(limit))

    def bomb(self, path: str, *, size: int = 200_000_000) -> None:
        self._befall(path, Bomb(size))

    def restore(self, path: str) -> None:
        """Whatever befell *path* is over; its article, if there is one, stands again."""
        with self._lock:
            self._shelf(path).behaviour = None
            self._touch(self._room.now())

    def robots(self, text: str | None) -> None:
        """Serve this robots.txt instead of the outlet's own; None: the outlet's own again."""
        with self._lock:
            self._robots = text

    @property
    def robots_text(self) -> str | None:
        return self._robots

    # --- the visitor ---

    def visit(self, path: str) -> Sight:
        """One request arrives. Counts it, and uses up a behaviour that is limited to some times."""
        with self._lock:
            shelf = self._shelves.get(path)
            if shelf is None:
                return Sight(None, None, NEVER, 0)
            shelf.visits += 1
            behaviour = shelf.behaviour
            if behaviour is not None and shelf.times is not None:
                shelf.times -= 1
                if shelf.times == 0:
                    shelf.behaviour = None
            return Sight(shelf.article, behaviour, shelf.changed_at, shelf.visits)

    def _befall(self, path: str, behaviour: Behaviour, times: int | None = None) -> None:
        if times is not None and times < 1:
            raise ValueError(f"times must be 1 or more, not {times}")
        with self._lock:
            shelf = self._shelf(path)
            shelf.behaviour = behaviour
            shelf.times = times
            self._touch(self._room.now())

    def _shelf(self, path: str) -> _Shelf:
        if not path.startswith("/"):
            raise ValueError(f"a path starts with a slash: {path!r}")
        return self._shelves.setdefault(path, _Shelf())

    def _put(self, shelf: _Shelf, article: Article, at: datetime) -> None:
        if shelf.article is None:
            shelf.changed_at = at
        elif shelf.article != article:
            shelf.changed_at = max(at, shelf.changed_at + timedelta(seconds=1))
        shelf.article = article
        self._touch(shelf.changed_at)

    def _touch(self, at: datetime) -> None:
        self._changed_at = max(at, self._changed_at + timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Act:
    """A step of a story that is told to a newsroom."""

    title: str
    perform: Callable[[Newsroom], None]


class Newsroom:
    """Several outlets under one roof, and optionally the acts of a story that happens to them."""

    def __init__(self, *, now: Callable[[], datetime] | None = None, script: Iterable[Act] = ()) -> None:
        self.lock = threading.RLock()
        self.now: Callable[[], datetime] = now or (lambda: datetime.now(UTC))
        self.script = tuple(script)
        #: number of the act that is on; what the newsroom was made with is act 1
        self.act = 1
        self._outlets: dict[str, Outlet] = {}

    def outlet(
        self,
        handle: str,
        *,
        name: str,
        language: str = "en",
        template: Template = "broadsheet",
        feed: FeedFormat = "rss",
        full_feed: bool = False,
        validators: bool = True,
        counter: bool = False,
        crawl_delay: float | None = None,
        disallow: Iterable[str] = (),
        tagline: str = "",
        by_script: bool = False,
    ) -> Outlet:
        """Found an outlet. It answers at http://HANDLE.localhost."""
        with self.lock:
            if handle in self._outlets:
                raise ValueError(f"there is an outlet {handle!r} already")
            outlet = Outlet(
                self,
                handle,
                name=name,
                language=language,
                template=template,
                feed=feed,
                full_feed=full_feed,
                validators=validators,
                counter=counter,
                crawl_delay=crawl_delay,
                disallow=tuple(disallow),
                tagline=tagline,
                by_script=by_script,
            )
            self._outlets[handle] = outlet
            return outlet

    def __getitem__(self, handle: str) -> Outlet:
        with self.lock:
            return self._outlets[handle]

    def __contains__(self, handle: object) -> bool:
        with self.lock:
            return handle in self._outlets

    @property
    def outlets(self) -> tuple[Outlet, ...]:
        with self.lock:
            return tuple(self._outlets.values())

    def next_act(self) -> Act | None:
        """Perform the next act of the script; None if the story is over."""
        with self.lock:
            if self.act > len(self.script):
                return None
            act = self.script[self.act - 1]
            act.perform(self)
            self.act += 1
            return act
