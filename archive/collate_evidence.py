"""What copies have in common against their base, and how much each such thing proves.

Evidence counts by how hardly it happens twice: a slip or a long paragraph more than a reworded phrase, that more than
one word, and what most copies share little, since they may all have it from the base's next edition. Capitals,
punctuation and spelling habits count nothing, and cuts at the end, which every desk makes, count nothing either.
The weights are judgement, not fitted: there is no labelled set of copying between outlets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from archive.collate_places import Variant, slip, variants_of
from archive.text import glimpse

if TYPE_CHECKING:
    from archive.collate import Collation

Kind = Literal["reading", "slip", "addition", "cut", "time", "kept", "link", "note", "common"]


class Evidence(NamedTuple):
    """One reason for an edge."""

    kind: Kind
    #: a sentence without its full stop
    words: str


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that copies have in common against the base."""

    kind: Kind
    columns: frozenset[int]
    weight: float
    words: str
    #: the other copies that still read as the base does, and so cannot have had it in their source
    against: frozenset[int] = frozenset()


class Features:
    """Everything that copies have against the base, by copy."""

    def __init__(self, collation: Collation, columns: frozenset[int]) -> None:
        self._collation = collation
        self.columns = columns
        self._folded: list[str] = []
        self.of: dict[int, list[Feature]] = defaultdict(list)
        every = [*self._readings(), *self._additions(), *self._cuts()]
        self.shared = [feature for feature in every if len(feature.columns) > 1]
        for feature in every:
            for column in feature.columns:
                self.of[column].append(feature)
        #: paragraphs of the base that a copy has
        self.has = {
            number: frozenset(
                place for place, cell in enumerate(collation.columns[number].cells) if cell.fate != "dropped"
            )
            for number in columns
        }

    def _readings(self) -> Iterable[Feature]:
        for paragraph in range(len(self._collation.paragraphs)):
            variants = [one for one in variants_of(self._collation, paragraph) if not one.trifling]
            present = frozenset(
                number
                for number in self.columns
                if self._collation.columns[number].cells[paragraph].fate in ("kept", "edited", "moved")
            )
            for variant in variants:
                changed = {
                    number
                    for other in variants
                    if other.start <= variant.end and other.end >= variant.start
                    for number in other.columns
                }
                slipped = variant.outlets > 1 and self._is_slip(variant)
                holders = frozenset(variant.columns) & self.columns
                if holders:
                    yield Feature(
                        "slip" if slipped else "reading",
                        holders,
                        _reading_weight(variant, slipped) * self._rarity(len(holders)),
                        _reading_words(variant, slipped),
                        against=present - changed,
                    )

    def _is_slip(self, variant: Variant) -> bool:
        """Whether the word is wrong for all we know: no text without this variant has it."""
        word = slip(variant)
        if word is None:
            return False
        if not self._folded:
            texts = [column.copy.text for column in self._collation.columns]
            self._folded = [text.casefold() for text in (*texts, self._collation.base.text)]
        return not any(word in text for number, text in enumerate(self._folded) if number not in variant.columns)

    def _additions(self) -> Iterable[Feature]:
        for addition in self._collation.additions:
            holders = frozenset(column for column, _ in addition.places) & self.columns
            if holders:
                weight = 3.0 if addition.words >= 30 else 2.0 if addition.words >= 12 else 1.0
                yield Feature(
                    "addition",
                    holders,
                    weight * self._rarity(len(holders)),
                    f"add “{glimpse(addition.text, 70)}” ({addition.words} words)",
                )

    def _cuts(self) -> Iterable[Feature]:
        """Paragraphs left out inside the text; what is cut at the end says nothing."""
        holders: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number in self.columns:
            fates = [cell.fate for cell in self._collation.columns[number].cells]
            last = max((place for place, fate in enumerate(fates) if fate != "dropped"), default=0)
            cut = tuple(place for place, fate in enumerate(fates[:last]) if fate == "dropped")
            if len(cut) > 1:
                holders[cut].append(number)
        for cut, numbers in holders.items():
            told = ", ".join(str(place + 1) for place in cut[:8]) + (" …" if len(cut) > 8 else "")
            weight = min(1.5, 0.5 * len(cut)) * self._rarity(len(numbers))
            yield Feature("cut", frozenset(numbers), weight, f"leave out the same paragraphs inside the text ({told})")

    def _rarity(self, holders: int) -> float:
        return 0.5 if holders > max(3, len(self.columns) / 2) else 1.0

    def outlets(self, numbers: Iterable[int]) -> int:
        return len({self._collation.columns[number].copy.outlet for number in numbers})

    def common(self, numbers: Iterable[int]) -> list[Feature]:
        members = set(numbers)
        found = [feature for feature in self.shared if members <= feature.columns]
        return sorted(found, key=lambda feature: -feature.weight)

    def against(self, parent: int, child: int) -> float:
        """What the child has of the base and cannot have from the parent."""
        restored = sum(
            0.5 if feature.kind == "addition" else min(1.0, feature.weight)
            for feature in self.of[parent]
            if child not in feature.columns
            and (child in feature.against if feature.kind in ("reading", "slip") else feature.kind == "addition")
        )
        return restored + len(self.has[child] - self.has[parent])

    def more(self, one: int, other: int) -> bool:
        """Whether *other* has all that *one* changed, and more."""
        own, further = self.of[one], self.of[other]
        return all(other in feature.columns or feature.kind == "cut" for feature in own) and (
            any(one not in feature.columns for feature in further) or self.has[other] < self.has[one]
        )


def _reading_weight(variant: Variant, slipped: bool) -> float:
    if slipped:
        return 2.0
    size = variant.words
    weight = 0.5 if size <= 1 else 1.0 if size < 5 else 1.5
    # Leaving the same words out is what two editors short of room both do.
    return weight if variant.new else weight / 2


def _reading_words(variant: Variant, slipped: bool) -> str:
    old, new, place = glimpse(variant.old, 70), glimpse(variant.new, 70), f"(paragraph {variant.paragraph + 1})"
    if slipped:
        return f"print “{new}” for “{old}”, a slip that two hands hardly make {place}"
    if not variant.old:
        return f"put in “{new}” {place}"
    if not variant.new:
        return f"leave out “{old}” {place}"
    return f"have “{new}” for “{old}” {place}"


def _short(text: str, room: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= room else f"{text[:room].rstrip()}…"
