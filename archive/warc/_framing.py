"""Where a record of a WARC or ARC file begins and ends, also in a damaged file. Knows nothing of what records mean.

Own code, because damage is an ordinary day for an archive. warcio 1.8 and FastWARC 2.0 stop at the first damaged byte,
both hand out a record that the end of the file has cut as if it were whole, and FastWARC reads no ARC.
Here each damaged record is a `Damage` with its place, and reading goes on at the next record that can be found:

=================================  ====================================================================
what is damaged                    where reading goes on
=================================  ====================================================================
compressed data                    the next gzip member (zstd frame) that opens with a record
a header or a length, compressed   the next line that opens a record, at the latest the next member that does
a header or a length, plain        as above, but looking from the second line of the damaged record on,
                                   so that records which a wrong length swallowed are found
=================================  ====================================================================

Proper files hold one member a record. One member for the whole file, and members cut anywhere, are read as well.
Memory: one record's block up to the limit given, and windows of 64 KiB.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, NamedTuple

import zstandard

from archive.types import Headers

Format = Literal["warc", "arc"]

WINDOW = 1 << 16
LINE_LIMIT = 1 << 16
HEADER_LIMIT = 1 << 18
"""Bytes of a record's own header. Ordinary ones have less than one thousand."""

SHORTFALL = 1024
"""Bytes that a block may lack without being given up: what an editor takes away that rewrites line ends. Whether the
answer in it is whole is for the reader to judge."""

SNIFF_LIMIT = 1 << 24
"""How far a file is searched for its first record before it is called something else."""

WARC_LINE = re.compile(rb"WARC/\d{1,2}\.\d{1,2}[ \t]*\r?\n")
# ARC 1: URL IP date type length. ARC 2: URL IP date type status checksum location offset file length.
# URLs with spaces and types with parameters occur; the lengths keep hostile lines from costing quadratic time.
ARC_LINE = re.compile(
    rb"(?P<url>[A-Za-z][A-Za-z0-9+.-]{1,20}:\S.{0,8192}?) (?P<ip>[0-9A-Fa-f.:]{2,45}|-) (?P<date>\d{8,17}) "
    rb"(?P<type>\S.{0,512}?) (?P<length>\d{1,15})[ \t]*\r?\n"
)
OPENINGS: dict[Format, re.Pattern[bytes]] = {"warc": WARC_LINE, "arc": ARC_LINE}

HASHED_TYPES = frozenset(("response", "resource", "revisit"))
"""Records that may become captures. Of the others only the beginning of the block is kept."""


