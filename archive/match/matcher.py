"""The order of the steps: cheap looks first, then alignment, then the decision."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from archive.match import (
    decide,
    encoder,
    fallback,
    fingerprint,
    lexical,
    republished,
    romanised,
    semantic,
    subject,
    third_party,
)
from archive.match.credit import best_credit, find_credits
from archive.match.decide import Figures
from archive.match.encoder import ENCODER
from archive.match.model import fitted
from archive.match.passages import as_passages, best_passage, opening_figures_differ, own_words, quote_share, runs
from archive.match.pointers import Target, address, names_title, pointers
from archive.match.reading import MOST_CHARACTERS, MOST_UNITS, Hashes, Reading, figures_in
from archive.match.republished import Beside
from archive.match.rivals import rivalry
from archive.text import Span, detect_language
from archive.types import COPY_KINDS, Credit, Match, PageText, Passage, Story, StoryText

#: Changes whenever a match could come out differently.
LABEL = f"afterprint-match 4 ({ENCODER}; fitted {fitted()})"

#: Languages that a detector confuses: there, what the page declares counts.
_ALIKE = (
    frozenset(("da", "nb", "nn", "no", "sv")),
    frozenset(("bs", "hr", "sr", "sh")),
    frozenset(("cs", "sk")),
    frozenset(("id", "ms")),
    frozenset(("nl", "af")),
    frozenset(("es", "gl", "ca")),
    frozenset(("pt", "gl")),
    frozenset(("ru", "uk", "be", "bg", "mk")),
)
#: Below this many characters the declared language is a better guess than the detected one.
_LEAST_DETECTED = 200

#: Shared names and figures (`Signals.shared_with`) from which on an other-language page is read whole. On labelled pairs
#: in Latin scripts it keeps 99 % of translations, 96 % of abridged ones, 70 % of excerpts of one to three sentences, and
#: 10 % of random pages of the same weeks.
_SIGNALS_TO_READ = 1.5
#: From which on a few of its sentences are tried first (100 %, 99 %, 85 %; 23 % of random pages; with days, months and
#: full weight for two-digit figures it was 37 %, for no more translations).
_SIGNALS_TO_TRY = 1.0
#: Sentences tried, spread over the page: 20 ms instead of 70.
_TRIED = 8
#: A story with fewer names and figures cannot be asked for by them.
_LEAST_SIGNALS = 4
#: Names and figures from which on a same-language page with some shared wording may be a rewrite ...
_SIGNALS_SAME_LANGUAGE = 3
#: ... and without any. Of labelled paraphrases by people 95 % share three names or figures, and all share a shingle;
#: of those by machines 95 % and 97 %.
_SIGNALS_WITHOUT_WORDING = 4
#: From which on a few sentences of a same-language page are tried first: 9 % of random pages, and a report of the same
#: event that names no more than the place and the people.
_SIGNALS_TO_TRY_SAME_LANGUAGE = 3

#: A passage this dense counts as nearly verbatim (`Figures.dense_words`).
_DENSE = 0.7
#: A passage that reaches into the last part of both texts closes both: "about us", agency footers.
_TAIL = 0.85
#: A longer passage is text, wherever it stands.
_TAIL_WORDS = 60


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A story text with everything that does not depend on the page."""

    source: StoryText
    reading: Reading
    shingles: Hashes


@dataclass(frozen=True, slots=True)
class PreparedStory:
    """A story ready to be compared; keep it as long as the story is tracked."""

    story: Story
    texts: tuple[PreparedText, ...]
    target: Target
    names: tuple[str, ...]


@functools.lru_cache(maxsize=256)
def prepare(story: Story) -> PreparedStory:
    """*story* with its fingerprints; vectors follow when first needed. Cached by value."""
    return PreparedStory(
        story,
        tuple(_prepared(text) for text in story.texts),
        Target.of(story),
        tuple(name for name in (story.outlet, *story.aliases) if name),
    )


def _prepared(text: StoryText) -> PreparedText:
    reading = Reading(text.text, _primary(text.language))
    return PreparedText(text, reading, fingerprint.shingles(reading))


def match(page: PageText, story: Story, *, thorough: bool = False) -> Match:
    """What *page* is to *story*; see `match_all`."""
    return match_all(page, [story], thorough=thorough)[0]


