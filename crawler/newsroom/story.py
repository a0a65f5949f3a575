"""The demo: one story, what ten outlets made of it, and what they did to it later.

Act 1 is `demo_newsroom()`; acts 2 and 3 happen with `act(room, 2)` and `act(room, 3)`.
`DEMO` says what every page is to the story, `EVENTS` what every act does: the tests read them, and so may you.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from archive.types import MatchKind

from . import ferry
from .articles import UNRELATED
from .newsroom import Act, Listing, Newsroom, Ref

PORT = 8701
"""Where `afterprint newsroom` listens unless told otherwise, and where `watches/demo.toml` looks."""

ORIGINAL = Ref("courier", "/2026/03/last-summer-of-the-anna-lind")
DUTCH = Ref("kustbode", "/nieuws/veerboot-port-merrin/")
GERMAN = Ref("hafenblatt", "/reportage/port-merrin-faehre")
VERBATIM = Ref("digest", "/2026/03/port-merrin-ferry/")
EDITED = Ref("gazette", "/news/island-life-without-ferry")
ABRIDGED = Ref("weekly", "/articles/port-merrin-ferry")
EXCERPT = Ref("lamplight", "/essays/boats-next-year")
TRANSLATED_EXCERPT = Ref("polderpost", "/artikel/eilanders-in-de-wacht")
REWRITE = Ref("tribune", "/2026/03/16/skerra-ferry-what-we-know")
QUOTES_ONLY = Ref("tribune", "/2026/03/13/hull-inspectors")
RELATED = Ref("gazette", "/news/drums-and-oilskins")
MENTIONS = Ref("digest", "/2026/03/press-review/")

FORBIDDEN = Ref("gazette", "/print/island-life-without-ferry")
"""The edited copy once more, linked from the front page, in a folder that robots.txt closes: never to be fetched."""

BUSY = Ref("trapdoor", "/2026/03/door-marked-busy")
"""Answers 429 with Retry-After: 2 once, then the page."""

PRIVATE = Ref("trapdoor", "/2026/03/door-marked-inside")
METADATA = Ref("trapdoor", "/2026/03/door-marked-metadata")
"""Redirects to addresses that a crawler must not open."""

LOOP = Ref("trapdoor", "/2026/03/door-marked-round")
DRIP = Ref("trapdoor", "/2026/03/door-marked-drip")
ENDLESS = Ref("trapdoor", "/2026/03/door-marked-endless")
BOMB = Ref("trapdoor", "/2026/03/door-marked-bomb")
CUT = Ref("trapdoor", "/2026/03/door-marked-cut")
FAILING = Ref("trapdoor", "/2026/03/door-marked-failing")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a page of the demo is to the story."""

    at: Ref
    kind: MatchKind
    language: str
    #: whether a credit line names the Courier
    credit: bool = False
    #: the first act in which the page is there
    act: int = 1


DEMO: tuple[Expected, ...] = (
    Expected(ORIGINAL, "copy", "en"),
    Expected(VERBATIM, "copy", "en"),
    Expected(EDITED, "copy", "en"),
    Expected(ABRIDGED, "copy", "en", credit=True),
    Expected(REWRITE, "rewrite", "en", act=2),
    Expected(EXCERPT, "excerpt", "en"),
    Expected(DUTCH, "translation", "nl", credit=True),
    Expected(GERMAN, "translation", "de"),
    Expected(TRANSLATED_EXCERPT, "translated_excerpt", "nl"),
    Expected(QUOTES_ONLY, "quotes_only", "en"),
    Expected(RELATED, "related", "en"),
    Expected(MENTIONS, "mentions", "en"),
    *(Expected(Ref(piece.outlet, piece.path), "unrelated", piece.language) for piece in UNRELATED),
)

Happening = Literal[
    "published",
    "text",
    "text, undone",  # the text is again what it was two acts before
    "title",
    "correction",
    "withdrawn",
    "soft_404",
    "consent_wall",
    "restored",
]


@dataclass(frozen=True, slots=True)
class Event:
    """What an act does to a page."""

    act: int
    at: Ref
    happening: Happening


EVENTS: tuple[Event, ...] = (
    Event(2, EDITED, "text"),
    Event(2, GERMAN, "text"),
    Event(2, DUTCH, "title"),
    Event(2, ABRIDGED, "correction"),
    Event(2, VERBATIM, "withdrawn"),
    Event(2, EXCERPT, "soft_404"),
    Event(2, TRANSLATED_EXCERPT, "consent_wall"),
    Event(2, REWRITE, "published"),
    Event(3, GERMAN, "text, undone"),
    Event(3, TRANSLATED_EXCERPT, "restored"),
    Event(3, ORIGINAL, "text"),
)


