"""Two versions of an article, or an article and its copy: what differs, in words, and how much that matters.

`archive.diff_align` lays the texts beside each other, `archive.diff_weigh` says what the differences mean;
`archive.diff_fields` compares what stands around them; here all becomes a `Change`, with a sentence that sums it up. Versions of one page and pages of two outlets
compare alike. Words of two languages do not: a caller shows those side by side instead.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archive.diff_align import Op, Row, RowKind, Run, lay_out
from archive.diff_fields import LinkChanges, compare_links
from archive.diff_tokens import count_words, words_of
from archive.diff_weigh import FIELD_NAMES, NOTABLE, weigh
from archive.titles import told_by_headline
from archive.types import Link

__all__ = [
    "FIELDS", "LABEL", "NOTABLE", "Change", "LinkChanges", "Op", "Row", "RowKind", "Run", "VersionText", "diff",
    "diff_texts",
]  # fmt: skip

#: Names this way of comparing: stored with what it found, and raised when it would find something else.
LABEL = "diff 3"


@dataclass(frozen=True, slots=True)
class VersionText:
    """What a version says."""

    title: str | None = None
    subtitle: str | None = None
    byline: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    language: str | None = None
    #: the address that the page declares as its own
    canonical: str | None = None
    #: the lead image's address
    image: str | None = None
    #: ... and what stands under it
    caption: str | None = None
    #: what search engines and shared links show for a headline
    page_title: str | None = None
    correction: str | None = None
    #: of the article's text, in its order
    links: tuple[Link, ...] = ()
    #: paragraphs separated by one line break
    text: str = field(default="", repr=False)


FIELDS = (
    "title", "subtitle", "byline", "published", "modified", "section", "language", "canonical", "image", "caption",
    "page_title", "correction",
)  # fmt: skip
"""The fields that `Change.fields` holds against each other, in its order: all but the links and the text.

