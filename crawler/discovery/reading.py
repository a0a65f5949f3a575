"""What all sources have in common: one result, and the repair of what is broken in their bytes."""

from __future__ import annotations

import html
import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from lxml import etree
from w3lib.encoding import resolve_encoding

from archive.types import Lead
from archive.urls import is_http

MAX_DECOMPRESSED = 64 * 1024 * 1024
"""The sitemap protocol allows 50 MB; what unpacks to more is a mistake or a bomb."""


MAX_READ = 10 * 1024 * 1024
"""Bytes of a source that are read where all of it must be in memory at once, with some ten times as much for its tree.
The largest real feed seen has 5 MB."""

MAX_LEADS = 10_000
"""Of one feed. A feed has 10 to 100 entries; what has more is an archive of years, and comes by a sitemap too."""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What a source answered. A quiet source ("empty") and a broken one ("unreadable") must not look the same."""

    leads: tuple[Lead, ...]
    #: "refused": it will not say, now or later; "limited": not now, it was asked too much
    outcome: Literal["ok", "empty", "unreadable", "refused", "limited"]
    #: why it gave nothing; with "ok", what of the answer was lost; None if all went well
    reason: str | None = None


def unreadable(reason: str) -> SourceReading:
    return SourceReading((), "unreadable", reason)


def refused(reason: str) -> SourceReading:
    return SourceReading((), "refused", reason)


def limited(reason: str) -> SourceReading:
    return SourceReading((), "limited", reason)


def reading(leads: list[Lead], *, if_empty: str, lost: str | None = None) -> SourceReading:
    """The result of a source that could be read."""
    if leads:
        return SourceReading(tuple(leads), "ok", lost)
    return SourceReading((), "empty", f"{if_empty}; {lost}" if lost else if_empty)


# --- bytes ---------------------------------------------------------------------------------------


class TooLargeError(ValueError):
    """Unpacked, the body is larger than `MAX_DECOMPRESSED`. Stays inside this package."""


def gunzip(body: bytes, limit: int = MAX_DECOMPRESSED) -> tuple[bytes, str | None]:
    """*body* unpacked if it is gzip by its magic (whatever its name and headers say), and what was lost of it.

    Raises `TooLargeError` before more than *limit* bytes are unpacked.
    """
    lost = None
    # Twice: servers compress "sitemap.xml.gz" once more on the way. What is packed three times is a joke.
    for _ in range(2):
        if body[:2] != b"\x1f\x8b":
            break
        body, lost = _gunzip_once(body, limit)
    return body, lost


def _gunzip_once(body: bytes, limit: int) -> tuple[bytes, str | None]:
    pieces: list[bytes] = []
    room = limit
    while body[:2] == b"\x1f\x8b":  # a gzip file may consist of several members
        member = zlib.decompressobj(31)
        try:
            piece = member.decompress(body, room + 1)
        except zlib.error as error:
            return b"".join(pieces), f"the gzip data is damaged ({error})"
        room -= len(piece)
        if room < 0:
            raise TooLargeError(f"unpacks to more than {limit // 1024 // 1024} MiB")
        pieces.append(piece)
        if not member.eof:
            return b"".join(pieces), "the gzip data is cut off"
        body = member.unused_data
    return b"".join(pieces), None


_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]+)""")