def demo_newsroom(*, traps: bool = False) -> Newsroom:
    """The newsroom in act 1. With *traps*, the slow and the bottomless pages are linked as well."""
    room = Newsroom(
        script=(
            Act("figures, headlines and pages change", _second),
            Act("an edit is undone, a wall comes down, the original is revised", _third),
        )
    )
    _found(room)
    _publish_story(room)
    for piece in UNRELATED:
        room[piece.outlet].publish(
            piece.path,
            title=piece.title,
            text=piece.text,
            published=piece.published,
            language=piece.language,
            byline=piece.byline,
        )
    _set_traps(room, linked=traps)
    return room


def act(room: Newsroom, number: int) -> None:
    """Perform act 2 or 3; they come in order."""
    if number != room.act + 1:
        raise ValueError(f"act {room.act} is on, so act {number} cannot be next")
    if room.next_act() is None:
        raise ValueError(f"the story has no act {number}")


def edit_demo(room: Newsroom) -> None:
    """Act 2."""
    act(room, 2)


def demo_watch(port: int = PORT) -> str:
    """The watch that follows the demo, as TOML. `watches/demo.toml` is this text for the usual port."""

    def url(handle: str, path: str = "/") -> str:
        return f"http://{handle}.localhost:{port}{path}"

    def listing(*urls: str) -> str:
        return "[\n" + "".join(f'  "{entry}",\n' for entry in urls) + "]"

    return f"""\
# The watch of the demo: start `afterprint newsroom`, then crawl with this file.
name = "demo"
title = "{ferry.ENGLISH_TITLE}"
languages = ["en", "nl", "de"]

[[text]]
url = "{url(ORIGINAL.outlet, ORIGINAL.path)}"
language = "en"
role = "original"

[outlet]
name = "The Harbour Courier"
aliases = ["Harbour Courier"]

[sources]
pages = []
feeds = {listing(url("kustbode", "/feed.xml"), url("digest", "/feed.xml"), url("gazette", "/feed.json"))}
sitemaps = {listing(url("weekly", "/robots.txt"), url("hafenblatt", "/robots.txt"), url("tribune", "/sitemap.xml"))}
front_pages = {listing(url("courier"), url("gazette"), url("lamplight"), url("polderpost"), url("trapdoor"))}

[schedule]
every = "1s"
fresh = "1s"
fresh_for = "3d"

[politeness]
contact = "https://example.org/afterprint-demo"
delay = "0.05s"
# The newsroom listens on loopback, which a crawl does not open unless it is told to.
allow_private = ["127.0.0.1"]

[alerts]
on = ["new_copy", "changed", "removed"]
"""


# --- act 1 ---------------------------------------------------------------------------------------


def _found(room: Newsroom) -> None:
    room.outlet("courier", name="The Harbour Courier", tagline="News from Port Merrin and the sea")
    room.outlet(
        "kustbode",
        name="De Kustbode",
        language="nl",
        template="blog",
        full_feed=True,
        validators=False,
        counter=True,
        tagline="Nieuws van duin en dijk",
    )
    room.outlet("digest", name="Northern Digest", template="blog", feed="atom", tagline="The coast in ten minutes")
    room.outlet("gazette", name="The Inland Gazette", template="boxes", feed="json", disallow=("/print/",))
    room.outlet("weekly", name="Coastal Weekly", crawl_delay=0.2)
    room.outlet("lamplight", name="Lamplight Review", tagline="Essays, slowly")
    room.outlet("hafenblatt", name="Hafenblatt", language="de", template="boxes")
    room.outlet("tribune", name="Merrin Tribune", template="boxes")
    room.outlet("polderpost", name="Polderpost", language="nl", template="blog")
    room.outlet("trapdoor", name="The Trapdoor", tagline="Everything that can go wrong")


