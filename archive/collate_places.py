"""Which words of a base text were changed, into what, and by how many outlets: a heat map and its apparatus.

Reads a `Collation`. Outlets are counted, not pages: two pages of one outlet are one voice. Paragraphs that an outlet
dropped are counted apart, because their words were not changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import OSA

from archive.diff_align import Run, count_words
from archive.text import normal_form, words

if TYPE_CHECKING:
    from archive.collate import Cell, Collation


#: A paragraph with less than this share of its words kept was written anew: it has no variants, only other words.
REWRITTEN = 0.35


@dataclass(frozen=True, slots=True)
class Variant:
    """What one or more copies have in place of some words of the base."""

    #: index of the base's paragraph, and the place in it in code points; an empty place where words were put in
    paragraph: int
    start: int
    end: int
    old: str
    #: as the earliest copy prints it; empty if the words were left out
    new: str
    #: indices of the columns that have it, in order of time
    columns: tuple[int, ...]
    outlets: int
    #: only capitals, punctuation or spelling habits ("labour", "labor") differ
    trifling: bool

    @property
    def words(self) -> int:
        """Words concerned, on the longer side."""
        return max(count_words(self.old), count_words(self.new))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of the base that the same variants cover; without text where words were put in."""

    text: str
    #: outlets that changed something here
    outlets: int
    #: numbers of the variants, in `HeatParagraph.variants`
    variants: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeatParagraph:
    """A paragraph of the base with all that was made of it."""

    #: together they are the paragraph
    stretches: tuple[Stretch, ...]
    #: most outlets first
    variants: tuple[Variant, ...]
    #: outlets that have the paragraph in the base's language, whole or changed
    present: int
    #: of them: outlets that wrote it anew, whose words heat nothing
    rewritten: int
    dropped: int
    #: outlets that have it in another language
    translated: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    paragraphs: tuple[HeatParagraph, ...]
    #: outlets at the hottest words
    hottest: int = field(default=0)


def heat(collation: Collation) -> HeatMap:
    """The heat map of the base of *collation*."""
    outlets = [column.copy.outlet for column in collation.columns]
    listed: list[HeatParagraph] = []
    for index, text in enumerate(collation.paragraphs):
        cells = [column.cells[index] for column in collation.columns]
        variants = variants_of(collation, index)
        fates: dict[str, set[str]] = defaultdict(set)
        for cell, outlet in zip(cells, outlets, strict=True):
            fates[cell.fate].add(outlet)
        present = fates["kept"] | fates["edited"] | fates["moved"]
        listed.append(
            HeatParagraph(
                tuple(_stretches(text, variants, outlets)),
                variants,
                present=len(present),
                rewritten=len({outlet for cell, outlet in zip(cells, outlets, strict=True) if _rewritten(cell)}),
                dropped=len(fates["dropped"] - present - fates["translated"]),
                translated=len(fates["translated"]),
            )
        )
    hottest = max((stretch.outlets for one in listed for stretch in one.stretches), default=0)
    return HeatMap(tuple(listed), hottest)


def _rewritten(cell: Cell) -> bool:
    return cell.edited and cell.kept < REWRITTEN


class _Edit(NamedTuple):
    start: int
    end: int
    old: str
    new: str


def variants_of(collation: Collation, paragraph: int) -> tuple[Variant, ...]:
    """What was made of one paragraph of the base, by most outlets first."""
    where: dict[tuple[int, int, str], list[int]] = defaultdict(list)
    shown: dict[tuple[int, int, str], _Edit] = {}
    for number, column in enumerate(collation.columns):
        if _rewritten(column.cells[paragraph]):
            continue
        for edit in _edits(column.cells[paragraph].runs):
            key = (edit.start, edit.end, normal_form(edit.new))
            where[key].append(number)
            shown.setdefault(key, edit)
    found = []
    for key, columns in where.items():
        edit = shown[key]
        outlets = len({collation.columns[number].copy.outlet for number in columns})
        trifling = _habit(edit.old) == _habit(edit.new)
        found.append(Variant(paragraph, *edit, columns=tuple(columns), outlets=outlets, trifling=trifling))
    return tuple(sorted(found, key=lambda one: (-one.outlets, one.start, one.end, one.columns)))


def _edits(runs: Iterable[Run]) -> Iterator[_Edit]:
    at = 0
    for run in runs:
        if run.op != "equal":
            old = run.old.rstrip()
            yield _Edit(at, at + len(old), old, run.new.strip())
        at += len(run.old)


def _habit(text: str) -> tuple[str, ...]:
    """Words without what differs between houses that print one text: capitals, British and American spelling."""
    return tuple(word.replace("our", "or").replace("z", "s").replace("ll", "l") for word in words(text).folded)


def _stretches(text: str, variants: Sequence[Variant], outlets: Sequence[str]) -> Iterator[Stretch]:
    cuts = sorted({0, len(text), *(place for one in variants for place in (one.start, one.end))})
    put_in: dict[int, list[int]] = defaultdict(list)
    opening: dict[int, list[int]] = defaultdict(list)
    closing: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(variants):
        if one.start == one.end:
            put_in[one.start].append(number)
        else:
            opening[one.start].append(number)
            closing[one.end].append(number)
    covering: list[int] = []
    for place, cut in enumerate(cuts):
        if put_in[cut]:
            yield _stretch("", put_in[cut], variants, outlets)
        covering = [number for number in covering if number not in closing[cut]] + opening[cut]
        if place + 1 < len(cuts):
            yield _stretch(text[cut : cuts[place + 1]], sorted(covering), variants, outlets)


def _stretch(text: str, numbers: Sequence[int], variants: Sequence[Variant], outlets: Sequence[str]) -> Stretch:
    voices = {outlets[column] for number in numbers for column in variants[number].columns}
    return Stretch(text, len(voices), tuple(numbers))


# --- slips -------------------------------------------------------------------------------------------


def slip(variant: Variant) -> str | None:
    """The folded word that looks like a mistake of the hand, or None: one long word, a letter or two apart.

    What one grammar or another demands (an ending more or less) is no slip. A word that other texts of the story have
    is none either: that is for the caller to see.
    """
    old, new = words(variant.old).folded, words(variant.new).folded
    if len(old) != 1 or len(new) != 1 or variant.trifling:
        return None
    one, other = old[0], new[0]
    if min(len(one), len(other)) < 5 or not (one.isalpha() and other.isalpha()):
        return None
    if one.startswith(other[:-1]) or other.startswith(one[:-1]):
        return None
    return other if OSA.distance(one, other) <= (1 if min(len(one), len(other)) < 8 else 2) else None
