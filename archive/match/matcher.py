"""The order of the steps: cheap looks first, then alignment, then the decision."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from archive.match import decide, fingerprint, lexical, semantic
from archive.match.credit import best_credit, find_credits
from archive.match.decide import Figures
from archive.match.encoder import ENCODER, LANGUAGES
from archive.match.pointers import Target, address, names_title, pointers
from archive.match.reading import Hashes, Reading
from archive.text import Span, detect_language, latin_share
from archive.types import COPY_KINDS, Credit, Match, PageText, Passage, Story, StoryText

#: Changes whenever a match could come out differently.
LABEL = f"afterprint-match 1 ({ENCODER})"

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
#: Below this share of Latin letters a page shares names with a story in Latin letters only by chance.
_LATIN = 0.5
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
    latin: bool


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
    return PreparedText(text, reading, fingerprint.shingles(reading), latin_share(text.text) >= _LATIN)


def match(page: PageText, story: Story) -> Match:
    """What *page* is to *story*."""
    return match_all(page, [story])[0]


def match_all(page: PageText, stories: Iterable[Story]) -> list[Match]:
    """What *page* is to each of *stories*; the page is read once."""
    reader = _PageReader(page)
    return [_matched(reader, prepare(story)) for story in stories]


# --- one page ----------------------------------------------------------------------------------------


class _PageReader:
    """A page with what is derived from it whatever the story."""

    def __init__(self, page: PageText) -> None:
        self.page = page
        self.reading = Reading(page.text, page_language(page))
        self._shingles: dict[int, Hashes] = {}
        self._all_shingles: dict[int, Hashes] = {}

    def shingles(self, size: int) -> Hashes:
        if size not in self._shingles:
            self._shingles[size] = fingerprint.shingles(self.reading, size)
        return self._shingles[size]

    def all_shingles(self, size: int) -> Hashes:
        if size not in self._all_shingles:
            self._all_shingles[size] = fingerprint.all_shingles(self.reading, size)
        return self._all_shingles[size]

    @functools.cached_property
    def latin(self) -> bool:
        return latin_share(self.page.text) >= _LATIN


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


def _matched(reader: _PageReader, prepared: PreparedStory) -> Match:
    around = _around(reader, prepared)
    comparisons = [_compared(reader, text, prepared, around) for text in prepared.texts]
    best = max(comparisons, key=_rank, default=_Comparison(_around_only(around)))
    rule = decide.decide(best.figures)
    figures = best.figures
    # Where no text is claimed, shared words are still worth showing; likeness of meaning would read as a claim.
    claimed = rule.kind in COPY_KINDS or rule.kind == "quotes_only"
    claimed = claimed or (rule.kind != "unrelated" and all(p.method == "lexical" for p in best.passages))
    return Match(
        kind=rule.kind,
        story_text_id=best.text.source.id if best.text and best.passages and claimed else None,
        coverage_story=round(figures.coverage_story, 4) if claimed else 0.0,
        coverage_page=round(figures.coverage_page, 4) if claimed else 0.0,
        similarity=round(figures.similarity, 4) if claimed else 0.0,
        confidence=decide.confidence(rule.kind, figures),
        label=LABEL,
        passages=best.passages if claimed else (),
        credit=around.credit,
        evidence=_evidence(best, around, reader),
        explanation=_explanation(rule, figures, around),
    )


_ORDER = {kind: place for place, kind in enumerate(dict.fromkeys(rule.kind for rule in decide.RULES))}
_STRENGTH = {"copy": 1, "rewrite": 1, "translation": 1, "excerpt": 2, "translated_excerpt": 3, "quotes_only": 4}


def _rank(comparison: _Comparison) -> tuple[int, float]:
    """The comparison to keep among those with the texts of one story: the strongest claim, then the most text."""
    kind = decide.decide(comparison.figures).kind
    figures = comparison.figures
    return (
        -_STRENGTH.get(kind, 5 + _ORDER[kind]),
        figures.coverage_story + figures.coverage_page + figures.similarity + 0.1 * figures.same_language,
    )


def _around(reader: _PageReader, prepared: PreparedStory) -> _Around:
    page, target = reader.page, prepared.target
    credits = find_credits(page.text, prepared.names, reader.reading.credit_candidates)
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
    base = replace(
        _around_only(around),
        same_language=same_language,
        story_words=text.reading.counted_words // (2 if text.reading.unspaced else 1),
        page_words=reader.reading.counted_words // (2 if reader.reading.unspaced else 1),
    )
    shared = fingerprint.shared(text.shingles, reader.shingles(fingerprint.size_for(text.reading)))
    comparison = _Comparison(base, text=text, steps=("shingles",))
    # Shared word sequences are looked at whatever language the page is taken for: pages declare and detectors
    # guess wrong, and a page may quote in two languages.
    by_words = None
    if shared:
        by_words = _lexical(replace(base, same_language=True), reader.reading, text)
        if decide.decide(by_words.figures).kind == "copy" and (base.same_language or _throughout(by_words.figures)):
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


def _has_nothing_of(reader: _PageReader, text: PreparedText, around: _Around, same_language: bool) -> bool:
    """Whether the page shares too little with the text for any later step, furniture included: the usual case.

    Telling furniture from text takes half the time of a comparison that comes to nothing.
    """
    if around.asked or not (reader.latin and text.latin):
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
    if asked or signals >= _SIGNALS_TO_READ or not (reader.latin and text.latin):
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
    scale = 2 if story.unspaced else 1
    dense = [
        passage.equal - int((story.quoted[passage.a_start : passage.a_end]).sum())
        for passage in found.passages
        if passage.likeness >= _DENSE
    ]
    run_words = sum(run.length for passage in found.passages for run in passage.runs)
    figures = replace(
        _covering(base, passages, story, page),
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
    agreeing, compared = semantic.figures(story, page, found)
    best = semantic.best_passage(story, page, found)
    figures = replace(
        base,
        links=len(found.links),
        link_mean=float(np.mean([link.score for link in found.links])) if found.links else 0.0,
        best_run=best.links,
        best_mean=best.mean,
        best_signals=best.signals,
        at_both_ends=best.closes(story, page, _TAIL),
        order=found.order,
        linked_story=_covered(story, [semantic.spans(story, page, link)[0] for link in found.links]),
        linked_page=_covered(page, [semantic.spans(story, page, link)[1] for link in found.links]),
        story_sentences=len(story.units),
        page_sentences=len(page.units),
        figures_agreeing=agreeing,
        figures_compared=compared,
        opening_figures_differ=semantic.opening_figures_differ(story, page, found),
        document_cosine=found.document_cosine,
        soft=max(found.soft_story, found.soft_page),
        shared_names=len(page.signals.names & story.signals.names),
        shared_figures=len(page.signals.figures & story.signals.figures),
    )
    steps = (*so_far.steps, "semantic")
    passages = tuple(semantic.as_passages(story, page, found))
    by_meaning = _Comparison(
        replace(
            _covering(figures, passages, story, page),
            quote_share=semantic.quote_share(story, page, found),
            equal_words=0,
            longest_run=0,
            longest_own_run=0,
            dense_words=0,
        ),
        passages,
        text,
        steps,
    )
    if not so_far.passages:
        return by_meaning
    by_words = replace(so_far, figures=figures, steps=steps)
    both = _joined(by_words, by_meaning, story, page)
    return max((by_words, both), key=_rank) if base.same_language else both


def _joined(by_words: _Comparison, by_meaning: _Comparison, story: Reading, page: Reading) -> _Comparison:
    """Passages by meaning, with the verbatim figures: a rewrite that kept some sentences."""
    return replace(
        by_meaning,
        figures=replace(
            by_meaning.figures,
            equal_words=by_words.figures.equal_words,
            longest_run=by_words.figures.longest_run,
            longest_own_run=by_words.figures.longest_own_run,
            dense_words=by_words.figures.dense_words,
            quote_share=max(by_words.figures.quote_share, by_meaning.figures.quote_share)
            if by_meaning.passages
            else by_words.figures.quote_share,
            similarity=by_meaning.figures.similarity if by_meaning.passages else by_words.figures.similarity,
        ),
    )


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
    }
    if "lexical" in best.steps:
        evidence |= {
            "equal_words": figures.equal_words,
            "longest_run": figures.longest_run,
            "longest_run_outside_quotes": figures.longest_own_run,
        }
    if "semantic" in best.steps:
        evidence |= {
            "language_known_to_encoder": reader.reading.language in LANGUAGES,
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


def _explanation(rule: decide.Rule, figures: Figures, around: _Around) -> str:
    said = [rule.because]
    if rule.kind in COPY_KINDS or rule.kind == "quotes_only":
        said.append(f"{figures.coverage_story:.0%} of the story, {figures.coverage_page:.0%} of the page")
        if figures.equal_words:
            said.append(f"{figures.equal_words} words in common, {figures.longest_run} in a row")
        if figures.links:
            order = "in order" if figures.order == 1 else f"{figures.order:.0%} of them in order"
            said.append(f"{figures.links} aligned sentence{'s' if figures.links > 1 else ''} {order}")
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
