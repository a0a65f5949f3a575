"""Two texts against each other, without an archive: what a researcher calls in a notebook.

::

    read(path) ──► Document ──┐
    str, PageText ────────────┼──► compare(a, b) ──► Match
    Story, StoryText ─────────┘

The first text is taken for the original, the second for the page; which came first is another question:
`archive.match.direction`. Reads files, fetches nothing and writes nothing. See docs/python-api.md.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.exceptions import ConfigError, StoryTextError
from archive.text import detect_language
from archive.times import from_text
from archive.types import Credit, Link, Markup, Match, PageText, Story, StoryText
from archive.urls import is_http

if TYPE_CHECKING:
    from archive.match.direction import Direction
    from archive.match.republished import Head

_HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
#: How an HTML document begins: comments and an XML declaration may come before it.
_HTML_START = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_SEEN = 4096
#: File formats that people take for text, by their first bytes.
_NOT_TEXT = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what its page says of itself."""

    text: str = field(repr=False)
    #: where it came from, for people: a path, a URL, or "text"
    source: str = "text"
    #: the page's address; empty for what has none
    url: str = ""
    #: BCP 47 primary subtag as declared or detected; None if it cannot be told
    language: str | None = None
    title: str | None = None
    byline: str | None = None
    #: dates as the page states them
    published: str | None = None
    modified: str | None = None
    links: tuple[Link, ...] = ()
    markup: Markup = field(default_factory=Markup)
    #: when it was fetched, ISO 8601 in UTC; None for a file
    captured_at: str | None = None
    #: address of its lead picture
    image: str | None = None
    #: what its page says besides its text; None for what is no page
    head: Head | None = field(repr=False, default=None)

    @property
    def outlet(self) -> str:
        """The publisher's name as the page itself gives it; empty if it gives none."""
        return self.markup.site_name or ""

    def as_page(self, language: str | None = None) -> PageText:
        """The document as the side that may be a copy."""
        url = self.url or self.markup.canonical or ""
        spoken = language or self.language
        return PageText(
            url, self.text, spoken, self.title, self.links, self.markup, byline=self.byline, image=self.image
        )

    def as_story(self, language: str | None = None, outlet: str = "", aliases: tuple[str, ...] = ()) -> Story:
        """The document as the side that is taken for the original."""
        spoken = language or self.language or detect_language(self.text) or "und"
        addresses = (self.url, self.markup.canonical, self.markup.og_url)
        return Story(
            slug="a",
            title=self.title or "",
            outlet=outlet or self.outlet,
            aliases=aliases,
            urls=tuple(dict.fromkeys(url for url in addresses if url)),
            texts=(StoryText(self.text, spoken, "original", self.source, id=1),),
            bylines=(self.byline,) if self.byline else (),
            images=(self.image,) if self.image else (),
        )


Side = str | Path | Document | PageText | StoryText | Story
"""What can be compared: a text, a file, or something prepared. A `str` is a text and never a file's name."""


def compare(
    a: Side,
    b: Side,
    *,
    language_a: str | None = None,
    language_b: str | None = None,
    outlet: str = "",
    aliases: tuple[str, ...] = (),
) -> Match:
    """What *b* is to *a*, with the passages that correspond: offsets are code points of the two texts.

    Args:
        a: the side that is taken for the original.
        b: the side that may be a copy.
        language_a: as "nl", if the text is too short to tell. language_b: the same for *b*.
        outlet: who published *a*, as credit lines name it; default: what *a*'s own page says.
        aliases: other names of that outlet.

    Raises:
        ConfigError: a file is missing or unreadable, or a language is no code.
        StoryTextError: a text is empty or no text at all.
    """
    from archive.match import match_all
    from archive.match.republished import Beside

    document = b if isinstance(b, (Document, Story, StoryText)) else _document(b)
    head = document.head if isinstance(document, Document) else None
    return match_all(
        as_page(document, language_b),
        [as_story(a, language_a, outlet=outlet, aliases=aliases)],
        thorough=True,
        beside=lambda: Beside(head) if head is not None else Beside(),
    )[0]


def came_first(a: Document, b: Document, found: Match) -> Direction:
    """Which of two documents came first, from what their pages say; *found* is what `compare(a, b)` gave.

    Call it for what corresponds: of two texts that have nothing in common the question has no meaning.
    """
    from archive.match.credit import best_credit, find_credits
    from archive.match.direction import Known, direction
    from archive.match.pointers import Target, pointers

    back = best_credit(find_credits(a.text, [b.outlet] if b.outlet else []))
    points = found.evidence.get("points_to_story")

    def known(document: Document, credit: Credit | None, pointing: Iterable[str]) -> Known:
        return Known(
            url=document.url,
            published=(document.published,) if document.published else (),
            modified=document.modified,
            first_captured=from_text(document.captured_at) if document.captured_at else None,
            credits_other=credit.text if credit and credit.name else "",
            credits_third=credit.text if credit and not credit.name else "",
            points_to_other=tuple(pointing),
        )

    return direction(
        known(a, back, pointers(a.as_page(), Target.of(b.as_story()))),
        known(b, found.credit, points if isinstance(points, Mapping) else ()),
        names=("A", "B"),
    )