class Position(NamedTuple):
    """Where a record begins: *inner* bytes into the compressed member at *offset* (plain files: inner is 0)."""

    offset: int
    inner: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the file."""

    format: Format
    #: WARC-Type in lower case; an ARC's are "response", its file header "warcinfo"
    type: str
    #: the record's header; an ARC's line under WARC's names
    fields: Headers
    #: the block; of one that is over the limit, or of another type, the first 64 KiB
    block: bytes = field(repr=False)
    #: bytes of the whole block
    length: int
    #: of the whole block; None where the type is not in `HASHED_TYPES`
    sha256: str | None
    #: whether WARC-Block-Digest fits the block; None if there is none that can be checked
    digest_fits: bool | None
    position: Position
    #: bytes that the block lacks at its end, at most `SHORTFALL`
    missing: int = 0

    def get(self, name: str) -> str | None:
        """The first value of the field *name* (lower case), or None."""
        return next((value for key, value in self.fields if key == name), None)

    def all(self, name: str) -> list[str]:
        """All values of the field *name* (lower case)."""
        return [value for key, value in self.fields if key == name]


@dataclass(frozen=True, slots=True)
class Damage:
    """A record that could not be read, or bytes that are none."""

    offset: int
    reason: str


class _Damaged(Exception):
    """The record at hand is damaged."""


class _BadCompression(_Damaged):
    """The compressed data is damaged; nothing can be read until `_Input.recover`."""


class _Input:
    """A file's decoded bytes from front to back, with the place of each."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.format: Format | None = None
        self._piece = b""
        self._at = 0
        self._start = Position(0)
        self._opens_record = False
        self._line_start, self._line_at = Position(0), 0
        self._unread = b""

    # --- what the two kinds of file do in their own way ---

    def _pull(self) -> tuple[bytes, Position, bool]:
        """The next piece, its place, and whether a compressed member begins with it; an empty piece at the end."""
        raise NotImplementedError

    def _advance(self, start: Position, by: int) -> Position:
        raise NotImplementedError

    def go_to(self, position: Position) -> None:
        """Read on at *position*. Costs nothing but the decompression of `position.inner` bytes."""
        raise NotImplementedError

    def recover(self, bad: Position, first_line: int, *, compression: bool) -> bool:
        """Go to where the search for the next record shall begin. False if there is nothing left."""
        raise NotImplementedError

    # --- reading ---

    def _restart(self) -> None:
        self._piece, self._at, self._opens_record, self._unread = b"", 0, False, b""

    def _more(self, *, inside: bool) -> bool:
        """Whether there is another byte; if *inside* a record, one before a member that opens with the next record."""
        while self._at >= len(self._piece):
            piece, start, opens_member = self._pull()
            if not piece:
                return False
            self._piece, self._at, self._start = piece, 0, start
            self._opens_record = opens_member and opening(piece, self.format) is not None
        return not (inside and self._opens_record and self._at == 0)

    def readline(self, *, inside: bool = False) -> bytes:
        """The next line with its end, at most `LINE_LIMIT` bytes; empty at the end."""
        if self._unread:
            line, self._unread = self._unread, b""
            return line
        if not self._more(inside=inside):
            return b""
        self._line_start, self._line_at = self._start, self._at
        parts: list[bytes] = []
        size = 0
        while True:
            stop = min(len(self._piece), self._at + LINE_LIMIT - size)
            end = self._piece.find(b"\n", self._at, stop)
            end = stop if end < 0 else end + 1
            part = self._piece[self._at : end]
            self._at = end
            if not parts and part.endswith(b"\n"):
                return part
            parts.append(part)
            size += len(part)
            if part.endswith(b"\n") or size >= LINE_LIMIT or not self._more(inside=True):
                return b"".join(parts)

    def line_position(self) -> Position:
        """The place of the line that `readline` has just returned."""
        return self._advance(self._line_start, self._line_at)

    def unread(self, line: bytes) -> None:
        """Give back the line that `readline` has just returned."""
        self._unread = line

    def read(self, length: int) -> Iterator[bytes]:
        """The next *length* bytes of a record's block, in pieces; fewer if the record was cut."""
        while length > 0 and self._more(inside=True):
            piece = self._piece[self._at : self._at + length]
            self._at += len(piece)
            length -= len(piece)
            yield piece

    def room(self, length: int) -> bool:
        """Whether *length* more bytes may be there, as far as can be told without reading them."""
        return True

    def damage_place(self) -> Position:
        """Where the data is that could not be decompressed."""
        return self._start

    def at_member_start(self) -> bool:
        """Whether a compressed member begins with the line that `readline` has just returned."""
        return False


