"""A change as text for a terminal: the sentence, the fields, and the changed paragraphs with what stands around them.

What outlets wrote is shown without control characters: a page must not be able to move the cursor or set the title.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.diff import Change, Row, Run
from archive.diff_fields import FIELD_NAMES
from archive.diff_words import text_runs
from archive.types import Link

_Style = Literal["plain", "dim", "bold", "added", "removed"]
_ANSI: dict[_Style, str] = {
    "plain": "",
    "dim": "\x1b[2m",
    "bold": "\x1b[1m",
    "added": "\x1b[32;4m",
    "removed": "\x1b[31;9m",
}
_RESET = "\x1b[0m"
#: Without colour, marks are those of wdiff.
_MARKS: dict[_Style, tuple[str, str]] = {"added": ("{+", "+}"), "removed": ("[-", "-]")}
_KIND_SIGNS = {"equal": " ", "edited": "~", "added": "+", "removed": "-", "moved": ">"}


#: Links shown of those that went, and of those that came.
LINKS = 20


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word (or what is left of one) in one style."""

    text: str
    style: _Style = "plain"
    #: white space follows
    loose: bool = True


def render_terminal(change: Change, color: bool, width: int, context: int = 1) -> str:
    """The change in at most *width* columns, with *context* unchanged paragraphs around each changed one."""
    width = max(width, 20)
    lines = list(_wrapped(_words(change.summary, "bold"), color, width, "", ""))
    if change.reasons:
        why = f"significance {change.significance:.2f}: {'; '.join(change.reasons)}"
        lines += _wrapped(_words(why, "dim"), color, width, "", "  ")
    for name, (old, new) in change.fields.items():
        runs = text_runs(old or "", new or "")
        lines += ["", _styled(FIELD_NAMES.get(name, name), "bold", color)]
        lines += _wrapped(_pieces(runs), color, width, "~ ", "  ")
    lines += _links(change, color, width)
    lines += _rows(change.rows, color, width, context)
    return "\n".join(lines) + "\n"


def _links(change: Change, color: bool, width: int) -> Iterator[str]:
    sides: tuple[tuple[_Style, str, Sequence[Link]], ...] = (
        ("removed", "- ", change.links.removed),
        ("added", "+ ", change.links.added),
    )
    if change.links:
        yield from ("", _styled("links", "bold", color))
    for style, sign, links in sides:
        for link in links[:LINKS]:
            told = " ".join(filter(None, (" ".join(link.text.split()), f"<{link.url}>")))
            yield from _wrapped(_words(told, style), color, width, sign, "  ")
        if len(links) > LINKS:
            yield _styled(f"  … {len(links) - LINKS} more {style}", "dim", color)


def _rows(rows: Sequence[Row], color: bool, width: int, context: int) -> Iterator[str]:
    changed = [place for place, row in enumerate(rows) if row.kind != "equal"]
    shown = {place + by for place in changed for by in range(-context, context + 1)}
    hidden = 0
    for place, row in enumerate(rows):
        if place not in shown:
            hidden += 1
            continue
        if hidden:
            yield from ("", _styled(_unchanged(hidden), "dim", color))
            hidden = 0
        yield ""
        if row.kind == "equal":
            yield from _wrapped(_shortened(row.new_text, 2 * width), color, width, "  ", "  ")
            continue
        note = _note(row, rows)
        if note:
            yield _styled(f"  {note}", "dim", color)
        yield from _wrapped(_pieces(row.runs), color, width, f"{_KIND_SIGNS[row.kind]} ", "  ")
    if hidden and changed:
        yield from ("", _styled(_unchanged(hidden), "dim", color))


def _note(row: Row, rows: Sequence[Row]) -> str:
    if row.kind == "moved" and row.partner is not None:
        other = rows[row.partner]
        return (
            f"moved to paragraph {other.new + 1}"
            if other.new is not None
            else f"moved from paragraph {_number(other.old)}"
        )
    return "paragraphs broken differently" if row.broken else ""


def _number(index: int | None) -> str:
    return "?" if index is None else str(index + 1)


def _unchanged(count: int) -> str:
    return f"… {count} paragraph{'' if count == 1 else 's'} unchanged"


def _pieces(runs: Iterable[Run]) -> Iterator[_Piece]:
    for run in runs:
        if run.op == "equal":
            yield from _words(run.new or run.old, "plain")
        else:
            yield from _words(run.old, "removed", loose=not run.new or run.old != run.old.rstrip())
            yield from _words(run.new, "added")


def _words(text: str, style: _Style, *, loose: bool = False) -> Iterator[_Piece]:
    text = printable(text)
    words = text.split()
    for place, word in enumerate(words):
        last = place == len(words) - 1
        yield _Piece(word, style, loose=not last or loose or text[-1].isspace())


def _shortened(text: str, room: int) -> Iterator[_Piece]:
    pieces = list(_words(text, "dim"))
    used = 0
    for place, piece in enumerate(pieces):
        used += _columns(piece.text) + 1
        if used > room:
            yield from (*pieces[:place], _Piece("…", "dim"))
            return
    yield from pieces


def _wrapped(pieces: Iterable[_Piece], color: bool, width: int, first: str, rest: str) -> Iterator[str]:
    """Lines of whole words; neighbours in one style share one mark."""
    line: list[_Piece] = []
    used = len(first)
    start = first
    for piece in _cut_to(pieces, width - max(len(first), len(rest)) - 4):
        size = _columns(piece.text) + piece.loose + (0 if color else 4 * (piece.style in _MARKS))
        if line and used + size - piece.loose > width:
            yield start + _line(line, color)
            line, used, start = [], len(rest), rest
        line.append(piece)
        used += size
    yield start + _line(line, color)


def _cut_to(pieces: Iterable[_Piece], columns: int) -> Iterator[_Piece]:
    """Break words that fill more than a line: long URLs, scripts without spaces."""
    for piece in pieces:
        text = piece.text
        while _columns(text) > columns:
            fits = next(cut for cut in range(len(text), 0, -1) if cut == 1 or _columns(text[:cut]) <= columns)
            yield _Piece(text[:fits], piece.style, loose=False)
            text = text[fits:]
        yield _Piece(text, piece.style, piece.loose)


def _line(pieces: Sequence[_Piece], color: bool) -> str:
    parts: list[str] = []
    place = 0
    while place < len(pieces):
        end = place
        while end + 1 < len(pieces) and pieces[end + 1].style == pieces[place].style:
            end += 1
        group = pieces[place : end + 1]
        text = "".join(
            piece.text + (" " if piece.loose and number < len(group) - 1 else "") for number, piece in enumerate(group)
        )
        parts.append(_styled(text, group[0].style, color) + (" " if group[-1].loose else ""))
        place = end + 1
    return "".join(parts).rstrip()


def _styled(text: str, style: _Style, color: bool) -> str:
    if color:
        return f"{_ANSI[style]}{text}{_RESET}" if _ANSI[style] else text
    before, after = _MARKS.get(style, ("", ""))
    return f"{before}{text}{after}"


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def printable(text: str) -> str:
    """*text* without characters that command a terminal or turn its reading direction.

    >>> printable("a\\x1b]0;owned\\x07b")
    'a�]0;owned�b'
    """
    return "".join(
        letter
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
        else "�"
        if letter < " "
        else ""
        for letter in text
    )
