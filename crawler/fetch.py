"""One fetch, from the URL that is due to the `Capture` that says what came of it.

Scrapy passes a `Request` through its machinery, several times if there are redirects; an `Ask` rides along in its
`meta` and collects what the capture will say. However a fetch ends, it ends here, in one of two pure functions::

    FrontierEntry ─► Ask ─► Request ─► … ─┬─► Response ─► capture_of_answer(ask, response)
                                          └─► Failure  ─► capture_of_failure(ask, error)
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import brotli  # type: ignore[import-untyped]
from OpenSSL import SSL
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet import error as tx_error
from twisted.web._newclient import ParseError, RequestGenerationFailed, RequestTransmissionFailed, ResponseFailed

from archive.times import utc_now
from archive.types import Capture, ErrorClass, FrontierEntry, Headers, Purpose, Redirect
from archive.urls import registrable_domain
from crawler.archived import byte_range, is_memento
from crawler.politeness import retry_at

# Not `zstandard`, which the archive writes with: its stream readers take a torn frame for a whole one.
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy.http import Response
    from scrapy.http.headers import Headers as ScrapyHeaders

ASK: Final = "ask"
"""The key in `Request.meta`. Read it through `Ask.of` only."""

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_ENCODING: Final = "gzip, deflate, br, zstd"

VALIDATORS: Final = ("If-None-Match", "If-Modified-Since")

PARTS_SLOT: Final = "parts of pages"
"""The downloader's queue for what a page in a browser asks for: see `crawler.browser`."""

