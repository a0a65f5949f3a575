"""What the figures mean: a fitted probability where sentences were compared by meaning, and a table of rules.

Whether a page took its text from the story, whether it is the whole or an excerpt, and whether a page that took none
is about the same, is said by `archive.match.model` once the sentences were compared. `RULES`, read from the top, the
first that holds, decide what comes before that (only quotations are shared), what a page says of itself (it links to
the story), and everything where sentences were not compared. Their thresholds are round numbers: *labels* are 5,196
labelled pairs of real news, *read* are 40 pairs that share 15 words in a row and were read by eye.
`python -m benchmarks.reuse` measures the whole again, `python -m benchmarks.fit_match` the models alone.

Known failures: announcements of one organisation that differ by a version number or a name, where no other of its
announcements is tracked; two outlets that print one press release; an excerpt of one sentence in another language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive.match import fallback, model
from archive.match.fallback import NO_SURVIVORS, Survivors
from archive.match.model import Fits
from archive.match.rivals import NO_RIVALS, Rivalry
from archive.match.semantic import SINGLE
from archive.match.subject import NO_SUBJECT, Subject
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
    #: words around linked quotations that both texts have
    own_words: int = 0
    #: the most equal words, outside quotations, in one passage that is nearly verbatim
    dense_words: int = 0
    #: shares of both texts in passages that correspond word for word, and how alike those are
    worded_story: float = 0.0
    worded_page: float = 0.0
    worded_likeness: float = 0.0
    #: nearly all of one text looks like furniture
    mostly_furniture: bool = False

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
    #: from the first to the last linked sentence of the story, as a share of its sentences
    reach: float = 0.0
    #: sentences that could be linked
    story_sentences: int = 0
    page_sentences: int = 0
    soft_story: float = 0.0
    soft_page: float = 0.0
    #: adjusted cosines of the three best links
    top_scores: tuple[float, float, float] = (0.0, 0.0, 0.0)
    passages: int = 0
    #: links in the longest passage
    longest_passage: int = 0
    #: figures in the linked sentences of the story, and how many of them the page has anywhere
    figures_compared: int = 0
    figures_agreeing: int = 0
    #: the same for names; they compare where both texts are in Latin letters
    names_compared: int = 0
    names_agreeing: int = 0
    latin: bool = False
    #: figures and names of both whole texts, as shares of those of the text that has fewer
    figures_shared_share: float = 0.0
    names_shared_share: float = 0.0
    #: whether sentences were compared by meaning at all
    by_meaning: bool = False
    #: the encoder does not know a language of the two: only what survives translation is looked at
    unknown_language: bool = False
    #: the links beside what the other stories at hand offer
    beside: Rivalry = NO_RIVALS
    #: the first linked sentences hold figures, and other ones
    opening_figures_differ: bool = False
    #: figures and names that the best passage has in both texts
    best_signals: int = 0
    #: whether both tell of the same thing
    subject: Subject = NO_SUBJECT
    #: what both have in common where a language is unknown
    survivors: Survivors = NO_SURVIVORS

    # around the text
    shared_names: int = 0
    shared_figures: int = 0
    names_title: bool = False
    points_to_story: bool = False
    credits_outlet: bool = False
    #: signs that the page was taken over from the story, by kind (see `archive.match.republished`), looked at where a
    #: language is unknown
    taken_over: tuple[str, ...] = ()

    @property
    def strong_links(self) -> int:
        """Those of the three best links that would stand alone."""
        return sum(score >= SINGLE for score in self.top_scores)

    @property
    def soft(self) -> float:
        return max(self.soft_story, self.soft_page)

    @property
    def document_cosine(self) -> float:
        return self.subject.document

    @property
    def coverage(self) -> float:
        return max(self.coverage_story, self.coverage_page)


@dataclass(frozen=True, slots=True)
class Rule:
    kind: MatchKind
    #: why, in words; the figures follow in the explanation
    because: str
    holds: Callable[[Figures], bool]


@dataclass(frozen=True, slots=True)
class Decision:
    kind: MatchKind
    because: str
    #: 0 to 1. For a page whose sentences were compared: the fitted probability that it is derived, or that it is not
    confidence: float


#: A run this long outside quotations is not chance (*read*: incidental runs had up to 14 words).
LEAST_RUN = 15
#: Or this many equal words in one nearly verbatim passage: an excerpt with small edits breaks its runs (*labels*).
LEAST_DENSE = 24
#: Corresponding words inside quotation marks on both sides, from which on only a third party's words are shared.
MOST_QUOTED = 0.9
#: Unless both say in this many words who spoke, where or to whom: then a report corresponds, and not the speech alone.
#: "He said" and a name are fewer. *Labels*: eight pairs that share a quotation and no more have 0 to 4.
LEAST_AROUND = 5

#: Names and figures in common from which on a page in a language that the encoder does not know is about the same.
_SIGNALS_WITHOUT_READING = 4


def _copied(f: Figures) -> bool:
    return f.same_language and (f.longest_own_run >= LEAST_RUN or f.dense_words >= LEAST_DENSE)


RULES: tuple[Rule, ...] = (
    Rule(
        "quotes_only",
        "nearly all that corresponds is quotation on both sides",
        lambda f: (
            f.coverage > 0
            and f.quote_share >= MOST_QUOTED
            and f.longest_own_run < LEAST_RUN
            and f.own_words < LEAST_AROUND
        ),
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
    Rule("excerpt", "a passage stands on the page word for word", _copied),
    Rule(
        "translation",
        "by what survives a translation alone",
        lambda f: (
            f.unknown_language
            and not f.same_language
            and fallback.fits_in_length(f.story_words, f.page_words)
            and fallback.is_translation(f.survivors, len(f.taken_over))
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
    Rule(
        "related",
        "it shares names and figures with the story",
        lambda f: f.unknown_language and _shares_signals(f),
    ),
    Rule("related", "it is about the same, in its own words", lambda f: _about_the_same(f)),
    Rule("unrelated", "nothing that corresponds", lambda f: True),
)


def _shares_signals(f: Figures) -> bool:
    if f.same_language:
        return f.shared_names + f.shared_figures >= _SIGNALS_WITHOUT_READING
    return f.survivors.same_names or f.survivors.same_figures


def _about_the_same(f: Figures) -> bool:
    """Labels: of pairs called the same story 75 % are, of other pairs of the same weeks 12 %, of random pairs 1 %."""
    return f.links >= 2 or f.soft >= 0.12 or f.document_cosine >= 0.5 or f.equal_words >= 12


def decide(figures: Figures, fits: Fits | None = None) -> Decision:
    """The kind, why, and how sure; by other models than the shipped ones where *fits* are given."""
    rule = next(rule for rule in RULES if rule.holds(figures))
    if not figures.by_meaning or rule.kind == "quotes_only":
        return Decision(rule.kind, rule.because, confidence(rule.kind, figures))
    derived = max(model.derived(figures, fits), WORDED_PROBABILITY if is_worded(figures) else 0.0)
    probability = _with_credit(derived, figures)
    if probability >= model.LEAST_DERIVED and figures.coverage > 0 and not _says_too_little(figures):
        kind, because = _derived_kind(figures, fits)
        return Decision(kind, because, round(min(MOST_CONFIDENT, probability), 3))
    mention = next((rule for rule in RULES if rule.kind == "mentions" and rule.holds(figures)), None)
    if mention is not None:
        return Decision(mention.kind, mention.because, confidence(mention.kind, figures))
    same_subject = model.related(figures, fits)
    if same_subject >= 0.5:
        return Decision("related", "it is about the same, in its own words", round((1 - probability) * same_subject, 3))
    if figures.subject.names >= SAME_NAMES and figures.subject.main_names >= SAME_NAMES:
        return Decision("related", "it names the same people and places", round((1 - probability) * 0.5, 3))
    return Decision("unrelated", "nothing that corresponds", round((1 - probability) * (1 - same_subject), 3))


#: A cosine of the names, and a share of those said most, from which on two texts are about the same, whatever the rest
#: says. *Labels*: 232 of 245 pairs are.
SAME_NAMES = 0.5
#: Two texts that correspond to this share, and one to this share and in so many words word for word and outside
#: quotations: one was taken from the other, or both print a third, whatever the models say. *Labels*: 355 of 359 pairs, and of the
#: other four three print one dispatch.
_LEAST_CORRESPONDING, _LEAST_WORDED_SHARE, _LEAST_WORDED = 0.6, 0.4, 30
WORDED_PROBABILITY = 0.95
#: No claim about a text is surer than this, and none about one that was not read than that.
MOST_CONFIDENT = 0.99
_MOST_CONFIDENT_UNREAD = 0.8
#: By how much a credit line with the outlet's name, or a pointer to the story, lowers the doubt.
_DOUBT_LEFT = 0.6


def _with_credit(probability: float, f: Figures) -> float:
    """*probability*, which knows the two texts only, with what the page says of itself."""
    return 1 - (1 - probability) * _DOUBT_LEFT if f.points_to_story or f.credits_outlet else probability


def is_worded(f: Figures) -> bool:
    """Whether so much stands in both texts word for word that the models have nothing to add."""
    return (
        f.same_language
        and f.equal_words >= _LEAST_WORDED
        and max(f.worded_story, f.worded_page) >= _LEAST_WORDED_SHARE
        and min(f.coverage_story, f.coverage_page) >= _LEAST_CORRESPONDING
        and not f.mostly_furniture
        and f.quote_share < 0.5
    )


def _says_too_little(f: Figures) -> bool:
    """Whether the page is one short sentence, or no more corresponds than what publishers say of themselves."""
    return (f.page_words < LEAST_RUN and f.page_sentences <= 1) or _closes_only(f)


def _closes_only(f: Figures) -> bool:
    """Whether all that corresponds is one passage at the end of both texts, where publishers say who they are.

    They do not do so in quotation marks.
    """
    return f.at_both_ends and f.passages <= 1 and f.links <= 2 and f.worded_story < 0.5 and f.quote_share < 0.5


#: A page with less of the story than this is an excerpt, unless that is most of the page: an abridged copy (*labels*: those
#: that are most of their page have .14 of the story and more, all others .27).
LEAST_OF_STORY = 0.25
_LEAST_OF_STORY_ALONE = 0.1

#: A copy has this share of what corresponds word for word; a rewrite has less.
_WORDED = 0.5


def _derived_kind(f: Figures, fits: Fits | None) -> tuple[MatchKind, str]:
    """What a derived page is: the extent tells the whole from an excerpt, the wording a copy from a rewrite."""
    least = _LEAST_OF_STORY_ALONE if f.coverage_page >= 0.5 else LEAST_OF_STORY
    is_whole = model.whole(f, fits) >= 0.5 and f.coverage_story >= least
    if not f.same_language:
        if is_whole:
            return "translation", "most sentences say the same in the same order"
        return (
            "translated_excerpt",
            "neighbouring sentences say the same" if f.links > 1 else "one sentence says the same",
        )
    worded = max(f.worded_story, f.worded_page) >= _WORDED * f.coverage
    if not is_whole:
        return "excerpt", "a passage stands on the page" + (" word for word" if worded else " in other words")
    if not worded:
        return "rewrite", "sentence for sentence the same, in other words"
    if f.coverage_page >= f.coverage_story:
        return "copy", "most of the page stands in the story word for word"
    return "copy", "most of the story stands on the page word for word"


def confidence(kind: MatchKind, f: Figures) -> float:
    """How sure, from 0 to 1. Not calibrated: it only rises with the evidence.

    For the kinds that claim text: how much corresponds, how alike it is, and how long it is; a page that credits
    the outlet or points to the story is surer. For the others: how far the page is from a claim.
    """
    if f.unknown_language and kind in ("translation", "related"):
        return min(_MOST_CONFIDENT_UNREAD, 0.5 + 0.1 * len(f.taken_over)) if kind == "translation" else 0.6
    if kind in ("copy", "rewrite", "excerpt", "translation", "translated_excerpt", "quotes_only"):
        alike = f.similarity if f.same_language and f.equal_words else min(1.0, f.link_mean / 0.5)
        amount = max(min(1.0, f.equal_words / 60), min(1.0, f.links / 6))
        evidence = _with_credit(0.33 * f.coverage + 0.29 * alike + 0.33 * amount, f)
        return round(min(0.99, 0.3 + 0.69 * evidence), 3)
    if kind == "mentions":
        return 0.9 if f.points_to_story else 0.6
    if kind == "related":
        return round(min(0.9, 0.4 + f.soft + 0.3 * f.document_cosine), 3)
    return round(max(0.5, 0.99 - max(0.0, f.soft) - f.equal_words / 100), 3)