def match_all(
    page: PageText,
    stories: Iterable[Story],
    *,
    thorough: bool = False,
    reading: Reading | None = None,
    beside: Callable[[], Beside] = Beside,
) -> list[Match]:
    """What *page* is to each of *stories*; the page is read once.

    The sentences of most pages of a crawl are never compared by meaning, which takes 70 ms a page: too few names,
    figures and words are shared. *thorough* compares them all the same, for pairs that somebody asked about and
    candidates that were looked up. *reading* is what somebody has read of the page already. *beside* gives what is known
    of the page besides its text, which takes 10 ms: it is asked once, and only if the page has to do with a story.
    """
    reader = _PageReader(page, thorough, reading, beside)
    stories = list(stories)
    compared = _beside_rivals(reader, [_best_comparison(reader, prepare(story)) for story in stories])
    found = [_matched(reader, around, best) for around, best in compared]
    found = [third_party.added(match, page, story) for match, story in zip(found, stories, strict=True)]
    return [
        republished.added(match, page, story, lambda: reader.beside)
        for match, story in zip(found, stories, strict=True)
    ]


def measure(page: PageText, story: Story, others: Iterable[Story] = ()) -> Figures:
    """The figures of *page* beside *story* and its rivals *others*, its sentences compared whatever its words say.

    What the models of a decision are fitted on.
    """
    reader = _PageReader(page)
    prepared = [prepare(one) for one in (story, *others)]
    first = prepared[0]
    compared = _in_depth(reader, first.texts[0], _around(reader, first))
    offered = [text.reading for one in prepared[1:] for text in one.texts]
    return _with_rivals(reader, compared, offered).figures


# --- one page ----------------------------------------------------------------------------------------


class _PageReader:
    """A page with what is derived from it whatever the story."""

    def __init__(
        self,
        page: PageText,
        thorough: bool = False,
        reading: Reading | None = None,
        beside: Callable[[], Beside] = Beside,
    ) -> None:
        self.page = page
        self.thorough = thorough
        self._beside = beside
        self.reading = reading or Reading(page.text, None, page.repeated)
        self.reading.language = self.reading.language or page_language(page)
        self._shingles: dict[int, Hashes] = {}
        self._all_shingles: dict[int, Hashes] = {}

    @functools.cached_property
    def beside(self) -> Beside:
        return self._beside()

    def shingles(self, size: int) -> Hashes:
        if size not in self._shingles:
            self._shingles[size] = fingerprint.shingles(self.reading, size)
        return self._shingles[size]

    def all_shingles(self, size: int) -> Hashes:
        if size not in self._all_shingles:
            self._all_shingles[size] = fingerprint.all_shingles(self.reading, size)
        return self._all_shingles[size]


def page_language(page: PageText) -> str | None:
    """The language of the page's text: as detected, unless it is short or the two are easily confused."""
    declared = _primary(page.language) if page.language else None
    if declared and len(page.text) < _LEAST_DETECTED:
        return declared
    detected = detect_language(page.text)
    if detected is None or (declared and any(declared in group and detected in group for group in _ALIKE)):
        return declared
    return detected


def _primary(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]


# --- one page against one story --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A page against one text of the story."""

    figures: Figures
    passages: tuple[Passage, ...] = ()
    text: PreparedText | None = None
    #: which steps were taken: "shingles", "lexical", "semantic"; "gate" if the page was not read by meaning
    steps: tuple[str, ...] = ()
    #: the alignment of sentences, if there is one
    found: semantic.Semantic = semantic.NOTHING
    #: the share of words that one has of the other in other letters; 0 where they were not compared so
    transliterated: float = 0.0


@dataclass(frozen=True, slots=True)
class _Around:
    """What the page says about the story outside its wording."""

    credits: tuple[Credit, ...]
    credit: Credit | None
    pointers: dict[str, str | list[str]]
    own_url: bool
    short_id_in_url: bool
    names_title: bool

    @property
    def points(self) -> bool:
        return bool(self.pointers) or self.short_id_in_url

    @property
    def asked(self) -> bool:
        """Whether the page itself says that it has to do with the story."""
        return self.points or self.own_url or bool(self.credit and self.credit.name)


def _best_comparison(reader: _PageReader, prepared: PreparedStory) -> tuple[_Around, _Comparison]:
    around = _around(reader, prepared)
    comparisons = [_compared(reader, text, prepared, around) for text in prepared.texts]
    return around, max(comparisons, key=_rank, default=_Comparison(_around_only(around)))