An edit of `page_title` that the headline tells as well is left out."""


@dataclass(frozen=True, slots=True)
class Change:
    """What lies between two versions."""

    #: (old, new) of each of `FIELDS` that differs, by name, in their order
    fields: Mapping[str, tuple[str | None, str | None]]
    #: the texts aligned, in the order of reading
    rows: tuple[Row, ...] = field(repr=False)
    words_added: int
    words_removed: int
    #: paragraphs that stand elsewhere now
    moves: int
    #: share of words kept, 0 to 1
    similarity: float
    #: 0 noise, 1 grave; what a list shows from `NOTABLE` on
    significance: float
    #: why, in words, gravest first
    reasons: tuple[str, ...]
    #: one sentence
    summary: str
    #: sha256 of the changed words: equal for the same edit on another page
    diff_hash: str
    #: links of the article that went and came
    links: LinkChanges = field(default_factory=LinkChanges)
    #: what was too long to be compared word by word, and how it was compared instead; empty as a rule
    fallback: str = ""

    @property
    def empty(self) -> bool:
        """Nothing to mark: at most typography differs."""
        return not self.fields and not self.links and all(row.kind == "equal" for row in self.rows)


def diff(old: VersionText, new: VersionText) -> Change:
    """Compare *new* with *old*."""
    changed_fields = {
        name: (getattr(old, name), getattr(new, name))
        for name in FIELDS
        if (getattr(old, name) or None) != (getattr(new, name) or None)
    }
    if told_by_headline((old.page_title, new.page_title), (old.title, new.title)):
        changed_fields.pop("page_title", None)
    laid = lay_out(old.text, new.text)
    rows = laid.rows
    links = compare_links(old.links, new.links)
    added, removed = _count_changed(rows)
    total = laid.old_words + laid.new_words
    similarity = 1.0 if not total else (total - added - removed) / total
    significance, reasons = weigh(
        rows,
        changed_fields,
        words=max(laid.old_words, laid.new_words),
        language=new.language or old.language,
        headline=new.title,
        links=links,
        texts=(old.text, new.text),
    )
    fallback = "; ".join(laid.notes)
    counted = _Counts(added, removed, similarity, typography=old.text != new.text)
    return Change(
        fields=changed_fields,
        rows=rows,
        words_added=added,
        words_removed=removed,
        moves=sum(row.kind == "moved" and row.old is None for row in rows),
        similarity=similarity,
        significance=significance,
        reasons=reasons,
        summary=_summary(rows, changed_fields, links, counted, reasons, fallback),
        diff_hash=_diff_hash(rows, changed_fields, links),
        links=links,
        fallback=fallback,
    )


def diff_texts(old: str, new: str) -> Change:
    """Compare two texts of which nothing else is known."""
    return diff(VersionText(text=old), VersionText(text=new))


def _count_changed(rows: Sequence[Row]) -> tuple[int, int]:
    added = removed = 0
    for row in rows:
        for run in row.runs:
            if run.op != "equal":
                added += count_words(run.new)
                removed += count_words(run.old)
    return added, removed


#: Characters from which on a passage is hashed by its visible letters and not by its words.
_HASHED_BY_WORDS = 100_000


def _hashed(text: str) -> Sequence[str]:
    return words_of(text) if len(text) <= _HASHED_BY_WORDS else (" ".join(text.split()),)


def _diff_hash(
    rows: Sequence[Row], changed_fields: Mapping[str, tuple[str | None, str | None]], links: LinkChanges
) -> str:
    changes: list[object] = [
        [_hashed(run.old), _hashed(run.new)] for row in rows for run in row.runs if run.op != "equal"
    ]
    # An edit of the text is the same edit under another outlet's headline.
    if not changes:
        changes = [[name, *values] for name, values in changed_fields.items()]
        changes += [[name, link.url] for name, side in (("-", links.removed), ("+", links.added)) for link in side]
    # A lone surrogate, which broken pages hold, has no UTF-8.
    said = json.dumps(changes, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()


# --- the sentence -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Counts:
    added: int
    removed: int
    similarity: float
    #: the texts differ, if in nothing but typography
    typography: bool


def _summary(
    rows: Sequence[Row],
    changed_fields: Mapping[str, tuple[str | None, str | None]],
    links: LinkChanges,
    counts: _Counts,
    reasons: Sequence[str],
    fallback: str,
) -> str:
    marked = any(row.kind != "equal" for row in rows)
    if not marked and not changed_fields and not links:
        return "Only spacing, quotation marks or dashes differ." if counts.typography else "No difference."
    parts = [f"{percent(counts.similarity)} the same" if marked else "text unchanged"]
    words = [f"{count} {verb}" for count, verb in ((counts.added, "added"), (counts.removed, "removed")) if count]
    if words:
        words[0] = words[0].replace(" ", " word " if words[0].startswith("1 ") else " words ", 1)
        parts.append(", ".join(words))
    elif marked and any(row.kind == "edited" and not row.broken for row in rows):
        parts.append("only punctuation edited")
    if paragraphs := _paragraph_counts(rows):
        parts.append(paragraphs)
    parts += [f"{FIELD_NAMES.get(name, name)} {_verb(*values)}" for name, values in changed_fields.items()]
    if links:
        counted = [f"{len(side)} {verb}" for side, verb in ((links.added, "added"), (links.removed, "removed")) if side]
        parts.append("links: " + ", ".join(counted))
    parts += [reason for reason in reasons if reason.startswith(_TOLD) and reason not in parts][:4]
    parts += [fallback] if fallback else []
    return "; ".join(parts)


#: Reasons that the sentence repeats; the others it tells by its counts.
_TOLD = (
    "figure changed",
    "figure removed",
    "figure added",
    "negation",
    "date",
    "quotation",
    "correction",
    "download link",
)


def _paragraph_counts(rows: Sequence[Row]) -> str:
    edited = len({(row.old, row.new) for row in rows if row.kind == "edited" and not row.broken})
    neighbours = [(before, row) for before, row in pairwise(rows) if before.kind == row.kind == "edited"]
    split = len({row.old for before, row in neighbours if row.old == before.old})
    joined = len({row.new for before, row in neighbours if row.new == before.new})
    counts = [
        (edited, "edited"),
        (sum(row.kind == "added" for row in rows), "added"),
        (sum(row.kind == "removed" for row in rows), "removed"),
        (sum(row.kind == "moved" and row.old is None for row in rows), "moved"),
        (split, "split"),
        (joined, "joined"),
    ]
    told = [f"{count} {verb}" for count, verb in counts if count]
    if told:
        told[0] = told[0].replace(" ", " paragraph " if told[0].startswith("1 ") else " paragraphs ", 1)
    return ", ".join(told)


def _verb(old: str | None, new: str | None) -> str:
    return "changed" if old and new else "added" if new else "removed"


def percent(share: float) -> str:
    """A share in words; never "100 %" for less than all, never "0 %" for more than nothing.

    >>> percent(0.868), percent(0.9996), percent(1.0), percent(0.001)
    ('87 %', 'over 99.9 %', '100 %', 'under 1 %')
    """
    if share >= 1:
        return "100 %"
    if share > 0.999:
        return "over 99.9 %"
    if share >= 0.985:
        return f"{int(share * 1000) / 10:g} %"
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{round(share * 100)} %"
