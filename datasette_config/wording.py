"""How the pages say things: times, states, kinds, languages, addresses. Pure; no Datasette, no SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from archive.diff_weigh import FIELD_NAMES

KINDS: dict[str, tuple[str, str]] = {
    "copy": ("Copies", "word for word, or lightly edited"),
    "rewrite": ("Rewrites", "the same text in other words"),
    "excerpt": ("Excerpts", "a part of the story"),
    "translation": ("Translations", "the story in another language"),
    "translated_excerpt": ("Translated excerpts", "a part of the story in another language"),
    "quotes_only": ("Quotations only", "shares nothing but a third party's words"),
    "related": ("Related", "the same event in own words"),
    "mentions": ("Mentions", "names the story or links to it"),
}
"""Kinds of match in the order of strength: heading and explanation. `unrelated` is counted, not listed."""

_TOWARDS = {
    "quotes_only": "quotes the same as",
    "related": "related to",
    "mentions": "mentions",
    "unrelated": "unrelated to",
}


def towards(kind: str) -> str:
    """
    >>> towards("translated_excerpt"), towards("unrelated")
    ('translated excerpt of', 'unrelated to')
    """
    return _TOWARDS.get(kind) or f"{kind.replace('_', ' ')} of"


OWN = ("The work itself", "where it was first published, and its official editions")
"""Heading and explanation of the pages that the watch names as the story's own."""

WITHHELD = "This text is withheld. What is told of it, its hashes and its dates stay."
"""Stands in the place of a text that may not be shown; nothing is compared with it."""

_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "fy": "Frisian", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "ms": "Malay", "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905

# Characters that turn the reading direction can make a title or an address say something else than it is.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


# --- times ------------------------------------------------------------------------------------------


def when(text: str | None, *, only: str = "") -> Markup:
    """A time of the archive for people and machines; *only* may be "date"."""
    if not text:
        return Markup("–")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return Markup("{}").format(clean(text))
    date = f"{time.day} {_MONTHS[time.month - 1]} {time.year}"
    said = date if only == "date" else f"{date}, {time:%H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(text, said)


def day(text: str | None) -> Markup:
    return when(text, only="date")


def span(start: str | None, end: str | None) -> Markup:
    """From one time to another, saying the day once if it is the same."""
    if not start or not end or start == end:
        return when(start or end)
    if start[:10] == end[:10]:
        return Markup("{} – {}").format(
            Markup(str(when(start)).replace(" UTC", "")),
            Markup('<time datetime="{}">{} UTC</time>').format(end, end[11:16]),
        )
    return Markup("{} – {}").format(when(start), when(end))