def _beside_rivals(
    reader: _PageReader, compared: list[tuple[_Around, _Comparison]]
) -> list[tuple[_Around, _Comparison]]:
    """Comparisons by meaning, each beside the other stories' texts in the same language."""
    beside = []
    for around, best in compared:
        if best.text is not None and best.figures.by_meaning:
            language = best.text.reading.language
            texts = (other.text for _, other in compared if other.text is not None and other.text is not best.text)
            others = [text.reading for text in texts if text.reading.language == language]
            best = _with_rivals(reader, best, others[:_MOST_RIVALS])
        beside.append((around, best))
    return beside


#: Rivals looked at, in the order in which the stories were given: candidates come best first.
_MOST_RIVALS = 8


def _with_rivals(reader: _PageReader, compared: _Comparison, others: Sequence[Reading]) -> _Comparison:
    if not others or compared.text is None:
        return compared
    found = rivalry(compared.text.reading, reader.reading, compared.found.links, others)
    return replace(compared, figures=replace(compared.figures, beside=found))


def _matched(reader: _PageReader, around: _Around, best: _Comparison) -> Match:
    decision = decide.decide(best.figures)
    figures = best.figures
    # Where no text is claimed, shared words are still worth showing; likeness of meaning would read as a claim.
    claimed = decision.kind in COPY_KINDS or decision.kind == "quotes_only"
    claimed = claimed or (decision.kind != "unrelated" and all(p.method == "lexical" for p in best.passages))
    return Match(
        kind=decision.kind,
        story_text_id=best.text.source.id if best.text and best.passages and claimed else None,
        coverage_story=round(figures.coverage_story, 4) if claimed else 0.0,
        coverage_page=round(figures.coverage_page, 4) if claimed else 0.0,
        similarity=round(figures.similarity, 4) if claimed else 0.0,
        confidence=decision.confidence,
        label=LABEL,
        passages=best.passages if claimed else (),
        credit=around.credit,
        evidence=_evidence(best, around, reader),
        explanation="; ".join((_explanation(decision, best, around), *_left_unread(best, reader.reading))),
    )


_ORDER = {"mentions": 0, "related": 1, "unrelated": 2}
_STRENGTH = {"copy": 1, "rewrite": 1, "translation": 1, "excerpt": 2, "translated_excerpt": 3, "quotes_only": 4}


def _rank(comparison: _Comparison) -> tuple[int, float]:
    """The comparison to keep among those with the texts of one story: the strongest claim, then the most text."""
    kind = decide.decide(comparison.figures).kind
    figures = comparison.figures
    return (
        -_STRENGTH.get(kind, 5 + _ORDER.get(kind, 0)),
        figures.coverage_story + figures.coverage_page + figures.similarity + 0.1 * figures.same_language,
    )


def _around(reader: _PageReader, prepared: PreparedStory) -> _Around:
    page, target = reader.page, prepared.target
    credits = find_credits(reader.reading.text, prepared.names, reader.reading.credit_candidates)
    own = address(page.url) in target.addresses
    return _Around(
        credits,
        best_credit(credits),
        pointers(page, target),
        own_url=own,
        short_id_in_url=not own and target.is_met_by(page.url),
        names_title=names_title(reader.reading, page.title, target),
    )


def _around_only(around: _Around) -> Figures:
    return Figures(
        same_language=False,
        coverage_story=0.0,
        coverage_page=0.0,
        similarity=0.0,
        names_title=around.names_title,
        points_to_story=around.points or around.own_url,
        credits_outlet=bool(around.credit and around.credit.name),
    )