def _publish_story(room: Newsroom) -> None:
    translations = {"en": ORIGINAL, "nl": DUTCH, "x-default": ORIGINAL}
    room["courier"].publish(
        ORIGINAL.path,
        title=ferry.ENGLISH_TITLE,
        text=ferry.ENGLISH,
        published=_march(13, 6),
        byline="Nora Whitlock",
        section="Coast",
        alternates=translations,
        image="anna-lind.png",
    )
    room["kustbode"].publish(
        DUTCH.path,
        title=ferry.DUTCH_TITLE,
        text=ferry.DUTCH,
        published=_march(13, 14),
        byline="Nora Whitlock, vertaald door Femke Aalders",
        section="Kust",
        alternates=translations,
        credit=ferry.DUTCH_CREDIT,
        links={"The Harbour Courier": ORIGINAL},
        image="anna-lind.png",
    )
    room["hafenblatt"].publish(
        GERMAN.path,
        title=ferry.GERMAN_TITLE,
        text=ferry.GERMAN,
        published=_march(14, 5),
        byline="Jonas Wieland",
        section="Küste",
    )
    room["digest"].publish(
        VERBATIM.path,
        title=ferry.ENGLISH_TITLE,
        text=ferry.ENGLISH,
        published=_march(13, 9),
        byline="Nora Whitlock",
        canonical=ORIGINAL,
        listed=("front", "feed"),
        tracking="utm_source=digest&utm_medium=feed&utm_campaign=morning&fbclid=IwAR0demo7Yq",
        image="anna-lind.png",
    )
    room["gazette"].publish(
        EDITED.path,
        title=ferry.EDITED_TITLE,
        text=ferry.EDITED,
        published=_march(13, 17),
        byline="Gazette staff",
    )
    room["gazette"].publish(
        FORBIDDEN.path,
        title=ferry.EDITED_TITLE + " (print version)",
        text=ferry.EDITED,
        published=_march(13, 17),
        canonical=EDITED,
        listed=("front",),
    )
    room["weekly"].publish(
        ABRIDGED.path,
        title=ferry.ABRIDGED_TITLE,
        text=ferry.ABRIDGED,
        published=_march(14, 8),
        byline="Nora Whitlock",
        credit=ferry.ABRIDGED_CREDIT,
        links={"The Harbour Courier": ORIGINAL},
        image="anna-lind.png",
    )
    room["lamplight"].publish(
        EXCERPT.path,
        title=ferry.EXCERPT_TITLE,
        text=ferry.EXCERPT,
        published=_march(14, 12),
        byline="Clement Arrow",
        section="Essays",
        links={"a harbour further north": ORIGINAL},
    )
    room["polderpost"].publish(
        TRANSLATED_EXCERPT.path,
        title=ferry.TRANSLATED_EXCERPT_TITLE,
        text=ferry.TRANSLATED_EXCERPT,
        published=_march(14, 15),
        byline="Anouk Visser",
    )
    room["tribune"].publish(
        QUOTES_ONLY.path,
        title=ferry.QUOTES_ONLY_TITLE,
        text=ferry.QUOTES_ONLY,
        published=_march(13, 19),
        byline="Louis Haddon",
    )
    room["gazette"].publish(
        RELATED.path,
        title=ferry.RELATED_TITLE,
        text=ferry.RELATED,
        published=_march(11, 7),
        byline="Dana Moll",
    )
    room["digest"].publish(
        MENTIONS.path,
        title=ferry.MENTIONS_TITLE,
        text=ferry.MENTIONS,
        published=_march(14, 7),
        links={"The Harbour Courier": ORIGINAL},
    )


def _set_traps(room: Newsroom, *, linked: bool) -> None:
    trapdoor = room["trapdoor"]
    quick = (BUSY, PRIVATE, METADATA)
    for number, trap in enumerate((*quick, LOOP, DRIP, ENDLESS, BOMB, CUT, FAILING)):
        listed: tuple[Listing, ...] = ("front",) if linked or trap in quick else ()
        name = trap.path.rpartition("-")[2]
        trapdoor.publish(
            trap.path,
            title=f"A notice about the door marked {name}",
            text=f"{ferry.NOTICE}\n\nThe door in question is the one marked {name}.",
            published=_march(2, number),
            listed=listed,
        )
    trapdoor.throttle(BUSY.path, retry_after=2, times=1)
    trapdoor.redirect(PRIVATE.path, "http://10.0.0.1/", status=302)
    trapdoor.redirect(METADATA.path, "http://169.254.169.254/latest/meta-data/", status=302)
    trapdoor.redirect(LOOP.path, LOOP, status=302)
    trapdoor.drip(DRIP.path)
    trapdoor.endless(ENDLESS.path)
    trapdoor.bomb(BOMB.path)
    trapdoor.cut(CUT.path)
    trapdoor.fail(FAILING.path, 503)


# --- acts 2 and 3 --------------------------------------------------------------------------------


def _second(room: Newsroom) -> None:
    room["gazette"].edit(EDITED.path, text=ferry.EDITED_LATER, at=_march(16, 9), quiet=True)
    room["hafenblatt"].edit(GERMAN.path, text=ferry.GERMAN_LATER, at=_march(16, 9), quiet=True)
    room["kustbode"].edit(DUTCH.path, title=ferry.DUTCH_TITLE_LATER, at=_march(16, 10))
    room["weekly"].correct(ABRIDGED.path, ferry.ABRIDGED_CORRECTION, text=ferry.ABRIDGED_CORRECTED, at=_march(16, 11))
    room["digest"].withdraw(VERBATIM.path)
    room["lamplight"].soft_404(EXCERPT.path)
    room["polderpost"].consent_wall(TRANSLATED_EXCERPT.path)
    room["tribune"].publish(
        REWRITE.path,
        title=ferry.REWRITE_TITLE,
        text=ferry.REWRITE,
        published=_march(16, 12),
        byline="Louis Haddon",
    )


def _third(room: Newsroom) -> None:
    room["hafenblatt"].edit(GERMAN.path, text=ferry.GERMAN, at=_march(18, 9), quiet=True)
    room["polderpost"].restore(TRANSLATED_EXCERPT.path)
    room["courier"].edit(ORIGINAL.path, text=ferry.ENGLISH_LATER, at=_march(18, 10))


def _march(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, 0, tzinfo=UTC)
