"""Lists of addresses that somebody found: one URL a line, or CSV with a header. Pure.

CSV columns: url, and where known title, published, language, outlet, note; others are left alone. A line that is wrong is
reported with its number and does not stop the others.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.exceptions import ConfigError
from archive.types import Lead
from archive.urls import MAX_URL_LENGTH, is_http

COLUMNS = ("url", "title", "published", "language", "outlet", "note")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no lead."""

    number: int
    cause: str


def read_leads(text: str, name: str) -> tuple[list[Lead], list[BadLine]]:
    """The leads in *text*, which came from *name*, and the lines that are none.

    Raises:
        ConfigError: it holds no lead at all, or its header names no url.
    """
    text = text.removeprefix("\ufeff")
    leads: list[Lead] = []
    bad: list[BadLine] = []
    for number, cells in _lines(text, name):
        lead = _lead(cells, name)
        if isinstance(lead, str):
            bad.append(BadLine(number, lead))
        else:
            leads.append(lead)
    if not leads and not bad:
        raise ConfigError("holds no address", place=name, remedy="Give one URL a line, or CSV with a column url.")
    return leads, bad


def _lines(text: str, name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    header = [cell.strip().strip('"').lower() for cell in first.split(delimiter)]
    if "url" in header:
        # A quoted title may hold line breaks: the number is that of the line on which a row ends.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        seen_header = False
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not seen_header:
                seen_header = True
                continue
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=False))
        return
    if delimiter in first and not is_http(first.strip()):
        raise ConfigError(
            f"its first line names no column `url`: {first.strip()[:80]!r}",
            place=f"{name}, line 1",
            remedy=f"Begin with a header like: {','.join(COLUMNS)}",
        )
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, {"url": line.strip()}


def _lead(cells: Mapping[str, str], name: str) -> Lead | str:
    """The lead in one line, or what is wrong with it."""
    url = cells.get("url", "")
    if not url:
        return "names no url"
    if len(url.split()) > 1:
        return "words behind the URL; columns need a first line that names them"
    if not is_http(url):
        return f"{url[:200]!r} is no http(s) URL"
    if len(url) > MAX_URL_LENGTH:
        return f"its URL has {len(url)} characters; servers take {MAX_URL_LENGTH} at most"
    published = None
    if cells.get("published"):
        published = _date(cells["published"])
        if published is None:
            return f"published: {cells['published'][:60]!r} is no date like 2023-01-20 or 2023-01-20T09:15:00Z"
    language = cells.get("language", "").lower().replace("_", "-") or None
    if language is not None and not re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", language):
        return f"language: {cells['language'][:60]!r} is no code like nl or pt-br"
    return Lead(
        url,
        "import",
        name,
        title=cells.get("title") or None,
        published=published,
        language=language,
        outlet=cells.get("outlet") or None,
        note=cells.get("note") or None,
    )


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
