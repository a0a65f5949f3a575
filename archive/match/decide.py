"""What the figures mean: one table of rules, read from the top; the first that holds gives the kind.

Thresholds come from two sources, named at each: *labels* are 5,196 labelled pairs of real news (human and machine
translations, edited, cut and rewritten copies, reports of one event, announcements of one organisation), *read* are
40 pairs that share 15 words in a row and were read by eye. They are round numbers, set so that no random page and
some 2 % of the pages about the same subject are claimed; many of those do share text. `python -m benchmarks.reuse`
measures them again.

Known failures: announcements of one organisation that differ by a version number or a name (figures that all
disagree are caught, names are not); two outlets that print one press release; an excerpt of one sentence in another
language without a figure or a name in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive.types import MatchKind


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a decision looks at. Shares are 0 to 1; words are characters in scripts without spaces, halved."""

    #: the page is in the language of the story text
    same_language: bool
    coverage_story: float
    coverage_page: float
    #: mean likeness of the passages: share of equal words, or adjusted cosine
    similarity: float

    #: words of each outside furniture
    story_words: int = 0
    page_words: int = 0

    # word for word (same language only)
    equal_words: int = 0
    longest_run: int = 0
    #: the longest run that is not in quotation marks on both sides
    longest_own_run: int = 0
    #: share of the corresponding words that is in quotation marks on both sides
    quote_share: float = 0.0
    #: the most equal words, outside quotations, in one passage that is nearly verbatim
    dense_words: int = 0

    # by meaning
    links: int = 0
    #: neighbouring linked sentences in the best passage
    best_run: int = 0
    #: mean adjusted cosine of all links, and of the best passage
    link_mean: float = 0.0
    best_mean: float = 0.0
    #: the best passage closes both texts
    at_both_ends: bool = False
    order: float = 0.0
    #: shares of the characters that stand in linked sentences themselves, without what lies between them
    linked_story: float = 0.0
    linked_page: float = 0.0
    #: sentences that could be linked
    story_sentences: int = 0
    page_sentences: int = 0
    figures_agreeing: int = 0
    figures_compared: int = 0
    #: the first linked sentences hold figures, and other ones
    opening_figures_differ: bool = False
    #: figures and names that the best passage has in both texts
    best_signals: int = 0
    document_cosine: float = 0.0
    soft: float = 0.0

    # around the text
    shared_names: int = 0
    shared_figures: int = 0
    names_title: bool = False
    points_to_story: bool = False
    credits_outlet: bool = False

    @property
    def coverage(self) -> float:
        return max(self.coverage_story, self.coverage_page)

    @property
    def figures_clash(self) -> bool:
        """The texts correspond throughout, but no figure does, and already the titles differ by a figure:
        one form filled in twice ("Version 9.4 released"), not one text.

        Elsewhere figures may all differ in a translation, because it converts miles and dollars.
        """
        throughout = min(self.coverage_story, self.coverage_page) >= 0.8
        none_agrees = self.figures_compared >= 2 and self.figures_agreeing == 0
        return throughout and none_agrees and self.opening_figures_differ


@dataclass(frozen=True, slots=True)
class Rule:
    kind: MatchKind
    #: why, in words; the figures follow in the explanation
    because: str
    holds: Callable[[Figures], bool]


#: A run this long outside quotations is not chance (*read*: incidental runs had up to 14 words).
LEAST_RUN = 15
#: Or this many equal words in one nearly verbatim passage: an excerpt with small edits breaks its runs (*labels*).
LEAST_DENSE = 24
#: A text of fewer words is navigation or a teaser.
LEAST_WORDS = 40
#: Corresponding words inside quotation marks on both sides, from which on only a third party's words are shared.
MOST_QUOTED = 0.8


def _copied(f: Figures) -> bool:
    return f.same_language and (f.longest_own_run >= LEAST_RUN or f.dense_words >= LEAST_DENSE)


def _mostly_linked(f: Figures) -> bool:
    """Enough sentences in order, and they are enough of one of the two texts."""
    return f.links >= 3 and f.order >= 0.6 and max(f.linked_story, f.linked_page) >= 0.45 and not f.figures_clash


def _linked_throughout(f: Figures) -> bool:
    return min(f.linked_story, f.linked_page) >= 0.7