def _compared(reader: _PageReader, text: PreparedText, prepared: PreparedStory, around: _Around) -> _Comparison:
    same_language = reader.reading.language == text.reading.language
    if _has_nothing_of(reader, text, around, same_language):
        base = replace(_around_only(around), same_language=same_language)
        return _Comparison(base, text=text, steps=("shingles", "gate"))
    base = _base(reader, text, around, same_language)
    if not (_is_known(reader.reading.language) and _is_known(text.reading.language)):
        base = _beyond_words(replace(base, unknown_language=True), reader, text, prepared, around)
    shared_letters = romanised.shared_share(text.reading, reader.reading)
    if shared_letters >= romanised.LEAST_SHARED:
        in_latin = replace(text, reading=romanised.in_latin(text.reading))
        written = _lexical(replace(base, same_language=True), romanised.in_latin(reader.reading), in_latin)
        if decide.decide(written.figures).kind in COPY_KINDS:
            return replace(written, text=text, steps=("transliterated", *written.steps), transliterated=shared_letters)
    shared = fingerprint.shared(text.shingles, reader.shingles(fingerprint.size_for(text.reading)))
    comparison = _Comparison(base, text=text, steps=("shingles",))
    # Shared word sequences are looked at whatever language the page is taken for: pages declare and detectors
    # guess wrong, and a page may quote in two languages.
    by_words = None
    if shared:
        by_words = _lexical(replace(base, same_language=True), reader.reading, text)
        if decide.decide(by_words.figures).kind == "copy" and _throughout(by_words.figures) and not base.same_language:
            return by_words
        if base.same_language:
            comparison = by_words
    if _worth_reading(reader, text, prepared, around, comparison, shared):
        comparison = _semantic(comparison, reader.reading, text)
    else:
        comparison = replace(comparison, steps=(*comparison.steps, "gate"))
    if by_words is None or base.same_language:
        return comparison
    return max((comparison, by_words), key=_rank)


def _beyond_words(
    base: Figures, reader: _PageReader, text: PreparedText, prepared: PreparedStory, around: _Around
) -> Figures:
    """*base* with what tells of a translation where sentences cannot be compared."""
    ours, theirs = text.reading.signals, reader.reading.signals
    base = replace(
        base,
        shared_names=len(ours.names & theirs.names),
        shared_figures=len(ours.figures & theirs.figures),
    )
    if base.same_language:
        return base
    found = fallback.survivors(text.reading, reader.reading)
    taken_over: tuple[str, ...] = ()
    if found.same_names or found.same_figures:
        signs = republished.signals(reader.page, prepared.story, head=reader.beside.head, lead=reader.beside.lead)
        taken_over = republished.taken_over(signs, prepared.story)
        if around.short_id_in_url:
            taken_over = tuple(sorted({*taken_over, "address"}))
    return replace(base, survivors=found, taken_over=taken_over)


def _base(reader: _PageReader, text: PreparedText, around: _Around, same_language: bool) -> Figures:
    """What is known of a comparison before it is made."""
    return replace(
        _around_only(around),
        same_language=same_language,
        story_words=text.reading.counted_words // text.reading.tokens_a_word,
        page_words=reader.reading.counted_words // reader.reading.tokens_a_word,
    )


#: Languages so near to one that the encoder knows that the detector takes the one for the other.
_NEAR = {"af": "nl", "gl": "pt", "ca": "es"}


def _is_known(language: str | None) -> bool:
    """Whether the encoder knows *language*; an undetected one is given the benefit of the doubt."""
    return language is None or language in encoder.LANGUAGES or _NEAR.get(language) in encoder.LANGUAGES


def _in_depth(reader: _PageReader, text: PreparedText, around: _Around) -> _Comparison:
    """Every step of `_compared`, none skipped."""
    same_language = reader.reading.language == text.reading.language
    base = _base(reader, text, around, same_language)
    so_far = _lexical(base, reader.reading, text) if same_language else _Comparison(base, text=text)
    return _semantic(so_far, reader.reading, text)


def _has_nothing_of(reader: _PageReader, text: PreparedText, around: _Around, same_language: bool) -> bool:
    """Whether the page shares too little with the text for any later step, furniture included: the usual case.

    Telling furniture from text takes half the time of a comparison that comes to nothing.
    """
    if reader.thorough or around.asked or not (reader.reading.latin and text.reading.latin):
        return False
    story = text.reading.signals
    if not same_language and len(story.names) + len(story.figures) < _LEAST_SIGNALS:
        return False
    if fingerprint.shared(text.shingles, reader.all_shingles(fingerprint.size_for(text.reading))):
        return False
    needed = _SIGNALS_TO_TRY_SAME_LANGUAGE if same_language else _SIGNALS_TO_TRY
    return reader.reading.all_signals.shared_with(story) < needed


def _throughout(figures: Figures) -> bool:
    """Whether two texts share so much wording that they must be in one language."""
    return min(figures.coverage_story, figures.coverage_page) >= 0.7