class _Plain(_Input):
    """A file that is not compressed."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self._size = file.seek(0, io.SEEK_END)
        self._next = file.seek(0)

    def _pull(self) -> tuple[bytes, Position, bool]:
        piece = self._file.read(WINDOW)
        start = Position(self._next)
        self._next += len(piece)
        return piece, start, False

    def _advance(self, start: Position, by: int) -> Position:
        return Position(start.offset + by)

    def go_to(self, position: Position) -> None:
        self._restart()
        self._next = self._file.seek(position.offset)

    def recover(self, bad: Position, first_line: int, *, compression: bool) -> bool:
        self.go_to(Position(bad.offset + max(first_line, 1)))
        return True

    def room(self, length: int) -> bool:
        return length <= self._size - self._next + len(self._piece) - self._at


class _DecodeError(Exception):
    pass


class _GzipMember:
    """Inflates one member."""

    magic = b"\x1f\x8b\x08"
    name = "gzip"

    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def ended(self) -> bool:
        return self._inflater.eof

    def decode(self, raw: bytes) -> tuple[bytes, bytes]:
        """What *raw* begins with, decoded, at most a window of it; and the rest of *raw*."""
        try:
            piece = self._inflater.decompress(raw, WINDOW)
        except zlib.error as error:
            raise _DecodeError(str(error)) from error
        return piece, self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail


class _ZstdFrame:
    """Decompresses one frame; frames stand where gzip files have members."""

    magic = b"\x28\xb5\x2f\xfd"
    name = "zstd"

    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        decompressor = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=1 << 27)
        self._frame = decompressor.decompressobj()

    @property
    def ended(self) -> bool:
        return self._frame.eof

    def decode(self, raw: bytes) -> tuple[bytes, bytes]:
        # In small steps: four bytes can stand for 128 KiB, and the output of a step cannot be limited.
        step = raw[:1024]
        try:
            piece = self._frame.decompress(step) if step else b""
        except zstandard.ZstdError as error:
            raise _DecodeError(str(error)) from error
        return piece, (self._frame.unused_data if self._frame.eof else b"") + raw[len(step) :]


_Codec = type[_GzipMember] | type[_ZstdFrame]

SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18", re.DOTALL)
"""The beginning of a zstd frame without content."""

DICTIONARY = b"\x5d\x2a\x4d\x18"
"""The one that may open a .warc.zst file: it holds the dictionary of all frames, often compressed itself."""


class _Compressed(_Input):
    """A file of gzip members or zstd frames."""

    def __init__(self, file: BinaryIO, codec: _Codec) -> None:
        super().__init__(file)
        self._codec = codec
        self._dictionary = _read_dictionary(file)
        self.go_to(Position(0))

    def go_to(self, position: Position) -> None:
        self._restart()
        self._raw = b""
        self._raw_offset = self._file.seek(position.offset)
        self._decoder: _GzipMember | _ZstdFrame | None = None
        self._member = position.offset
        self._inner = 0
        self._broken: str | None = None
        left = position.inner
        while left > 0 and self._more(inside=False):
            self._at = min(len(self._piece), left)
            left -= self._at

    def _advance(self, start: Position, by: int) -> Position:
        return Position(start.offset, start.inner + by)

    def damage_place(self) -> Position:
        return Position(self._member)

    def at_member_start(self) -> bool:
        return self.line_position().inner == 0

    def _fill(self, at_least: int = 1) -> bool:
        while len(self._raw) < at_least:
            more = self._file.read(WINDOW)
            if not more:
                break
            self._raw += more
        return bool(self._raw)

    def _drop(self, rest: bytes) -> None:
        self._raw_offset += len(self._raw) - len(rest)
        self._raw = rest

    def _pull(self) -> tuple[bytes, Position, bool]:
        while True:
            if self._broken is not None:
                raise _BadCompression(self._broken)
            opens_member = self._decoder is None
            if self._decoder is None and not self._begin_member():
                return b"", Position(self._member, self._inner), False
            start = Position(self._member, self._inner)
            # The first piece of a member must be long enough to tell whether a record opens with it.
            piece = self._decode(at_least=1024 if opens_member else 1)
            self._inner += len(piece)
            if piece:
                return piece, start, opens_member

    def _begin_member(self) -> bool:
        while self._fill(at_least=8):
            if self._codec is _ZstdFrame and SKIPPABLE.match(self._raw):
                self._raw_offset = self._file.seek(self._raw_offset + 8 + int.from_bytes(self._raw[4:8], "little"))
                self._raw = b""
                continue
            # Tapes and some tools pad with zeros.
            rest = self._raw.lstrip(b"\0")
            if len(rest) == len(self._raw):
                break
            self._drop(rest)
        else:
            return False
        self._member, self._inner = self._raw_offset, 0
        if not self._raw.startswith(self._codec.magic):
            self._broken = f"bytes that are not {self._codec.name} data"
            raise _BadCompression(self._broken)
        self._decoder = self._codec(self._dictionary)
        return True

    def _decode(self, at_least: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while self._decoder is not None and size < at_least and self._broken is None:
            more = self._fill()
            try:
                piece, rest = self._decoder.decode(self._raw)
            except _DecodeError as error:
                # What came before is given out first; the next call finds it broken.
                self._broken = f"damaged {self._codec.name} data ({error})"
                break
            pieces.append(piece)
            size += len(piece)
            self._drop(rest)
            if self._decoder.ended:
                self._decoder = None
            elif not more and not piece:
                self._broken = "the file ends within compressed data"
        return b"".join(pieces)

    def recover(self, bad: Position, first_line: int, *, compression: bool) -> bool:
        if not compression:
            return True  # go on from here: members that open with a record were never read past
        found = self._find_member(self._member + 1)
        if found is None:
            return False
        self.go_to(Position(found))
        return True

    def holds_record(self) -> bool:
        """Whether a member near the beginning opens with a record."""
        found = self._find_member(0, SNIFF_LIMIT)
        self.go_to(Position(0))
        return found is not None

    def _find_member(self, after: int, before: int | None = None) -> int | None:
        """The offset of the next member that opens with a record."""
        magic = self._codec.magic
        base = self._file.seek(after)
        window = b""
        while (before is None or base < before) and (piece := self._file.read(WINDOW)):
            window += piece
            at = window.find(magic)
            while at >= 0:
                if self._opens_with_record(base + at):
                    return base + at
                at = window.find(magic, at + 1)
            rest = window[-(len(magic) - 1) :]
            base += len(window) - len(rest)
            window = rest
            self._file.seek(base + len(rest))
        return None

    def _opens_with_record(self, offset: int) -> bool:
        self._file.seek(offset)
        raw = self._file.read(4096)
        decoder = self._codec(self._dictionary)
        head = b""
        try:
            while raw and len(head) < 1024 and not decoder.ended:
                piece, raw = decoder.decode(raw)
                head += piece
        except _DecodeError:
            return False
        return opening(head, self.format) is not None


def _read_dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    file.seek(0)
    head = file.read(8)
    if not head.startswith(DICTIONARY):
        return None
    data = file.read(min(int.from_bytes(head[4:8], "little"), 1 << 24))
    if data.startswith(_ZstdFrame.magic):
        try:
            data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
        except zstandard.ZstdError:
            return None
    return zstandard.ZstdCompressionDict(data)


def opening(text: bytes, format: Format | None) -> Format | None:
    """The format of the record that *text* opens, if it does and the format is *format* (None: any)."""
    for name, pattern in OPENINGS.items():
        if format in (None, name) and pattern.match(text):
            return name
    return None


def _open(file: BinaryIO) -> _Input:
    """*file* as it is compressed, by its content, whatever it is called."""
    file.seek(0)
    head = file.read(WINDOW)
    if head.startswith(_GzipMember.magic):
        return _Compressed(file, _GzipMember)
    if head.startswith(_ZstdFrame.magic) or SKIPPABLE.match(head):
        return _Compressed(file, _ZstdFrame)
    if opening(head, None) is None and not _opens_within(head, None):
        # Its first bytes may be what is damaged.
        for codec in (_GzipMember, _ZstdFrame):
            compressed = _Compressed(file, codec)
            if compressed.holds_record():
                return compressed
    return _Plain(file)


def sniff(file: BinaryIO) -> tuple[Format | None, bytes]:
    """The format of the first record found in *file*, and the first line that is not blank."""
    source = _open(file)
    first = b""
    read = 0
    # A text about the format may hold a line that opens a WARC record as well; a record goes on with a field.
    perhaps_warc = False
    while read < SNIFF_LIMIT:
        try:
            line = source.readline()
        except _BadCompression:
            if perhaps_warc or not source.recover(Position(0), 0, compression=True):
                break
            continue
        if not line:
            break
        if perhaps_warc and re.match(rb"[A-Za-z][\w-]*[ \t]*:", line):
            return "warc", first
        if opening(line, "arc"):
            return "arc", first
        perhaps_warc = opening(line, "warc") is not None
        read += len(line)
        first = first or line.strip()
    return "warc" if perhaps_warc else None, first


def records(file: BinaryIO, *, block_limit: int) -> Iterator[Record | Damage]:
    """All records of *file* (seekable) in their order, with a `Damage` for each that cannot be read."""
    source = _open(file)
    lost = False
    while True:
        frame = _Frame(source, block_limit)
        try:
            record = frame.read(lost)
        except _Damaged as damage:
            yield Damage(frame.position.offset, str(damage))
            compression = isinstance(damage, _BadCompression)
            if not source.recover(frame.position, frame.first_line, compression=compression):
                return
            lost = True
            continue
        if record is None:
            return
        yield record
        lost = record.missing > 0
        if lost:  # the next record may begin within the length that this one claims
            source.recover(frame.position, frame.first_line, compression=False)


def record_at(file: BinaryIO, position: Position, *, block_limit: int) -> Record | None:
    """The record at *position*, where `records` found one before; None if it is not there any more."""
    source = _open(file)
    try:
        source.go_to(position)
        return _Frame(source, block_limit).read(lost=False)
    except _Damaged:
        return None


class _Frame:
    """Reads one record."""

    def __init__(self, source: _Input, block_limit: int) -> None:
        self._source = source
        self._block_limit = block_limit
        self.position = Position(0)
        #: bytes of the record's first line, once it was read
        self.first_line = 0

    def read(self, lost: bool) -> Record | None:
        """The next record, None at the end. If *lost*, what stands before it was reported already."""
        line = self._opening_line(lost)
        if not line:
            return None
        self.first_line = len(line)
        if self._source.format is None:
            self._source.format = opening(line, None)
        if self._source.format == "arc":
            return self._read_block(_arc_fields(line))
        return self._read_block(self._warc_fields())

    def _opening_line(self, lost: bool) -> bytes:
        whole_line = True  # what follows an overlong line's first part is no beginning of a line
        while True:
            try:
                line = self._source.readline()
            except _BadCompression:
                self.position = self._source.damage_place()
                raise
            self.position = self._source.line_position()
            if not line or (whole_line and opening(line, self._source.format)):
                return line
            if not lost and line.strip():
                self.first_line = len(line)
                raise _Damaged(f"no record begins here, but {_excerpt(line)}")
            whole_line = line.endswith(b"\n")

    def _warc_fields(self) -> Headers:
        lines: list[bytes] = []
        size = 0
        while True:
            line = self._source.readline(inside=True)
            if not line:
                raise _Damaged("the record's header was cut")
            if opening(line, "warc"):
                self._source.unread(line)
                raise _Damaged("another record begins within the record's header")
            size += len(line)
            if size > HEADER_LIMIT:
                raise _Damaged(f"the record's header does not end within {HEADER_LIMIT} bytes")
            if not line.strip():
                return parse_fields(b"".join(lines), "utf-8")
            lines.append(line)

    def _read_block(self, fields: Headers) -> Record:
        values = dict(reversed(fields))
        length = _length(values.get("content-length"))
        kind = values.get("warc-type", "").strip().lower()
        if not self._source.room(length - (SHORTFALL if kind in HASHED_TYPES else 0)):
            raise _Damaged(f"the file ends within the record, whose length is said to be {length} bytes")
        # Of a block that is over the limit, the beginning says what it is.
        keep = self._block_limit if kind in HASHED_TYPES and length <= self._block_limit else WINDOW
        sha256 = hashlib.sha256() if kind in HASHED_TYPES else None
        announced = parse_digest(values.get("warc-block-digest")) if kind in HASHED_TYPES else None
        check = hashlib.new(announced[0], usedforsecurity=False) if announced else None
        kept: list[bytes] = []
        size = 0
        for piece in self._source.read(length):
            if size < keep:
                kept.append(piece[: keep - size])
            size += len(piece)
            if sha256 is not None:
                sha256.update(piece)
            if check is not None:
                check.update(piece)
        missing = length - size
        if missing > (SHORTFALL if kind in HASHED_TYPES and size else 0):
            raise _Damaged(f"the record was cut: {size} of {length} bytes are there")
        if missing and _opens_within(b"".join(kept), self._source.format):
            raise _Damaged(f"the record is said to be {length} bytes long, which reaches into the next one")
        fits = check.digest() == announced[1] if check is not None and announced else None
        if not missing:
            self._end(sure=bool(fits))
        return Record(
            format=self._source.format or "warc",
            type=kind,
            fields=fields,
            block=b"".join(kept),
            length=length,
            sha256=sha256.hexdigest() if sha256 is not None else None,
            digest_fits=fits,
            position=self.position,
            missing=missing,
        )

    def _end(self, sure: bool) -> None:
        """Look behind the block: if no other record begins there, nor the file ends, the length was wrong."""
        blank = 0
        while True:
            try:
                line = self._source.readline()
            except _BadCompression:
                # A checksum that fails at the member's end speaks against this record, unless its own digest fits.
                if sure:
                    return
                raise
            if line and not line.strip():
                blank += 1
                continue
            if line:
                self._source.unread(line)
            if not line or opening(line, self._source.format) or sure or self._source.at_member_start():
                return
            if blank >= 2 and self._source.format == "warc":
                return  # it ended as it should; what follows is damage of its own, reported next
            raise _Damaged(f"the block does not end where its length says, but goes on with {_excerpt(line)}")


def _opens_within(block: bytes, format: Format | None) -> bool:
    return any(
        re.search(rb"\n" + pattern.pattern, block) for name, pattern in OPENINGS.items() if format in (None, name)
    )


def _length(text: str | None) -> int:
    if text is None:
        raise _Damaged("the record's header gives no Content-Length")
    if not re.fullmatch(r"\s*\d{1,15}\s*", text):
        raise _Damaged(f"Content-Length is no number: {text[:40]!r}")
    return int(text)


def _arc_fields(line: bytes) -> Headers:
    match = ARC_LINE.match(line)
    assert match is not None
    url, ip, date, kind, length = (_decode(match[name], "utf-8") for name in ("url", "ip", "date", "type", "length"))
    return (
        ("warc-type", "warcinfo" if url.startswith("filedesc:") else "response"),
        ("warc-target-uri", url),
        ("warc-ip-address", ip),
        ("warc-date", date),
        ("content-type", kind),
        ("content-length", length),
    )


_BLANK = " \t\r"


def parse_fields(text: bytes, encoding: str) -> Headers:
    """Header lines as (name in lower case, value); folded lines are joined, lines without a colon left out."""
    fields: list[tuple[str, str]] = []
    for line in _decode(text, encoding).split("\n"):
        if line[:1] in (" ", "\t") and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip(_BLANK)}".strip(_BLANK))
            continue
        name, colon, value = line.partition(":")
        name = name.strip(_BLANK)
        if colon and name:
            fields.append((name.lower(), value.strip(_BLANK)))
    return tuple(fields)


def _decode(text: bytes, encoding: str) -> str:
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return text.decode("latin-1")


def parse_digest(text: str | None) -> tuple[str, bytes] | None:
    """A labelled digest ("sha1:" and base 32 or hexadecimal) as (algorithm, bytes); None if it makes no sense."""
    algorithm, colon, value = (text or "").strip().partition(":")
    algorithm = algorithm.strip().lower().replace("-", "")
    if not colon or algorithm not in ("md5", "sha1", "sha256", "sha512"):
        return None
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    value = value.strip()
    try:
        if len(value) == 2 * size:
            return algorithm, bytes.fromhex(value)
        digest = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None
    return (algorithm, digest) if len(digest) == size else None


def _excerpt(line: bytes) -> str:
    return repr(line[:40].decode("latin-1").strip())
