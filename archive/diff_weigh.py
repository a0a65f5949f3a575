"""How much a difference matters, with the reasons in words. Ranks; never hides.

The scale, and what stands where on it:

=========  ============================================================================================
0          nothing, or typography only: spaces, quotation marks, dashes, invisible characters
< 0.25     clocks and counters ("8 hrs ago", "12 comments"), share boxes, teasers and other furniture of the page,
           punctuation, capitals, typos and spelling, the same figure in other writing, technical fields, moves
>= 0.25    a word was changed: `NOTABLE`, what a list of changes shows unless it is asked for everything;
           a link of the article came or went
>= 0.5     a figure, a negation or a quotation changed; a linked file is gone
>= 0.6     the headline changed, a correction appeared
=========  ============================================================================================

Reasons add up as independent chances do: 1 - (1 - a)(1 - b); those that are slight by themselves stay slight together.
The base grows with the changed share r as ln(1 + (e - 1) r), after EDGI's analysts, and is lifted so that no change of
words falls under `NOTABLE`: rules that call edits of few characters or of one number boring let 12 dead become 21 unseen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from archive.diff_align import Row
from archive.diff_edits import ASKS, Edit, Reader, Slight, only_reordered
from archive.diff_fields import (
    FIELD_NAMES,
    Fields,
    LinkChanges,
    Reason,
    field_reasons,
    follows_headline,
    link_reasons,
    written_differently,
)
from archive.diff_furniture import TEASER, Furniture, furniture, heads_teasers, may_be_teaser
from archive.diff_lexicon import is_number, is_one, is_unit, sorts_of
from archive.diff_tokens import count_words
from archive.diff_words import text_runs

__all__ = ["FIELD_NAMES", "NOTABLE", "Reason", "weigh"]

#: From here on a list of changes shows a change without being asked.
NOTABLE = 0.25
#: What slight reasons reach together at most.
SLIGHT = 0.24
#: Up to so many words an edit changes a statement; a longer one adds or removes a passage, whatever words it holds.
CLAIM = 12
#: So many reasons of one sort are listed; the rest is counted.
LISTED = 3
#: Lines that came or went of which each is asked whether it is furniture; of more, the first ones.
LINES_READ = 3_000

_SLIGHT_WEIGHTS: Mapping[Slight, float] = {
    "typo": 0.15,
    "inflection": 0.12,
    "spelling": 0.12,
    "capitals": 0.12,
    "notation": 0.1,
    "punctuation": 0.08,
}
_SLIGHT_WORDS: Mapping[Slight, str] = {
    "notation": "figure written differently",
    "spelling": "spelling",
    "typo": "typo",
    "inflection": "ending of a word",
}
_PROSE_FIELDS = ("title", "page_title", "subtitle", "caption", "correction")

_CORRECTION = regex.compile(
    r"\W*(?:correction|clarification|editor['’]s note|erratum|correctie|rectificatie|naschrift|aanvulling|korrektur|"
    r"berichtigung|richtigstellung|correctif|rectificatif|correcci[oó]n|fe de erratas|rettifica|correção)\b",
    regex.IGNORECASE,
)


def weigh(
    rows: Sequence[Row],
    fields: Fields,
    *,
    words: int,
    language: str | None,
    headline: str | None = None,
    links: LinkChanges | None = None,
    texts: tuple[str, str] = ("", ""),
) -> tuple[float, tuple[str, ...]]:
    """The significance of a difference, 0 to 1, and its reasons, gravest first.

    Args:
        words: length of the longer text.
        language: that of the new text.
        headline: that of the new side.
        links: what came and went among the links of *texts*, old and new.
    """
    tongue = (language or "").replace("_", "-").partition("-")[0].lower()
    prose = {name: _prose_edits(name, *fields[name], tongue) for name in _PROSE_FIELDS if name in fields}
    slight = {name: _all_slight(edits) for name, edits in prose.items()}
    changes = _read(rows, tongue)
    if follows_headline(fields, headline):
        del prose["page_title"]
    changes.claims += [edit for edits in prose.values() for edit in edits if not edit.slight]
    reasons = [
        *field_reasons(fields, slight, headline),
        *_text_reasons(changes, fields, words, tongue),
        *(link_reasons(links, *texts) if links else ()),
    ]
    grave = math.prod(1 - reason.weight for reason in reasons if reason.weight >= NOTABLE)
    minor = math.prod(1 - reason.weight for reason in reasons if reason.weight < NOTABLE)
    if grave == 1:
        minor = max(minor, 1 - SLIGHT)
    ranked = sorted(reasons, key=lambda reason: -reason.weight)
    told = tuple(dict.fromkeys(reason.words for reason in ranked if reason.words))
    return round(1 - grave * minor, 3), told


# --- what happened, sorted ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Changes:
    """The edits and paragraphs of a difference, sorted by what they are."""

    #: edits that change words, in paragraphs that exist on both sides
    real: list[Edit] = field(default_factory=list)
    slight: list[Edit] = field(default_factory=list)
    noise: list[Furniture] = field(default_factory=list)
    #: what claims are read from: the real edits, and those of the headline and its like
    claims: list[Edit] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    #: in the paragraphs that were added or removed whole, by kind
    words: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    #: paragraphs whose sentences changed places
    reordered: int = 0
    broken: bool = False


def _read(rows: Sequence[Row], language: str) -> _Changes:
    found = _Changes()
    reader = Reader(rows, language)
    labels = _furniture_rows(rows)
    for place, row in enumerate(rows):
        label = labels.get(place)
        if row.kind == "equal" or (row.kind == "moved" and row.new is None):
            continue
        if row.kind in ("added", "removed"):
            if label:
                found.noise.append(label)
            elif words := count_words(row.new_text or row.old_text):
                (found.added if row.kind == "added" else found.removed).append(row)
                found.words[row.kind] += words
            continue
        if row.kind == "moved":
            found.moved += 1
        if row.broken:
            found.broken = True
            continue
        whole = _edited_in_place(row, rows)
        if all(run.op == "equal" for run in whole.runs):
            continue
        if label:
            found.noise.append(label)
        elif only_reordered(whole):
            found.reordered += 1
        else:
            for edit in reader.edits(whole):
                if edit.noise:
                    found.noise.append(edit.noise)
                else:
                    (found.slight if edit.slight else found.real).append(edit)
    _drop_moved_lines(found)
    found.claims = list(found.real)
    return found


def _edited_in_place(row: Row, rows: Sequence[Row]) -> Row:
    """A moved paragraph as if it had been edited where it stood."""
    if row.partner is None:
        return row
    origin = rows[row.partner]
    return Row("edited", origin.old, row.new, text_runs(origin.old_text, row.new_text))


def _size(row: Row) -> int:
    return sum(len(run.old.strip()) + len(run.new.strip()) for run in row.runs)


def _drop_moved_lines(found: _Changes) -> None:
    """Paragraphs that went here and came there, broken or joined otherwise, have moved."""
    if sum(map(_size, found.removed)) != sum(map(_size, found.added)):
        return
    gone, come = (
        [" ".join((row.old_text + row.new_text).split()) for row in side] for side in (found.removed, found.added)
    )
    if gone and come and sorted(" ".join(gone).split()) == sorted(" ".join(come).split()):
        found.moved += max(len(gone), len(come))
        found.removed, found.added = [], []
        found.words.clear()


def _furniture_rows(rows: Sequence[Row]) -> dict[int, Furniture]:
    """Which changed rows are furniture on every side they have: what kind, by place."""
    changed = [place for place, row in enumerate(rows) if row.kind != "equal"][:LINES_READ]
    if not changed:
        return {}
    teasers = _under_teaser_headings(rows)
    labels: dict[int, Furniture] = {}
    for place in changed:
        row = rows[place]
        new = row.new_text or (rows[row.partner].new_text if row.partner is not None else "")
        sides = [side for side in (row.old_text, new) if side.strip()]
        if not sides or any(_CORRECTION.match(side) for side in sides):
            continue
        label: Furniture | None = "teaser"
        for side in () if place in teasers else sides:
            label = furniture(side)
            if label is None:
                break
        if label:
            labels[place] = label
    _spread(rows, labels)
    return labels


def _under_teaser_headings(rows: Sequence[Row]) -> set[int]:
    """Rows of the lists under headings like "Most read", on each side that has the row."""
    listed: list[set[int]] = []
    for old_side in (True, False):
        inside = False
        found: set[int] = set()
        for place, row in enumerate(rows):
            line = row.old_text if old_side else row.new_text
            if not line.strip():
                continue
            if len(line) < 250 and heads_teasers(line):
                inside = True
                found.add(place)
            elif inside and len(line) < 20 * TEASER and may_be_teaser(line):
                found.add(place)
            else:
                inside = False
        listed.append(found)
    old, new = listed
    return {
        place
        for place, row in enumerate(rows)
        if (place in old or not row.old_text.strip()) and (place in new or not row.new_text.strip())
    }


def _spread(rows: Sequence[Row], labels: dict[int, Furniture]) -> None:
    """Let a box of several lines be one: few words, no sentence, beside a line that is furniture and came or went too."""
    for places in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        before: int | None = None
        for place in places:
            row = rows[place]
            if (
                before in labels
                and place not in labels
                and row.kind in ("added", "removed")
                and row.kind == rows[before].kind
                and labels[before] != "timestamp"
                and _is_caption(row.new_text or row.old_text)
            ):
                labels[place] = labels[before]
            before = place


_FIGURE = regex.compile(r"\p{N}")


def _is_caption(line: str) -> bool:
    return (
        count_words(line) <= 6
        and not _FIGURE.search(line)
        and not regex.search(r"[.:…。\"”’»]\s*$", line)
        and not _CORRECTION.match(line)
    )


# --- reasons of the text ------------------------------------------------------------------------------


def _text_reasons(changes: _Changes, fields: Fields, words: int, language: str) -> Iterator[Reason]:
    claims = list(_claim_reasons(changes.claims, language))
    changed = sum(edit.size for edit in changes.real) + max(changes.words["removed"], changes.words["added"])
    if changed:
        share = min(1.0, changed / max(words, 1))
        base = NOTABLE + 0.6 * math.log1p((math.e - 1) * share)
        yield Reason(_quoted(changes.real, told=bool(claims)), base)
    alone = not changed and not fields
    yield from _slight_reasons(changes, alone=alone)
    yield from _whole_paragraph_reasons(changes, fields)
    yield from claims


def _slight_reasons(changes: _Changes, *, alone: bool) -> Iterator[Reason]:
    moved = changes.moved + changes.reordered
    kinds = Counter(edit.slight for edit in changes.slight if edit.slight)
    sorts = (moved > 0) + len(kinds) + len(set(changes.noise)) + changes.broken
    only = " only" if alone and sorts == 1 else ""
    if changes.noise:
        for kind in dict.fromkeys(changes.noise):
            yield Reason(f"{kind}{only}", 0.03)
    for slight in kinds:
        words = _SLIGHT_WORDS.get(slight, slight)
        examples = [edit for edit in changes.slight if edit.slight == slight and edit.old and edit.new]
        told = (
            f": {' '.join(examples[0].old)} → {' '.join(examples[0].new)}"
            if examples and slight != "punctuation"
            else ""
        )
        more = f", and {kinds[slight] - 1} more" if told and kinds[slight] > 1 else ""
        yield Reason(f"{words}{told}{more}" if told else f"{words}{only}", _SLIGHT_WEIGHTS[slight])
    if changes.broken:
        yield Reason(f"paragraphs broken differently{only}", 0.03)
    if moved:
        told = f"moved only: {_counted(moved, 'paragraph')}" if only else f"{_counted(moved, 'paragraph')} moved"
        yield Reason(told, min(0.2, 0.08 * moved))


def _whole_paragraph_reasons(changes: _Changes, fields: Fields) -> Iterator[Reason]:
    for kind, found in (("removed", changes.removed), ("added", changes.added)):
        if not found:
            continue
        count = _counted(changes.words[kind], "word")
        paragraphs = "whole paragraph" if len(found) == 1 else f"{len(found)} whole paragraphs"
        yield Reason(f"{paragraphs} {kind}: {count}", 0.15 if kind == "removed" else 0.1)
        if "correction" not in fields and any(_CORRECTION.match(row.new_text or row.old_text) for row in found):
            yield Reason(f"correction {kind}", 0.6)


def _prose_edits(name: str, old: str | None, new: str | None, language: str) -> list[Edit]:
    """What changed inside the headline, the standfirst, a caption or a correction, so that their figures count too."""
    if not old or not new or written_differently(name, old, new):
        return []
    row = Row("edited", 0, 0, text_runs(old, new))
    return list(Reader([row], language).edits(row))


def _all_slight(edits: Sequence[Edit]) -> Reason | None:
    kinds = [edit.slight for edit in edits]
    if not kinds or None in kinds:
        return None
    gravest = max((kind for kind in kinds if kind), key=lambda kind: _SLIGHT_WEIGHTS[kind])
    return Reason(_SLIGHT_WORDS.get(gravest, gravest), _SLIGHT_WEIGHTS[gravest] / 2)


def _claim_reasons(edits: Sequence[Edit], language: str) -> Iterator[Reason]:
    """What the edits do to statements: figures, dates, negations, hedges, names, quotations."""
    of_sort: dict[str, list[Edit]] = {}
    small = [edit for edit in edits if edit.size <= CLAIM]
    for edit in small:
        sorts = {sort for word in (*edit.old, *edit.new) for sort in sorts_of(word, language)}
        if edit.old_signs or edit.new_signs:
            sorts |= {"figure", "unit"}
        for sort in sorts:
            of_sort.setdefault(sort, []).append(edit)
    yield from _swaps("figure", [_figures(edit, language) for edit in of_sort.get("figure", ())], 0.45)
    yield from _swaps("date", [_of_sort("date", edit, language) for edit in of_sort.get("date", ())], 0.4)
    yield from _swaps("unit", [_units(edit) for edit in of_sort.get("unit", ())], 0.4)
    yield from _swaps("negation", [_negations(edit, language) for edit in small], 0.5)
    for sort in ("hedge", "qualifier"):
        yield from _swaps(sort, [_of_sort(sort, edit, language) for edit in of_sort.get(sort, ())], 0.3)
    yield from _swaps("name", [_names(edit, language) for edit in small], 0.3)
    for verb, one, other in (("removed", "old_signs", "new_signs"), ("added", "new_signs", "old_signs")):
        if any(set(getattr(edit, one)) & ASKS and not set(getattr(edit, other)) & ASKS for edit in small):
            yield Reason(f"question mark {verb}", 0.3)
    yield from _quotation_reasons(edits)


_Words = tuple[str, ...]


def _figures(edit: Edit, language: str) -> tuple[_Words, _Words]:
    """The numbers of both sides; the word for one counts, which may be an article, where a number took its place."""
    old, new = (tuple(word for word in side if is_number(word, language)) for side in (edit.old, edit.new))
    if len(old) != len(new):
        fewer, other = (edit.old, new) if len(old) < len(new) else (edit.new, old)
        ones = tuple(word for word in fewer if is_number(word, language) or is_one(word, language))
        if len(ones) == len(other):
            return (ones, other) if fewer is edit.old else (other, ones)
    minus = ("minus",) * ("minus" in edit.old_signs), ("minus",) * ("minus" in edit.new_signs)
    return old + minus[0], new + minus[1]


def _units(edit: Edit) -> tuple[_Words, _Words]:
    old, new = (
        tuple(word for word in (*side, *signs) if is_unit(word))
        for side, signs in ((edit.old, edit.old_signs), (edit.new, edit.new_signs))
    )
    return (old, new) if old and new else ((), ())  # a unit that comes or goes alone comes or goes with its figure


def _of_sort(sort: str, edit: Edit, language: str) -> tuple[_Words, _Words]:
    old, new = (tuple(word for word in side if sort in sorts_of(word, language)) for side in (edit.old, edit.new))
    return old, new


def _names(edit: Edit, language: str) -> tuple[_Words, _Words]:
    if not edit.old_names and not edit.new_names:
        return (), ()
    old, new = (
        tuple(name for name in side if "date" not in sorts_of(name, language))
        for side in (edit.old_names, edit.new_names)
    )
    return old, new


_DENYING = ("un", "in", "im", "ir", "il", "dis", "non", "on", "niet-", "nicht-", "non-", "des", "dés", "a")


def _negations(edit: Edit, language: str) -> tuple[_Words, _Words]:
    """Words of negation, and words that took a prefix of negation: "confirmed" became "unconfirmed"."""
    old, new = _of_sort("negation", edit, language)
    if len(edit.old) == len(edit.new):
        for before, after in zip(edit.old, edit.new, strict=True):
            if before[-3:] != after[-3:]:
                continue
            short, long = sorted((before.casefold(), after.casefold()), key=len)
            if len(short) >= 4 and long.endswith(short) and long[: len(long) - len(short)] in _DENYING:
                old, new = ((*old, before), new) if len(before) > len(after) else (old, (*new, after))
    return old, new


def _quotation_reasons(edits: Sequence[Edit]) -> Iterator[Reason]:
    for kind in ("edited", "removed", "added"):
        if found := sum(edit.quotation == kind for edit in edits):
            words = "quotation" if found == 1 else f"{found} places in quotations"
            yield Reason(f"{words} {kind}", 0.4 if kind == "edited" else 0.2)


def _swaps(name: str, sides: Iterable[tuple[_Words, _Words]], weight: float) -> Iterator[Reason]:
    """Reasons for words of one sort that came, went, or took each other's place in one edit.

    What left one place and came at another has only moved and is no reason.
    """
    changed: list[tuple[str, str]] = []
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for old, new in sides:
        if not old and not new:
            continue
        before, after = Counter(old), Counter(new)
        lost, won = list((before - after).elements()), list((after - before).elements())
        if lost and len(lost) == len(won):
            changed += zip(lost, won, strict=True)
        else:
            gone.update(lost)
            come.update(won)
    phrases = [f"{name} changed: {old} → {new}" for old, new in changed]
    phrases += [f"{name} removed: {word}" for word in (gone - come).elements()]
    phrases += [f"{name} added: {word}" for word in (come - gone).elements()]
    phrases = list(dict.fromkeys(phrases))
    for rank, phrase in enumerate(phrases[:LISTED]):
        yield Reason(phrase, weight / (rank + 1) ** 2)
    if len(phrases) > LISTED:
        yield Reason(f"{len(phrases) - LISTED} more {name}s", 0.0)


def _quoted(edits: Sequence[Edit], *, told: bool) -> str:
    """The words of a small edit themselves; nothing can say it better, unless a claim told its one word."""
    if len(edits) != 1 or edits[0].size > 8 or (told and edits[0].size == 1):
        return ""
    old, new = (" ".join(side) for side in (edits[0].old or edits[0].old_signs, edits[0].new or edits[0].new_signs))
    return f"“{old}” → “{new}”" if old and new else f"“{old}” removed" if old else f"“{new}” added"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