def _worth_reading(
    reader: _PageReader, text: PreparedText, prepared: PreparedStory, around: _Around, so_far: _Comparison, shared: int
) -> bool:
    """Whether the page's sentence vectors may tell more than its words did: the expensive step."""
    reading, story = reader.reading, text.reading
    if so_far.figures.unknown_language:
        return False
    if reader.thorough:
        return True
    asked = around.asked
    signals = reading.signals.shared_with(story.signals)
    if so_far.figures.same_language:
        needed = _SIGNALS_SAME_LANGUAGE if shared else _SIGNALS_WITHOUT_WORDING
        if asked or so_far.passages or signals >= needed:
            return True
        return signals >= _SIGNALS_TO_TRY_SAME_LANGUAGE and semantic.try_some(story, reading, _TRIED, subject=True)
    wanted = {_primary(language) for language in prepared.story.languages}
    wanted |= {other.reading.language for other in prepared.texts if other.reading.language} if wanted else set()
    if wanted and reading.language and reading.language not in wanted:
        return False
    if asked or signals >= _SIGNALS_TO_READ or not (reader.reading.latin and text.reading.latin):
        return True
    few = len(story.signals.names) + len(story.signals.figures) < _LEAST_SIGNALS
    return (few or signals >= _SIGNALS_TO_TRY) and semantic.try_some(story, reading, _TRIED)


# --- alignment into figures ----------------------------------------------------------------------------------


def _lexical(base: Figures, page: Reading, text: PreparedText) -> _Comparison:
    story = text.reading
    found = lexical.align(story, page)
    if not found.passages or all(_closes_both(story, page, passage) for passage in found.passages):
        return _Comparison(base, text=text, steps=("shingles", "lexical"))
    passages = tuple(lexical.as_passages(story, page, found))
    scale = story.tokens_a_word
    dense = [
        passage.equal - int((story.quoted[passage.a_start : passage.a_end]).sum())
        for passage in found.passages
        if passage.likeness >= _DENSE
    ]
    run_words = sum(run.length for passage in found.passages for run in passage.runs)
    covering = _covering(base, passages, story, page)
    figures = replace(
        covering,
        worded_story=covering.coverage_story,
        worded_page=covering.coverage_page,
        worded_likeness=covering.similarity,
        equal_words=found.equal // scale,
        longest_run=found.longest_run // scale,
        longest_own_run=found.longest_own_run // scale,
        quote_share=found.equal_quoted / run_words if run_words else 0.0,
        dense_words=max(dense, default=0) // scale,
    )
    return _Comparison(figures, passages, text, ("shingles", "lexical"))


def _closes_both(story: Reading, page: Reading, passage: lexical.WordPassage) -> bool:
    """Whether a short passage lies at the very end of both texts, where sites repeat themselves on every page."""
    return (
        passage.equal < _TAIL_WORDS
        and _is_late(story, passage.a_start, passage.a_end)
        and _is_late(page, passage.b_start, passage.b_end)
    )


def _is_late(reading: Reading, start: int, end: int) -> bool:
    """Whether words lie in the last part of a text, or nothing but furniture follows them."""
    follows = reading.counted[end:].sum()
    return start >= _TAIL * len(reading.words) or (follows == 0 and start >= _TAIL * reading.counted_words)


def _semantic(so_far: _Comparison, page: Reading, text: PreparedText) -> _Comparison:
    story = text.reading
    found = semantic.align(story, page)
    base = so_far.figures
    best = best_passage(story, page, found)
    grouped = runs(story, page, found.links)
    scores = (*sorted((link.score for link in found.links), reverse=True)[:3], 0.0, 0.0, 0.0)
    linked = [semantic.spans(story, page, link) for link in found.links]
    names = frozenset[str]().union(*(story.names_in(span) for span, _ in linked))
    figured = set[str]().union(*(figures_in(span.of(story.text)) for span, _ in linked))
    ours, theirs = story.signals, page.signals
    by_meaning = tuple(as_passages(story, page, grouped))
    shown = _beside_each_other(by_meaning, so_far.passages, story, page)
    figures = replace(
        _covering(base, shown, story, page) if shown else base,
        by_meaning=True,
        links=len(found.links),
        link_mean=float(np.mean([link.score for link in found.links])) if found.links else 0.0,
        top_scores=(scores[0], scores[1], scores[2]),
        passages=len(grouped),
        longest_passage=max(map(len, grouped), default=0),
        best_run=best.links,
        best_mean=best.mean,
        best_signals=best.signals,
        at_both_ends=best.closes(story, page, _TAIL),
        order=found.order,
        linked_story=_covered(story, [span for span, _ in linked]),
        linked_page=_covered(page, [span for _, span in linked]),
        reach=_reach(story, found.links),
        story_sentences=len(story.units),
        page_sentences=len(page.units),
        figures_agreeing=len(figured & page.all_signals.figures),
        figures_compared=len(figured),
        names_agreeing=len(names & {name for name, _ in page.names}),
        names_compared=len(names),
        latin=story.latin and page.latin,
        mostly_furniture=story.mostly_furniture or page.mostly_furniture,
        figures_shared_share=_share_of_fewer(ours.figures, theirs.figures),
        names_shared_share=_share_of_fewer(ours.names, theirs.names),
        opening_figures_differ=opening_figures_differ(story, page, found),
        subject=subject.compared(story, page),
        soft_story=found.soft_story,
        soft_page=found.soft_page,
        shared_names=len(theirs.names & ours.names),
        shared_figures=len(theirs.figures & ours.figures),
        quote_share=max(base.quote_share, quote_share(story, page, found)),
        own_words=own_words(story, page, found),
    )
    if base.worded_likeness and figures.coverage and max(base.worded_story, base.worded_page) >= 0.5 * figures.coverage:
        figures = replace(figures, similarity=base.worded_likeness)
    return _Comparison(figures, shown, text, (*so_far.steps, "semantic"), found)