def lasted(start: str | None, end: str | None) -> str:
    """How long something took, in the largest unit that fits."""
    if not start or not end:
        return ""
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            return counted(int(seconds // size), unit)
    return "under a second"


# --- words ------------------------------------------------------------------------------------------


def counted(count: int, noun: str, plural: str = "") -> str:
    """
    >>> counted(1, "page"), counted(1200, "copy", "copies")
    ('1 page', '1,200 copies')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def first(verdict: str) -> str:
    """Which side came first."""
    return {"story_first": "the story", "page_first": "the page"}.get(verdict, "it cannot be told")


def percent(share: float | None) -> str:
    """A share for a narrow column; never 100 for less than all, never 0 for more than nothing."""
    if share is None:
        return "–"
    points = share * 100
    if 0 < points < 1:
        return "<1 %"
    if 99 < points < 100:
        return "99 %"
    return f"{points:.0f} %"


def primary(code: str | None) -> str:
    """The language of a tag without its region: "en" of "en-GB"."""
    return (code or "").split("-")[0].lower()


def language(code: str | None) -> str:
    if not code:
        return "unknown"
    return _LANGUAGES.get(primary(code), code)


def direction(code: str | None) -> str:
    if not code:
        return "auto"
    return "rtl" if primary(code) in _RIGHT_TO_LEFT else "ltr"


def clean(text: object) -> str:
    """What an outlet wrote, with turns of the reading direction made visible."""
    return _DIRECTION.sub("\ufffd", str(text or ""))


def reasons(names: object) -> str:
    """Names of quality reasons as words: "blocked:cloudflare" → "blocked (cloudflare)"."""
    said = []
    for name in str(names or "").split(", "):
        head, _, detail = name.partition(":")
        plain = head.replace("_", " ")
        detail = detail.replace("_", " ").strip()
        said.append(f"{plain} ({detail})" if detail and " " not in head else f"{plain}: {detail}" if detail else plain)
    return ", ".join(said)


def field_name(name: str) -> str:
    return FIELD_NAMES.get(name, name)


@dataclass(frozen=True, slots=True)
class State:
    """Whether a page still stands."""

    #: "live", "moved", "gone", "doubted" (absent, not claimed), "blocked", "unreadable", "unreachable", "unread"
    name: str
    #: a sentence; times marked up
    words: Markup


_STATES = {"removed": "gone", "removed?": "doubted", "moved": "moved", "live": "live", "blocked": "blocked"}


def state(row: Mapping[str, Any]) -> State:
    """The state of a page: as it was judged, or else from its last capture.

    A removal is a window between two observations, not a moment.
    """
    if row.get("availability"):
        name = _STATES.get(str(row["availability_state"]), "unreachable")
        said, doubt, because = clean(row["availability"]).partition("; not claimed as removed: ")
        window = Markup("{}").format(said)
        if doubt:
            window += Markup('; <span title="{}">not claimed as removed</span>').format(because)
        return State(name, window)
    decision, why = row["last_decision"], row["last_why"] or ""
    if decision in ("new_version", "unchanged"):
        return State("live", Markup("live on {}").format(day(row["last_captured"])))
    if decision == "gone":
        if not row["gone_from"]:
            return State("gone", Markup("absent on {}, never seen present").format(day(row["last_captured"])))
        told = when if str(row["last_seen"])[:10] == row["gone_from"][:10] else day
        window = Markup("present {}, absent from {}").format(told(row["last_seen"]), told(row["gone_from"]))
        if row["gone_from"] == row["last_captured"]:
            window += Markup(" (looked once)")
        return State("gone", window)
    seen = Markup("; seen last {}").format(day(row["last_seen"])) if row["last_seen"] else Markup("")
    if decision == "bad":
        name = "blocked" if why.startswith("blocked") else "unreadable"
        words = reasons(why) if name == "blocked" else f"not readable: {reasons(why)}"
        return State(name, Markup("{} on {}{}").format(words, day(row["last_captured"]), seen))
    if decision == "unreachable":
        return State("unreachable", Markup("{} on {}{}").format(why, day(row["last_captured"]), seen))
    if decision == "not_a_page":
        return State("unreadable", Markup("not an article{}").format(seen))
    return State("unread", Markup("captured, not read yet"))


# --- addresses and files ----------------------------------------------------------------------------


def safe_url(url: object) -> str | None:
    """*url* if a browser may be sent there: http or https, with a host."""
    try:
        parts = urlsplit(str(url or "").strip())
        host = parts.hostname
    except ValueError:
        return None
    return str(url).strip() if parts.scheme in ("http", "https") and host else None


def shown_url(url: object, room: int = 70) -> str:
    """An address as a reader needs it: the host whole, the middle left out if it is long."""
    text = re.sub(r"^https?://(www\.)?", "", clean(url)).rstrip("/")
    if len(text) <= room:
        return text
    return f"{text[: room - 20]}…{text[-19:]}"


def csv_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


# --- pictures ---------------------------------------------------------------------------------------


def life_lines(rows: list[dict[str, Any]], starts: Mapping[int, list[str]]) -> Iterator[dict[str, Any]]:
    """Each page's life on one common axis, in thousandths: where it was first and last seen, where it changed."""
    times = [datetime.fromisoformat(row[key]) for row in rows for key in ("first_seen", "last_captured") if row[key]]
    first, last = (min(times), max(times)) if times else (None, None)
    width = (last - first).total_seconds() if first and last else 0.0

    def place(text: str | None) -> int | None:
        if not text or first is None:
            return None
        if not width:
            return 500
        return round(15 + 970 * min(1.0, max(0.0, (datetime.fromisoformat(text) - first).total_seconds() / width)))

    for row in rows:
        yield {
            "start": place(row["first_seen"]),
            "end": place(row["last_seen"]),
            "edits": [place(time) for time in starts.get(row["page_id"], [])[1:]],
            "gone": place(row["gone_from"]),
        }
