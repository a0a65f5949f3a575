"""What a story and a page both have from somebody else: a common source, and quotations with their speakers. Pure.

Two outlets that print one dispatch or one press release share their words, and so do two that quote one minister.
Neither is the copy of the other for that; so it is said beside what corresponds.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.match.source import attribution, common, sources_in
from archive.text import Span, quotations, words
from archive.types import COPY_KINDS, Match, MatchKind, PageText, Passage, Story, StoryText

LEAST_QUOTED = 4
"""Words of a quotation; a shorter one is a name or a word held at arm's length."""

SAME_WORDS = 0.6
"""Jaccard index of the words of two quotations from which on they are the same one: prints cut and correct them."""

MOST_QUOTED = 30
"""Quotations of a page that are looked at."""

WORTH_SAYING = 0.2
"""Share of what corresponds that is in quotation marks, from which on the explanation names the speakers."""

_SPEAKING: frozenset[MatchKind] = COPY_KINDS | {"quotes_only", "related"}


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation that stands in both texts."""

    #: spans with their quotation marks
    story: Span
    page: Span
    #: who is said to have spoken, as each text names them; None where nobody is named
    story_speaker: str | None
    page_speaker: str | None

    @property
    def speaker(self) -> str | None:
        """The fuller of the two names."""
        return max((self.story_speaker, self.page_speaker), key=lambda name: len(name or ""))


def added(match: Match, page: PageText, story: Story) -> Match:
    """*match* with common sources and speakers among its evidence, and in its explanation where they matter."""
    text = next((text for text in story.texts if text.id == match.story_text_id), None) if match.passages else None
    text = text or (story.texts[0] if len(story.texts) == 1 else None)
    if text is None or match.kind not in _SPEAKING:
        return match
    shared = common(sources_in(text.text), sources_in(page.text, page.byline))
    quoted = shared_quotations(match.passages, text, page, own=(story.outlet, *story.aliases))
    evidence = dict(match.evidence)
    said = [match.explanation]
    if shared:
        evidence["common_sources"] = [
            {"kind": one.kind, "name": one.name, "story": one.a.text, "page": one.b.text} for one in shared
        ]
        said += [one.sentence for one in shared]
    if quoted:
        evidence["quoted"] = [
            {
                "story_words": one.story.of(text.text),
                "page_words": one.page.of(page.text),
                "story_speaker": one.story_speaker,
                "page_speaker": one.page_speaker,
            }
            for one in quoted
        ]
        share = evidence.get("quote_share")
        if match.kind not in COPY_KINDS or (isinstance(share, float) and share >= WORTH_SAYING):
            said.append(whose(quoted))
    return replace(match, evidence=evidence, explanation="; ".join(said))


def whose(quoted: Sequence[Quoted]) -> str:
    """Whose words they are, for people."""
    names = list(dict.fromkeys(one.speaker for one in quoted if one.speaker))
    if not names:
        return "both quote the same words, and neither names who spoke them"
    return f"both quote {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def shared_quotations(
    passages: Sequence[Passage], story: StoryText, page: PageText, own: Sequence[str] = ()
) -> list[Quoted]:
    """The quotations of the page that stand in the story too, in the page's order.

    Word for word they are found wherever they stand; in other words, where a passage says that they correspond.

    Args:
        own: names that are no third party: the story's outlet.
    """
    of_story = _long_quotations(story.text)
    found = []
    for quotation, said in _long_quotations(page.text):
        partner = _same_words(said, of_story) or _same_place(quotation, passages, of_story)
        if partner is None:
            continue
        speakers = [
            attribution(text, span, language, own)
            for text, span, language in (
                (story.text, partner, story.language),
                (page.text, quotation, page.language),
            )
        ]
        found.append(Quoted(partner, quotation, *(one.speaker if one else None for one in speakers)))
    return found


@functools.lru_cache(maxsize=256)
def _long_quotations(text: str) -> tuple[tuple[Span, frozenset[str]], ...]:
    """The first quotations of *text* that are more than a word held at arm's length, with their words."""
    found = []
    for span in quotations(text):
        said = words(span.of(text)).folded
        if len(said) >= LEAST_QUOTED:
            found.append((span, frozenset(said)))
    return tuple(found[:MOST_QUOTED])


def _same_words(said: frozenset[str], others: Sequence[tuple[Span, frozenset[str]]]) -> Span | None:
    best, most = None, SAME_WORDS
    for span, theirs in others:
        share = len(said & theirs) / len(said | theirs)
        if share >= most and len(said & theirs) >= LEAST_QUOTED:
            best, most = span, share
    return best


def _same_place(
    quotation: Span, passages: Sequence[Passage], others: Sequence[tuple[Span, frozenset[str]]]
) -> Span | None:
    best, most = None, 0.0
    for passage in passages:
        for there, here in _linked(passage):
            if not quotation.overlaps(here):
                continue
            for other, _ in others:
                share = (min(other.end, there.end) - max(other.start, there.start)) / (other.end - other.start)
                if share > most:
                    best, most = other, share
    return best


def _linked(passage: Passage) -> Iterator[tuple[Span, Span]]:
    """The spans of the story and of the page that correspond, as finely as the passage knows."""
    if not passage.links:
        yield Span(passage.story_start, passage.story_end), Span(passage.page_start, passage.page_end)
        return
    for link in passage.links:
        yield Span(link.story_start, link.story_end), Span(link.page_start, link.page_end)