def _reach(story: Reading, links: Sequence[semantic.Link]) -> float:
    if not links:
        return 0.0
    return (max(link.a_end for link in links) - min(link.a_start for link in links)) / len(story.units)


def _share_of_fewer(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


#: A word-for-word passage that sentences already account for to this share is not shown again.
_ACCOUNTED = 0.5


def _beside_each_other(
    by_meaning: tuple[Passage, ...], by_words: tuple[Passage, ...], story: Reading, page: Reading
) -> tuple[Passage, ...]:
    """Passages of sentences, and the word-for-word ones that lie outside them: excerpts inside a sentence."""
    named = [_named_by_words(passage, story, page) if by_words else passage for passage in by_meaning]
    for passage in by_words:
        length = passage.page_end - passage.page_start
        inside = sum(
            max(0, min(passage.page_end, other.page_end) - max(passage.page_start, other.page_start))
            for other in by_meaning
        )
        if inside < _ACCOUNTED * length:
            named.append(passage)
    return tuple(sorted(named, key=lambda passage: (passage.page_start, passage.story_start)))


def _named_by_words(passage: Passage, story: Reading, page: Reading) -> Passage:
    """*passage* with its share of equal words for its likeness, if it is mostly word for word."""
    ours = story.words.inside(Span(passage.story_start, passage.story_end))
    theirs = page.words.inside(Span(passage.page_start, passage.page_end))
    equal = lexical.equal_words(story, page, ours, theirs)
    likeness = equal / max(1, len(ours), len(theirs))
    if likeness < lexical.LEAST_LIKENESS:
        return passage
    return replace(passage, likeness=round(likeness, 4), method="lexical")


def _covering(figures: Figures, passages: Sequence[Passage], story: Reading, page: Reading) -> Figures:
    """*figures* with the shares that *passages* cover of what is not furniture, and their likeness by length."""
    story_spans = [Span(p.story_start, p.story_end) for p in passages]
    page_spans = [Span(p.page_start, p.page_end) for p in passages]
    weight = [p.page_end - p.page_start for p in passages]
    likeness = sum(p.likeness * w for p, w in zip(passages, weight, strict=True)) / max(1, sum(weight))
    return replace(
        figures,
        coverage_story=_covered(story, story_spans),
        coverage_page=_covered(page, page_spans),
        similarity=likeness,
    )


def _covered(reading: Reading, spans: Sequence[Span]) -> float:
    """The share of the characters of all counted sentences that lie in *spans*."""
    covered = 0
    for sentence, flag in zip(reading.sentences, reading.furniture, strict=True):
        if flag:
            continue
        pieces = sorted((max(s.start, sentence.start), min(s.end, sentence.end)) for s in spans)
        end = sentence.start
        for start, stop in pieces:
            if stop > max(start, end):
                covered += stop - max(start, end)
                end = stop
    return min(1.0, covered / reading.counted_characters) if reading.counted_characters else 0.0


# --- words and figures for people -----------------------------------------------------------------------------


def _evidence(best: _Comparison, around: _Around, reader: _PageReader) -> dict[str, object]:
    figures = best.figures
    evidence: dict[str, object] = {
        "page_language": reader.reading.language,
        "story_language": best.text.reading.language if best.text else None,
        "steps": list(best.steps),
        "own_url": around.own_url,
        "language_known_to_encoder": not figures.unknown_language,
    }
    if "lexical" in best.steps:
        evidence |= {
            "equal_words": figures.equal_words,
            "longest_run": figures.longest_run,
            "longest_run_outside_quotes": figures.longest_own_run,
        }
    if "semantic" in best.steps:
        evidence |= {
            "rivals": figures.beside.rivals,
            "nearer_to_rivals": round(figures.beside.beaten, 3),
            "aligned_sentences": figures.links,
            "story_sentences": figures.story_sentences,
            "page_sentences": figures.page_sentences,
            "aligned_in_a_row": figures.best_run,
            "sentence_score": round(figures.link_mean, 3),
            "order_share": round(figures.order, 3),
            "figures_agreeing": figures.figures_agreeing,
            "figures_compared": figures.figures_compared,
            "document_cosine": round(figures.document_cosine, 3),
            "soft_score": round(figures.soft, 3),
            "shared_names": figures.shared_names,
            "shared_figures": figures.shared_figures,
        }
    if best.transliterated:
        evidence["words_shared_in_other_letters"] = round(best.transliterated, 3)
    if figures.survivors != fallback.NO_SURVIVORS:
        found = figures.survivors
        evidence["fallback"] = {
            "names": found.names,
            "names_of": found.names_of,
            "figures": found.figures,
            "figures_of": found.figures_of,
            "figures_in_order": round(found.order, 3),
            "quotations": found.quotations,
            "quotations_of": found.quotations_of,
            "taken_over": list(figures.taken_over),
        }
    if best.passages:
        evidence["quote_share"] = round(figures.quote_share, 3)
    if around.pointers:
        evidence["points_to_story"] = around.pointers
    if around.short_id_in_url:
        evidence["short_id_in_url"] = True
    if around.names_title:
        evidence["names_title"] = True
    if len(around.credits) > 1:
        evidence["credits"] = [credit.text for credit in around.credits]
    return evidence


def _left_unread(best: _Comparison, page: Reading) -> list[str]:
    """What of the page had no part in the verdict because it is too long."""
    said = []
    if page.cut:
        said.append(f"only the first {MOST_CHARACTERS:,} characters of the page were read")
    if "semantic" in best.steps and len(page.units) == MOST_UNITS:
        said.append(f"the meaning of its first {MOST_UNITS:,} sentences only was compared")
    return said


def _explanation(rule: decide.Decision, best: _Comparison, around: _Around) -> str:
    figures = best.figures
    said = [rule.because]
    if best.transliterated:
        said.append(
            f"it looks transliterated: {best.transliterated:.0%} of the words stand in the other text in other letters, "
            "and both were compared in Latin ones"
        )
    elif figures.unknown_language:
        said.append("the encoder does not know one of the two languages: sentences were not compared by meaning")
        said += figures.survivors.told
    if rule.kind in COPY_KINDS or rule.kind == "quotes_only":
        if figures.coverage:
            said.append(f"{figures.coverage_story:.0%} of the story, {figures.coverage_page:.0%} of the page")
        if figures.equal_words:
            said.append(f"{figures.equal_words} words in common, {figures.longest_run} in a row")
        if figures.links:
            order = "in order" if figures.order == 1 else f"{figures.order:.0%} of them in order"
            said.append(f"{figures.links} aligned sentence{'s' if figures.links > 1 else ''} {order}")
        if figures.beside.beaten:
            said.append(f"{figures.beside.beaten:.0%} of these sentences stand nearer to another story")
        if figures.figures_compared:
            agreeing, compared = figures.figures_agreeing, figures.figures_compared
            said.append("figures agree" if agreeing == compared else f"{agreeing} of {compared} figures agree")
        if figures.quote_share >= 0.2:
            said.append(f"{figures.quote_share:.0%} of it in quotation marks")
    if around.credit:
        whom = "" if around.credit.name else ", which does not name the outlet"
        said.append(f"credit line “{around.credit.text}”{whom}")
    if around.pointers:
        said.append("points to the story by " + ", ".join(sorted(around.pointers)))
    if around.short_id_in_url:
        said.append("its address carries the story's id")
    if around.own_url:
        said.append("it is the story's own page")
    return "; ".join(said)