def as_story(a: Side, language: str | None = None, *, outlet: str = "", aliases: tuple[str, ...] = ()) -> Story:
    """*a* as the original. Keep it to compare many pages with it: `archive.match.match(page, story)`."""
    check_language(language)
    if isinstance(a, Story):
        return a
    if isinstance(a, StoryText):
        text = replace(a, language=language or a.language, id=a.id if a.id is not None else 1)
        return Story(slug="a", title="", outlet=outlet, aliases=aliases, texts=(text,))
    return _document(a).as_story(language, outlet, aliases)


def as_page(b: Side, language: str | None = None) -> PageText:
    """*b* as the page that may be a copy.

    A given *language* counts where the text is short or its language is easily confused with another.
    """
    check_language(language)
    if isinstance(b, Story):
        if len(b.texts) != 1:
            raise ConfigError(
                f"the story {b.slug!r} has {len(b.texts)} texts, and a comparison takes one",
                remedy="Give one of its `texts`.",
            )
        return as_page(b.texts[0], language)
    if isinstance(b, StoryText):
        return PageText("", b.text, language or b.language)
    return _document(b).as_page(language)


def _document(side: str | Path | Document | PageText) -> Document:
    if isinstance(side, Document):
        return _checked(side)
    if isinstance(side, Path):
        return read(side)
    if isinstance(side, PageText):
        page = side
        return _checked(
            Document(
                page.text,
                page.url or "text",
                page.url,
                page.language,
                page.title,
                page.byline,
                links=page.links,
                markup=page.markup,
                image=page.image,
            )
        )
    return _checked(_of_text(side))


def _of_text(text: str) -> Document:
    if "\n" not in text and is_http(text):
        raise ConfigError(
            "this is a URL and no text; nothing is fetched here",
            place=text,
            remedy="Save the page and give its Path, or run: afterprint explain A B",
        )
    if "\n" not in text and len(text) < 255 and "\0" not in text and Path(text).is_file():
        raise ConfigError("this is a file's name and no text", place=text, remedy="Write Path(…) around it.")
    return Document(text.strip(), language=detect_language(text))


def check_language(language: str | None) -> None:
    """Raise ConfigError if *language* is given and no code."""
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise ConfigError(f"{language!r} is no language code", remedy='Write two or three letters, as "nl".')


# --- files -----------------------------------------------------------------------------------------------


def read(path: Path | str) -> Document:
    """A text file or a saved web page. HTML is read as the archive reads it, known by its name or by its beginning.

    Raises:
        ConfigError: there is no such file, or it may not be read.
        StoryTextError: it holds no text.
    """
    path = Path(path)
    body = _bytes_of(path)
    if path.suffix.lower() in _HTML_SUFFIXES or _HTML_START.match(body[:_HTML_SEEN]):
        return read_html(body, source=str(path))
    return _checked(Document(text := _text_of(path, body), str(path), language=detect_language(text)))


def read_html(
    body: bytes, *, source: str, url: str = "", content_type: str | None = None, captured_at: str | None = None
) -> Document:
    """The article on a web page, from its bytes. *captured_at* is when they were fetched, ISO 8601 in UTC.

    Raises:
        StoryTextError: there is no article text on it.
    """
    from archive.extract import decode, extract, parse
    from archive.match.republished import read_head

    extraction = extract(body, url or "file:///", content_type)
    tree = parse(decode(body, content_type))
    if extraction is None or tree is None:
        raise StoryTextError(
            "this is no HTML document", place=source, remedy="Save the page as HTML, or as plain text."
        )
    return _checked(
        Document(
            text=extraction.text,
            source=source,
            url=url,
            language=extraction.language,
            title=extraction.title,
            byline=extraction.byline,
            published=extraction.published,
            modified=extraction.modified,
            links=extraction.links,
            markup=extraction.markup,
            captured_at=captured_at,
            image=extraction.image,
            head=read_head(tree, url or "file:///", extraction.text),
        )
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            "no such file", place=str(path), remedy="Check the name, and the folder you are in."
        ) from None
    except IsADirectoryError:
        raise ConfigError("a folder, not a file", place=str(path), remedy="Name a file in it.") from None
    except OSError as error:
        cause = error.strerror or str(error)
        raise ConfigError(
            f"cannot be read ({cause})", place=str(path), remedy="Check that you may read this file."
        ) from error


def _text_of(path: Path, body: bytes) -> str:
    for start, name in _NOT_TEXT.items():
        if body.startswith(start):
            raise StoryTextError(f"{name}, not text", place=str(path), remedy="Save its text as UTF-8, or as HTML.")
    encoding = "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        at = f"byte {error.start} is 0x{error.object[error.start]:02x}" if error.start < len(error.object) else "cut"
        raise StoryTextError(f"not UTF-8 ({at})", place=str(path), remedy="Save the text as UTF-8.") from None
    if "\0" in text:
        raise StoryTextError("not text: it holds NUL bytes", place=str(path), remedy="Save its text as UTF-8.")
    return text.replace("\r\n", "\n").strip()


def _checked(document: Document) -> Document:
    if not any(map(str.isalnum, document.text)):
        raise StoryTextError(
            "there is no text in it", place=document.source, remedy="Give a file that holds the article's words."
        )
    return document