RULES: tuple[Rule, ...] = (
    Rule(
        "quotes_only",
        "nearly all that corresponds is quotation on both sides",
        lambda f: f.coverage > 0 and f.quote_share >= MOST_QUOTED and f.longest_own_run < LEAST_RUN,
    ),
    Rule(
        # An abridged copy is a copy: half of the story, most of the page.
        "copy",
        "most of the page stands in the story word for word",
        lambda f: _copied(f) and f.similarity >= 0.5 and f.coverage_page >= 0.5 and f.coverage_story >= 0.25,
    ),
    Rule(
        "copy",
        "most of the story stands on the page word for word",
        lambda f: _copied(f) and f.similarity >= 0.5 and f.coverage_story >= 0.5,
    ),
    Rule(
        # Same-event reports link single sentences at .3 (*labels*, 99th percentile .42), rewrites at .5.
        "rewrite",
        "sentence for sentence the same, in other words",
        lambda f: (
            f.same_language
            and _mostly_linked(f)
            and (f.link_mean >= 0.36 or (f.links >= 8 and f.link_mean >= 0.27 and _linked_throughout(f)))
            and (f.coverage_story >= 0.5 or (f.coverage_page >= 0.5 and f.coverage_story >= 0.25))
        ),
    ),
    Rule("excerpt", "a passage stands on the page word for word", _copied),
    Rule(
        "rewrite",
        "a passage of several sentences in other words",
        lambda f: (
            f.same_language
            and f.best_run >= 2
            and f.best_mean >= 0.45
            and not f.figures_clash
            and not f.at_both_ends
            and f.best_signals >= 1
        ),
    ),
    Rule(
        # .29 is the 5th percentile of abridged translations, .27 of whole ones; same-event reports reach .26 to .38
        # with 3 to 5 links where both texts are cut to a few sentences (*labels*, 21 pairs read by eye).
        "translation",
        "most sentences say the same in the same order",
        lambda f: (
            not f.same_language
            and _mostly_linked(f)
            and (
                f.link_mean >= 0.28
                or (f.links >= 6 and f.link_mean >= 0.22)
                or (f.links >= 5 and f.link_mean >= 0.18 and _linked_throughout(f))
            )
            and (f.coverage_story >= 0.5 or (f.coverage_page >= 0.5 and f.coverage_story >= 0.15))
        ),
    ),
    Rule(
        "translation",
        "all sentences of a short text say the same",
        lambda f: (
            not f.same_language
            and f.links == 2
            and min(f.story_words, f.page_words) >= LEAST_WORDS
            and f.link_mean >= 0.35
            and min(f.story_sentences, f.page_sentences) <= 3
            and max(f.linked_story, f.linked_page) >= 0.7
        ),
    ),
    Rule(
        # Against 306 pairs of other news and 17 same-event pairs read by eye: 6 and 3 false alarms at .30, 2 and 2 at .34.
        "translated_excerpt",
        "neighbouring sentences say the same",
        lambda f: (
            not f.same_language
            and f.best_run >= 2
            and f.best_mean >= 0.32
            and not f.figures_clash
            and not f.at_both_ends
            and f.best_signals >= 1
        ),
    ),
    Rule(
        # 2 and 0 false alarms of the same pairs.
        "translated_excerpt",
        "one sentence says the same, with the same figures or names",
        lambda f: (
            not f.same_language
            and ((f.best_mean >= 0.42 and f.best_signals >= 2) or (f.best_mean >= 0.5 and f.best_signals >= 1))
            and min(f.story_words, f.page_words) >= LEAST_WORDS
            and not f.figures_clash
            and not f.at_both_ends
        ),
    ),
    Rule("mentions", "it links to the story", lambda f: f.points_to_story),
    Rule("mentions", "it has the story's title", lambda f: f.names_title),
    Rule(
        # The outlet's credit alone may belong to another of its articles.
        "mentions",
        "it credits the outlet and is about the same",
        lambda f: f.credits_outlet and _about_the_same(f),
    ),
    Rule("related", "it is about the same, in its own words", lambda f: _about_the_same(f)),
    Rule("unrelated", "nothing that corresponds", lambda f: True),
)


def _about_the_same(f: Figures) -> bool:
    """Labels: of pairs called the same story 75 % are, of other pairs of the same weeks 12 %, of random pairs 1 %."""
    return f.links >= 2 or f.soft >= 0.12 or f.document_cosine >= 0.5 or f.equal_words >= 12


def decide(figures: Figures) -> Rule:
    """The first rule that holds."""
    return next(rule for rule in RULES if rule.holds(figures))


def confidence(kind: MatchKind, f: Figures) -> float:
    """How sure, from 0 to 1. Not calibrated: it only rises with the evidence.

    For the kinds that claim text: how much corresponds, how alike it is, and how long it is; a page that credits
    the outlet or points to the story is surer. For the others: how far the page is from a claim.
    """
    if kind in ("copy", "rewrite", "excerpt", "translation", "translated_excerpt", "quotes_only"):
        alike = f.similarity if f.same_language and f.equal_words else min(1.0, f.link_mean / 0.5)
        amount = max(min(1.0, f.equal_words / 60), min(1.0, f.links / 6))
        evidence = 0.33 * f.coverage + 0.29 * alike + 0.33 * amount
        if f.points_to_story or f.credits_outlet:
            evidence = 1 - (1 - evidence) * 0.6
        return round(min(0.99, 0.3 + 0.69 * evidence), 3)
    if kind == "mentions":
        return 0.9 if f.points_to_story else 0.6
    if kind == "related":
        return round(min(0.9, 0.4 + f.soft + 0.3 * f.document_cosine), 3)
    return round(max(0.5, 0.99 - max(0.0, f.soft) - f.equal_words / 100), 3)
