"""An HTTP answer from its stored bytes: head, and body with transfer and content encoding undone. Pure.

Tools store answers in every state between "as received" and "already decoded, old headers left in place";
so what the headers announce is tried, and where it does not fit, the bytes are kept as they are and a note says so.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import brotli  # type: ignore[import-untyped]
import zstandard

from archive.types import ErrorClass, Headers
from archive.warc._framing import parse_fields

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)[^\n]*(?:\n|$)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Headers
    payload: bytes = field(repr=False)
    #: the blank line behind the head is there
    head_ended: bool

    @property
    def is_whole(self) -> bool:
        """Whether the answer itself says that nothing is missing."""
        if not self.head_ended:
            return False
        return self.status in (204, 304) or 300 <= self.status < 400 or _shortfall(self.headers, self.payload) == 0


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its encodings undone, as far as that could be done."""

    data: bytes | None = field(repr=False)
    error_class: ErrorClass | None = None
    notes: tuple[str, ...] = ()


class _TooLargeError(Exception):
    pass


class _NotDecodableError(Exception):
    pass


def parse_answer(block: bytes) -> Answer | None:
    """Head and payload of *block*; None if it is not HTTP."""
    status_line = _STATUS_LINE.match(block)
    if status_line is None:
        return None
    # From the status line's end on, so that a head without any field is understood.
    end = _HEAD_END.search(block, max(status_line.end() - 2, 0))
    head, payload = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    return Answer(
        status=int(status_line[1]),
        headers=parse_fields(head[status_line.end() :], "latin-1"),
        payload=payload,
        head_ended=end is not None,
    )


def undo_encodings(headers: Headers, payload: bytes, *, limit: int) -> Body:
    """The body that *payload* stands for, at most *limit* bytes of it."""
    notes: list[str] = []
    error: ErrorClass | None = None
    if any("chunked" in value.lower() for value in _values(headers, "transfer-encoding")):
        payload, error, note = _undo_chunks(payload)
        notes += note
    elif not _values(headers, "content-encoding") and (_shortfall(headers, payload) or 0) > 2:
        # Up to two bytes are a last line end, which some tools strip. Where a tool undid a content encoding,
        # the header still counts the encoded bytes.
        error = "connection"
        notes.append(f"the connection closed after {len(payload)} of {_values(headers, 'content-length')[0]} bytes")
    encodings = [name.strip().lower() for value in _values(headers, "content-encoding") for name in value.split(",")]
    for name in reversed(encodings):
        if name in ("", "identity", "none", "utf-8") or not payload:
            continue
        decoder = _DECODERS.get(name)
        if decoder is None:
            notes.append(f"the content encoding {name[:40]!r} is unknown; the bytes are kept as stored")
            break
        try:
            payload = decoder(payload, limit)
        except _TooLargeError:
            return Body(None, "too_large", (*notes, f"the body is larger than {limit} bytes when decompressed"))
        except _NotDecodableError as failure:
            if _is_text(payload):
                notes.append(f"announced as {name}, but stored without it")
            else:
                error = error or "decoding"
                notes.append(f"{name} could not be undone ({failure}); the bytes are kept as stored")
            break
    if len(payload) > limit:
        return Body(None, "too_large", (*notes, f"the body is larger than {limit} bytes"))
    return Body(payload, error, tuple(notes))


def _values(headers: Headers, name: str) -> list[str]:
    return [value for key, value in headers if key == name]


def _shortfall(headers: Headers, payload: bytes) -> int | None:
    """How many bytes fewer there are than Content-Length announces; None if it announces nothing."""
    lengths = _values(headers, "content-length")
    if not lengths or not re.fullmatch(r"\d{1,15}", lengths[0]):
        return None
    return max(int(lengths[0]) - len(payload), 0)


def _is_text(payload: bytes) -> bool:
    head = payload[:512]
    return not any(byte < 9 or 13 < byte < 27 for byte in head)


def _undo_chunks(payload: bytes) -> tuple[bytes, ErrorClass | None, list[str]]:
    pieces: list[bytes] = []
    at = 0
    while True:
        line = _CHUNK_LINE.match(payload, at)
        if line is None:
            if at == 0:
                note = [] if not payload else ["announced as chunked, but stored without chunks"]
                return payload, None, note
            if at >= len(payload):
                return b"".join(pieces), "connection", ["the connection closed before the last chunk"]
            return payload, None, ["the chunks are malformed; the bytes are kept as stored"]
        size = int(line[1], 16)
        at = line.end()
        if size == 0:
            return b"".join(pieces), None, []  # trailers are of no interest
        pieces.append(payload[at : at + size])
        at += size
        if at > len(payload):
            if len(pieces) == 1 and not payload[line.end() :].strip():
                return payload, None, ["announced as chunked, but stored without chunks"]
            return b"".join(pieces), "connection", ["the connection closed within a chunk"]
        if payload.startswith(b"\r\n", at):
            at += 2
        elif payload.startswith(b"\n", at):
            at += 1
        elif at < len(payload):
            return payload, None, ["the chunks are malformed; the bytes are kept as stored"]


def _inflate(data: bytes, limit: int, wbits: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while data:
        inflater = zlib.decompressobj(wbits)
        try:
            while not inflater.eof:
                piece = inflater.decompress(data, _STEP)
                data = inflater.unconsumed_tail
                if not piece and not data and not inflater.eof:
                    raise _NotDecodableError("it ends too early")
                size += len(piece)
                if size > limit:
                    raise _TooLargeError
                pieces.append(piece)
        except zlib.error as error:
            raise _NotDecodableError(str(error)) from error
        data = inflater.unused_data
        if not data.startswith(b"\x1f\x8b"):
            break  # servers pad; only another gzip member goes on with the body
    return b"".join(pieces)


def _gunzip(data: bytes, limit: int) -> bytes:
    return _inflate(data, limit, 16 + zlib.MAX_WBITS)


def _undeflate(data: bytes, limit: int) -> bytes:
    try:
        return _inflate(data, limit, zlib.MAX_WBITS)
    except _NotDecodableError:
        # Many servers leave out the wrapper that the standard asks for.
        return _inflate(data, limit, -zlib.MAX_WBITS)


def _unbrotli(data: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    pieces: list[bytes] = []
    size = 0
    try:
        while not decoder.is_finished():
            piece: bytes = decoder.process(data, output_buffer_limit=_STEP)
            data = b""
            if not piece:
                raise _NotDecodableError("it ends too early")
            size += len(piece)
            if size > limit:
                raise _TooLargeError
            pieces.append(piece)
    except brotli.error as error:
        raise _NotDecodableError(str(error) or "damaged") from error
    return b"".join(pieces)


def _unzstd(data: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        # A frame names the memory it wants; 8 MiB is what RFC 9659 allows on the web.
        decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 23)
        while data:
            frame = decompressor.decompressobj()
            at = 0
            while not frame.eof:
                if at >= len(data):
                    raise _NotDecodableError("it ends too early")
                # In small steps: four bytes can stand for 128 KiB, and the output of a step cannot be limited.
                pieces.append(frame.decompress(data[at : at + 256]))
                at += 256
                size += len(pieces[-1])
                if size > limit:
                    raise _TooLargeError
            data = frame.unused_data + data[at:]
    except zstandard.ZstdError as error:
        raise _NotDecodableError(str(error)) from error
    return b"".join(pieces)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