REDIRECT_STATUSES: Final = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a browser made of an answer."""

    #: name and versions: see `Capture.rendered_by`
    by: str
    #: the document; None if it came to none
    body: bytes | None = field(default=None, repr=False)
    #: what the page lacks, in words
    detail: str | None = None
    error: NotFetched | None = None


@dataclass(slots=True)
class Ask:
    """One fetch on its way. Not frozen: the stations of a request write into it."""

    url: str
    purpose: Purpose
    #: None for a robots.txt that is fetched on the way to a page
    entry: FrontierEntry | None = None
    redirects: tuple[Redirect, ...] = ()
    #: when the first byte was about to be sent; None if none was
    started_at: datetime | None = None
    #: when the last answer was complete, or had failed
    finished_at: datetime | None = None
    #: whether the request now on its way carries validators
    conditional: bool = False
    #: set where the answer was opened in a browser: its body is not the server's then
    rendering: Rendering | None = None
    _seen: set[str] = field(default_factory=set)

    @staticmethod
    def of(request: Request) -> Ask | None:
        """The ask that rides on *request*; None if the request is not one of ours."""
        ask = request.meta.get(ASK)
        return ask if isinstance(ask, Ask) else None

    def began(self, now: datetime) -> None:
        self.started_at = self.started_at or now
        self.finished_at = None

    def ended(self, now: datetime) -> None:
        self.finished_at = now

    def follow(self, hop: Redirect) -> None:
        """Note one redirect.

        Raises:
            NotFetched: it leads back to where this fetch has been.
        """
        self._seen.update((self.url, hop.url))
        self.redirects += (hop,)
        self.conditional = False
        if hop.location in self._seen:
            raise NotFetched("too_many_redirects", f"{hop.url} redirects back to {hop.location}")
        self._seen.add(hop.location)


def make_request(ask: Ask, user_agent: str, *, slot: str, priority: int = 0, own_headers: Headers = ()) -> Request:
    """The request for *ask*, complete with its headers, so that no middleware needs to add any.

    *own_headers* are those of a source that asks for a token.
    No Accept-Language: the page as its outlet serves it to nobody in particular.
    """
    headers = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
    if ask.entry is not None and ask.purpose != "search":
        # A question is put in full again: its answer is read anew, and a 304 would name nothing.
        conditions = validators(ask.entry)
        ask.conditional = bool(conditions)
        headers.update(conditions)
    headers.update((name.title(), value) for name, value in own_headers)
    part = byte_range(ask.url) if ask.purpose == "warc_record" else None
    if part is not None:
        headers["Range"] = part
    return Request(
        ask.url, headers=headers, priority=priority, dont_filter=True, meta={ASK: ask, "download_slot": slot}
    )


def validators(entry: FrontierEntry) -> dict[str, str]:
    """The headers that ask "only if it changed since", for a URL whose last answer came with validators."""
    conditions = {}
    if entry.etag:
        conditions["If-None-Match"] = entry.etag
    if entry.last_modified:
        conditions["If-Modified-Since"] = entry.last_modified
    return conditions


def redirected(request: Request, location: str) -> Request:
    """*request*, sent on to *location*.

    Without a token, which was for another host perhaps, and without its validators: they were issued for another URL, and a 304 to them would be a false "unchanged"
    (a removed article that redirects to an older front page).
    """
    headers = request.headers.copy()
    for name in (*VALIDATORS, "Authorization"):
        headers.pop(name, None)
    slot = request.meta["download_slot"]
    meta = {**request.meta, "download_slot": slot if slot == PARTS_SLOT else registrable_domain(location)}
    return request.replace(url=location, headers=headers, meta=meta, priority=request.priority + 1)


# --- answers -------------------------------------------------------------------------------------


def capture_of_answer(ask: Ask, response: Response, max_size: int) -> Capture:
    """What *response* says, with its content encoding undone."""
    headers = header_pairs(response.headers)
    not_modified = response.status == 304 and ask.conditional
    body: bytes | None = None
    error: NotFetched | None = None
    rendering = ask.rendering
    if rendering is not None:
        body, error = rendering.body, rendering.error
    elif response.status not in (204, 304):
        try:
            body = decode_body(response.body, headers, max_size)
        except NotFetched as undecodable:
            error = undecodable
    finished = ask.finished_at or utc_now()
    return Capture(
        url=ask.url,
        purpose=ask.purpose,
        started_at=ask.started_at or finished,
        finished_at=finished,
        final_url=response.url,
        redirects=ask.redirects,
        status=response.status,
        error_class=error.error_class if error else None,
        error_detail=error.detail if error else rendering.detail if rendering else None,
        headers=headers,
        body=body,
        not_modified=not_modified,
        frontier_id=ask.entry.id if ask.entry else None,
        # What an archive kept of a busy server is no word of the archive's own.
        retry_at=None if is_memento(headers) else retry_at(response.status, headers, finished),
        rendered_by=rendering.by if rendering else None,
    )


def header_pairs(headers: ScrapyHeaders) -> Headers:
    """As received: names in lower case, repeated names kept, bytes read as latin-1."""
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )


def decode_body(body: bytes, headers: Headers, max_size: int) -> bytes:
    """*body* with its content encodings undone, the last applied first.

    Strict where Scrapy's own middleware is lenient: half a gzip stream is half a page, and would look like an edit.

    Raises:
        NotFetched: "decoding" if it is not what Content-Encoding says; "too_large" over *max_size* bytes.
    """
    names = [name.strip().lower() for key, value in headers if key == "content-encoding" for name in value.split(",")]
    for name in reversed(names):
        if name in ("", "identity"):
            continue
        if not body:
            return body  # an empty answer with the header of a full one: common, and harmless
        try:
            body = _decode(name, body, max_size)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
            raise NotFetched("decoding", f"Content-Encoding {name}: {error}") from error
    return body


def _decode(name: str, body: bytes, max_size: int) -> bytes:
    if name in ("gzip", "x-gzip"):
        return b"".join(_gunzip(body, max_size))
    if name == "deflate":
        try:
            return b"".join(_inflate(body, zlib.MAX_WBITS, max_size)[0])
        except zlib.error:  # some servers send the raw stream, without zlib's header
            return b"".join(_inflate(body, -zlib.MAX_WBITS, max_size)[0])
    if name == "br":
        return _unbrotli(body, max_size)
    if name == "zstd":
        return _unzstd(body, max_size)
    raise NotFetched("decoding", f"Content-Encoding {name} is unknown, and was not asked for")


_CHUNK = 1 << 16


def _gunzip(body: bytes, max_size: int) -> Iterator[bytes]:
    """All members; padding after the last one is let pass, as every browser does."""
    size = 0
    while body[:2] == b"\x1f\x8b" or not size:
        chunks, body = _inflate(body, zlib.MAX_WBITS | 16, max_size - size)
        for chunk in chunks:
            size += len(chunk)
            yield chunk
        if not body or not size:
            return


def _inflate(body: bytes, wbits: int, max_size: int) -> tuple[list[bytes], bytes]:
    """One stream, and what follows it."""
    decompressor = zlib.decompressobj(wbits=wbits)
    chunks: list[bytes] = []
    size = 0
    data = body
    while not decompressor.eof:
        chunk = decompressor.decompress(data, _CHUNK)
        data = decompressor.unconsumed_tail
        if not chunk and not data and not decompressor.eof:
            raise EOFError("the stream ends too early")
        size += len(chunk)
        _check_size(size, max_size)
        chunks.append(chunk)
    return chunks, decompressor.unused_data


def _unbrotli(body: bytes, max_size: int) -> bytes:
    decompressor = brotli.Decompressor()
    chunks = [decompressor.process(body, output_buffer_limit=_CHUNK)]
    size = len(chunks[0])
    while not decompressor.is_finished():
        chunk = decompressor.process(b"", output_buffer_limit=_CHUNK)
        if not chunk:
            raise EOFError("the stream ends too early")
        size += len(chunk)
        _check_size(size, max_size)
        chunks.append(chunk)
    return b"".join(chunks)


def _unzstd(body: bytes, max_size: int) -> bytes:
    """All frames."""
    chunks: list[bytes] = []
    size = 0
    while body:
        decompressor = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 27})
        while not decompressor.eof:
            chunk = decompressor.decompress(body, _CHUNK)
            body = b""
            if not chunk and decompressor.needs_input:
                raise EOFError("the stream ends too early")
            size += len(chunk)
            _check_size(size, max_size)
            chunks.append(chunk)
        body = decompressor.unused_data
    return b"".join(chunks)


def _check_size(size: int, max_size: int) -> None:
    if size > max_size:
        raise NotFetched("too_large", f"more than {max_size} bytes once decompressed")


# --- failures ------------------------------------------------------------------------------------


class NotFetched(IgnoreRequest):
    """Raised by a middleware to end a fetch for a reason that the archive has a word for."""

    def __init__(self, error_class: ErrorClass, detail: str) -> None:
        super().__init__(f"{error_class}: {detail}")
        self.error_class: ErrorClass = error_class
        self.detail = detail


class GivenBack(IgnoreRequest):
    """Raised by a middleware when a URL goes back to the frontier unasked: its host is held, or the crawl ends."""

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        #: when it is due again; None: as it was
        self.until = until


def capture_of_failure(ask: Ask, error: BaseException, url: str) -> Capture:
    """What is known of a fetch of *url* (the last hop) that brought no answer."""
    error_class, detail = classify(error)
    finished = ask.finished_at or utc_now()
    return Capture(
        url=ask.url,
        purpose=ask.purpose,
        started_at=ask.started_at or finished,
        finished_at=finished,
        final_url=url,
        redirects=ask.redirects,
        error_class=error_class,
        error_detail=detail,
        frontier_id=ask.entry.id if ask.entry else None,
    )


class EndlessHeadError(ParseError):
    """An answer whose headers come to no end."""


FETCH_ERRORS: Final = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotFetched,
    NotSupported,
    OSError,
    ParseError,
    ResponseDataLossError,
    ResponseFailed,
    SSL.Error,
    UnsupportedURLSchemeError,
    ValueError,  # a host name that cannot be encoded
    VerificationError,
    tx_error.ConnectError,
    tx_error.ConnectionClosed,
)
"""What a download may raise through no fault of ours; anything else is a bug."""

_CLASSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], ErrorClass], ...] = (
    ((VerificationError, SSL.Error), "tls"),
    ((DownloadTimeoutError, tx_error.TimeoutError), "timeout"),
    ((CannotResolveHostError, tx_error.DNSLookupError, tx_error.UnknownHostError), "dns"),
    # Scrapy cancels a download for its size only; a timeout has its own error.
    (DownloadCancelledError, "too_large"),
    ((UnsupportedURLSchemeError, NotSupported), "guard"),
    (EndlessHeadError, "too_large"),
    (ParseError, "protocol"),
    ((ResponseDataLossError, DownloadConnectionRefusedError), "connection"),
    ((tx_error.ConnectError, tx_error.ConnectionClosed), "connection"),
)


def classify(error: BaseException) -> tuple[ErrorClass, str]:
    """The archive's word for *error*, and its cause in words for people."""
    if isinstance(error, NotFetched):
        return error.error_class, error.detail
    causes = list(_causes(error))
    for kinds, error_class in _CLASSES:
        for cause in causes:
            if isinstance(cause, kinds):
                return error_class, _words(error_class, cause)
    if any(isinstance(cause, OSError) for cause in causes):
        return "connection", str(causes[-1])
    if isinstance(error, ValueError):
        return "dns", str(error)
    return "protocol", f"{type(causes[-1]).__name__}: {causes[-1]}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """*error*, then what it was made from, depth first. Twisted keeps a list of reasons instead of a cause."""
    yield error
    if isinstance(error, (ResponseFailed, RequestGenerationFailed, RequestTransmissionFailed)):
        for reason in error.reasons:
            if isinstance(reason.value, BaseException):
                yield from _causes(reason.value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _words(error_class: ErrorClass, cause: BaseException) -> str:
    if isinstance(cause, SSL.Error):
        texts = [entry[-1] for entry in cause.args[0]] if cause.args and isinstance(cause.args[0], list) else []
        return "; ".join(texts) or "the secure connection failed"
    if isinstance(cause, VerificationError):
        return "the certificate is for another name"
    if isinstance(cause, ResponseDataLossError):
        return "the connection closed before the answer was whole"
    if isinstance(cause, (DownloadConnectionRefusedError, tx_error.ConnectionRefusedError)):
        return "connection refused"
    if isinstance(cause, (tx_error.ConnectionLost, tx_error.ConnectionDone)):
        return "the connection closed without an answer"
    if isinstance(cause, DownloadCancelledError):
        return "the answer is larger than what is downloaded"
    if error_class == "timeout":
        took = re.search(r"longer than (\d+)", str(cause))
        return f"no whole answer within {took[1]} s" if took else "no answer in time"
    if isinstance(cause, EndlessHeadError):
        return "the answer's headers are longer than what is read"
    if isinstance(cause, ParseError):
        return "the answer is not HTTP"
    return str(cause) or type(cause).__name__