def decode(body: bytes, charset: str | None = None) -> str:
    """*body* as text, never failing: byte order mark, UTF-8 if it is that, *charset* (of the header), the declaration.

    UTF-8 comes before what is declared, since text in another encoding practically never is valid UTF-8,
    while declarations are wrong in both directions (`tests` hold real ones).
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if body[:2] in (b"<\0", b"\0<"):
        return body.decode("utf-16-le" if body[0] == 0x3C else "utf-16-be", "replace")
    declared = _DECLARED.search(body[:300])
    # ISO-2022-JP and its like are ASCII in bytes, told by their escape byte.
    if b"\x1b" not in body:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for name in (charset, declared and declared[1].decode("ascii")):
        encoding_found = resolve_encoding(name) if name else None
        if encoding_found and encoding_found not in ("utf-8", "utf-16"):
            try:
                return body.decode(encoding_found)
            except (UnicodeDecodeError, LookupError):
                continue
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    # A few bad bytes among good ones: UTF-8 that was cut or patched. Otherwise the Western default.
    return text if good > bad else body.decode("cp1252", "replace")


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"\s*<\?xml\b.{0,300}?\?>", re.DOTALL)
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31};))?")
#: A reference to half of a pair: the recovering parser makes bytes of it that lxml then cannot read.
_SURROGATE = re.compile(
    r"&#(?:0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});"
)
_ROOT = re.compile(r"<(?![?!/])[^<>]{1,4000}>")
_DOCTYPE_START = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^>\[\"']|\"[^\"]*\"|'[^']*')*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)


def pieces(text: str, record: str, size: int = MAX_READ // 4) -> Iterator[str]:
    """*text* in documents of about *size* characters, each with whole records under the opening tag of the root.

    A recovering parser that is given 60 MB at once takes ten times as much memory.
    """
    root = _ROOT.search(text)
    if root is None or len(text) <= size:
        yield text
        return
    closing = re.compile(rf"</(?:[\w.-]+:)?(?:{record})\s*>", re.IGNORECASE)
    place = root.end()
    while place < len(text) and (found := closing.search(text, place + size) or closing.search(text, place)):
        yield root[0] + text[place : found.end()]
        place = found.end()


def repair_xml(text: str, record: str) -> bytes:
    """*text* as UTF-8 bytes that a recovering parser reads with the least loss; *record*: "item|entry", "url|sitemap".

    Without this it drops what it does not know: `?a=1&b=2` would come out as `?a=1=2`, `caf&eacute;` as `caf`.
    And it closes what was cut off: half an address would come out as an address. So the text ends with a whole record.
    """
    end = 0
    for closing in re.finditer(rf"</(?:[\w.-]+:)?(?:{record})\s*>", text, re.IGNORECASE):
        end = closing.end()
    text = text[:end]
    start = text.find("<")
    text = _NOT_XML.sub("", text[max(start, 0) :])
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    # Entities that a document declares for itself are left undefined: that is how an entity bomb stays small.
    doctype = _DOCTYPE_START.search(text)
    if doctype and (whole := _DOCTYPE.match(text, doctype.start())):
        text = text[: whole.start()] + text[whole.end() :]
    return "".join(_with_known_entities(text)).encode("utf-8")


def _with_known_entities(text: str) -> Iterator[str]:
    """*text* in pieces, with ampersands put right outside of CDATA, where they stand for themselves."""
    place = 0
    while place < len(text):
        # By hand: an expression would look for the end again from each of a million beginnings that have none.
        start = text.find("<![CDATA[", place)
        end = text.find("]]>", start) if start >= 0 else -1
        if end < 0:
            start = end = len(text)
        yield _SURROGATE.sub("", _AMPERSAND.sub(_known_entity, text[place:start]))
        yield text[start:end]
        place = end


def _known_entity(found: re.Match[str]) -> str:
    char = html5.get(found[1] or "")
    return char if char and char not in "<>&" else "&amp;" + (found[1] or "")


def xml_parser(*, recover: bool) -> etree.XMLParser:
    """Nothing outside the document is loaded, nothing inside it is expanded."""
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        # Without it, libxml2 refuses text nodes above 10 MB; full-text feeds have been seen at 5.
        huge_tree=False,
    )


_HTML_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|(?:html|head|body|meta|title|script|div|p|h1|center|table)\b)",
    re.I | re.S,
)


def looks_like_html(body: bytes) -> bool:
    """Whether it begins as pages do: an error page or a consent wall instead of what was asked for."""
    body = body[:2048].removeprefix(b"\xef\xbb\xbf")
    return _HTML_START.match(body) is not None


# --- words ---------------------------------------------------------------------------------------

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!\[CDATA\[|\]\]>")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain(text: object, limit: int = 500) -> str | None:
    """*text* on one line, without tags and entities; None if nothing is left or it is no text."""
    if not isinstance(text, str):
        return None
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        # Twice: an "&amp;amp;" is the rule where a feed was made from another one.
        text = html.unescape(html.unescape(text))
        text = _TAG.sub(" ", text)
    text = " ".join(_UNSTORABLE.sub("", text).split())
    return text[:limit] or None


_ISO_639_1 = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw
    ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my
    na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn
    so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z0-9]{1,8})*")


def language_tag(text: str | None) -> str | None:
    """A language as BCP 47 in lower case; None for what is none (`US`, `English`, `x-default`).

    >>> language_tag("pt_BR"), language_tag("US"), language_tag("x-default")
    ('pt-br', None, None)
    """
    tag = (text or "").strip().lower().replace("_", "-")
    found = _LANGUAGE.fullmatch(tag)
    if found is None or (len(found[1]) == 2 and found[1] not in _ISO_639_1):
        return None
    return tag


# --- addresses -----------------------------------------------------------------------------------


_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|aac|og[agv]|wav|webm|mov|avi|flv|wmv|zip|gz|exe|apk"
    r"|dmg|css|js|woff2?|ttf|eot|swf|docx?|xlsx?|pptx?|epub|mobi|ics)",
    re.IGNORECASE,
)


def is_media(url: str) -> bool:
    """Whether the path ends as those of files do that are no pages."""
    path = url.partition("?")[0].partition("#")[0]
    return _MEDIA.fullmatch(path[path.rfind(".") :] if "." in path[-8:] else "") is not None


def unwrap(url: str) -> str:
    """The publisher's address inside a redirect of Google Alerts, Bing or the older Google News; else *url*.

    These hosts forbid their redirects to robots, so the lead would end there.
    """
    if ".google." not in url and ".bing." not in url:
        return url
    parts = urlsplit(url)
    host = parts.hostname or ""
    inner = ""
    if parts.path in ("/url", "/news/apiclick.aspx") and re.fullmatch(r"www\.(?:google\.[a-z.]+|bing\.com)", host):
        query = parse_qs(parts.query)
        inner = next((query[name][0] for name in ("url", "q") if name in query), "")
    elif host == "news.google.com" and (found := re.search(r"/articles/(CBM[\w-]{20,})", parts.path)):
        # Until 2024 the id was a protobuf message in base64 with the address in clear.
        try:
            message = urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
        except ValueError:
            message = b""
        address = re.search(rb"https?://[\x21-\x7e]+", message)
        inner = address[0].decode("ascii") if address else ""
    return inner if is_http(inner) else url
