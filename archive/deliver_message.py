"""What a receiver is told: the same content for all, as data and as words. Pure.

One message holds one alert, or those of a day if the user wants a digest. Its key is the same however often it is sent,
so that a receiver which got it and could not say so can tell the second copy from a second event.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from urllib.parse import quote

from archive.times import to_text

MOST_SHOWN = 5
"""Passages and edited paragraphs shown in words; data holds more."""

MOST_CHARACTERS = 300
"""Of each of their sides in words."""


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the reading direction; joiners, which scripts need, are none of them."""


class DeliveryError(Exception):
    """A receiver could not be told.

    Attributes:
        down: nobody is there, so that other messages need not be tried now.
        retry_after: seconds after which it wants to be asked again; None if it did not say.
    """

    def __init__(self, cause: str, *, down: bool = False, retry_after: int | None = None) -> None:
        super().__init__(cause)
        self.down = down
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to send."""

    #: the same for every attempt
    key: str
    slug: str
    title: str
    #: the day that a digest is of, as "2026-03-10"; None for an alert at once
    digest: str | None
    #: in order of time; the keys are those of `alert_to_tell`
    alerts: Sequence[Mapping[str, Any]] = field(repr=False)

    def data(self) -> dict[str, object]:
        """As JSON: the body of a webhook, the input of a command."""
        return {
            "id": self.key,
            "story": {"name": self.slug, "title": self.title},
            "digest": self.digest,
            "alerts": list(self.alerts),
        }

    @property
    def subject(self) -> str:
        """One line without control characters."""
        if self.digest is None:
            alert = self.alerts[0]
            words = f"{str(alert['rule']).replace('_', ' ')}: {alert['summary']}"
        else:
            count = len(self.alerts)
            words = f"{count} event{'' if count == 1 else 's'} on {self.digest}"
        line = f"[{self.slug}] {printable(words)}"
        return line if len(line) <= 160 else f"{line[:159]}…"

    def words(self) -> str:
        """As plain text: the body of a mail."""
        blocks = [f"{printable(self.title)} ({self.slug})", *("\n".join(_lines(alert)) for alert in self.alerts)]
        return "\n\n".join(blocks) + "\n"


def message_key(slug: str, parts: Sequence[str]) -> str:
    """Names a message by what it holds.

    >>> message_key("ferry", ["a", "b"]) == message_key("ferry", ["a", "b"]) != message_key("ferry", ["ab"])
    True
    """
    return sha256("\0".join((slug, *parts)).encode()).hexdigest()[:32]


def alert_to_tell(
    *, slug: str, rule: str, summary: str, created_at: datetime, details: Mapping[str, Any], site: str
) -> dict[str, Any]:
    """An alert as receivers get it.

    Args:
        site: where the archive is served, up to and with the database's name; empty if it is not.
    """
    told = {"rule": rule, "summary": summary, "created_at": to_text(created_at), **details}
    if site:
        told["links"] = links(slug, details, site)
    return told


def links(slug: str, details: Mapping[str, Any], site: str) -> dict[str, str]:
    """Where the pages about an alert are."""
    base = f"{site.rstrip('/')}/-"
    found = {"story": f"{base}/story/{quote(slug, safe='')}"}
    if "page_id" in details:
        found["page"] = f"{base}/page/{details['page_id']}"
    change = details.get("change")
    if change:
        found["compare"] = f"{base}/compare?a={change['old_version_id']}&b={change['new_version_id']}"
    return found


def printable(text: str) -> str:
    """*text* on one line: what outlets wrote must not move a cursor, add a header or turn the reading direction.

    >>> printable("a\\r\\nBcc: b\\x1b[2J")
    'a Bcc: b[2J'
    """
    bare = "".join(" " if char.isspace() else char for char in text)
    kept = (char for char in bare if unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNS)
    return " ".join("".join(kept).split())


def _lines(alert: Mapping[str, Any]) -> list[str]:
    lines = [f"{str(alert['rule']).replace('_', ' ').upper()}  {printable(str(alert['summary']))}"]
    if alert.get("url"):
        lines.append(f"  {printable(alert['url'])}")
    if alert.get("kind"):
        lines.append(
            f"  {alert['kind'].replace('_', ' ')}, confidence {alert['confidence']:.2f}: {printable(alert['explanation'])}"
        )
    if alert.get("credit"):
        lines.append(f"  credit: “{printable(alert['credit'])}”")
    passages = cast("Sequence[Mapping[str, Any]]", alert.get("passages") or ())
    for passage in passages[:MOST_SHOWN]:
        lines += [f"  story: {_cut(passage['story_words'])}", f"  page:  {_cut(passage['page_words'])}"]
    lines += _rest(len(passages), "passages")
    change = alert.get("change")
    if change:
        lines.append(f"  significance {change['significance']:.2f}: {printable('; '.join(change['reasons']))}")
        for name, (old, new) in change["fields"].items():
            lines += [f"  {name}", f"  - {_cut(old or '')}", f"  + {_cut(new or '')}"]
        for edit in change["edits"][:MOST_SHOWN]:
            lines += [f"  {sign} {_cut(edit[side])}" for sign, side in (("-", "old"), ("+", "new")) if edit[side]]
        lines += _rest(len(change["edits"]), "paragraphs")
    lines += [f"  {name}: {url}" for name, url in alert.get("links", {}).items()]
    return lines


def _rest(count: int, things: str) -> list[str]:
    return [f"  … and {count - MOST_SHOWN} more {things}"] if count > MOST_SHOWN else []


def _cut(text: str) -> str:
    line = printable(text)
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"
