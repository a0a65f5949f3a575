"""Which leads are worth a fetch first: how likely each leads to a copy, from what its source said of it. Pure.

::

    lead ──► title (or the words of its address) ── same language ──► shared words, the rare ones heavier ──┐
                                                 └─ other language ─► shared names, figures, news words ────┼─► score
                                                                      sentence vectors, if they are at hand ┤   and
             names that the story's text repeats; date against the story's; phrase hit or address in its ────┤  reason
             note; how its source came to it ────────────────────────────────────────────────────────────────┘

A score ranks and never deletes: what is not fetched within the budget stays listed with its reason. It is no probability.
From a title alone a copy and another outlet's own report of the same event look the same; the match decides, later.

The weights were set by hand on six families of `benchmarks.tracked`, 21 titles in 13 languages; changed one at a time by a
quarter to a half, the average precision stayed between .87 and .98. On titles of another kind, never looked at before (80 pairs
of release notes and their translations, in eleven languages, among 2,000 headlines), the mean reciprocal rank was .96, and .59
without the encoder.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

from archive.text import detect_language, unspaced_share, words
from archive.types import Lead, Source, Story
from archive.urls import url_key
from crawler.discovery.questions_marks import marks
from crawler.discovery.questions_names import bare, own_names


class Likeness(Protocol):
    """How alike titles are in meaning."""

    @property
    def languages(self) -> frozenset[str]:
        """BCP 47 primary subtags of the languages in which it can tell."""

    def compare(self, ours: Sequence[str], theirs: Sequence[str]) -> Sequence[Sequence[float]]:
        """For each of *ours* a row with a number for each of *theirs*: 0 for any two headlines, about 0.5 for the same one."""


@dataclass(frozen=True, slots=True)
class Title:
    """What the story is called, there or in a copy that is known."""

    text: str
    #: BCP 47 primary subtag; None if it is not known
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A lead with what it promises."""

    lead: Lead
    #: 0 to 1
    score: float
    #: in words, the weightiest first
    reason: str


#: Points of evidence. The score is 1 / (1 + exp(-sum)); 0 points are a coin's toss.
_PRIOR = -3.0
_ADDRESS = 6.0
_SHORT_ID = 5.0
_PHRASE = 4.5
_CREDIT = 2.0
#: Google's own link in place of the publisher's: what it leads to is no article, so it comes last.
_HIDDEN = -6.0
#: A search engine that was asked for words of the story named the page, but engines drop quotation marks when they find nothing.
_ASKED = 0.8
_TITLE = 7.0
#: A lead without a title may be anything, and so comes before those whose title says that they are something else,
#: if its date fits.
_UNTITLED = 2.0
#: The title has a name that the story's text repeats, rare among the leads, and a second one.
_NAMED = (2.5, 1.5)
#: Of a lead that says when it was published ...
_IN_TIME = 0.6
_SAID_IN_TIME = "dated in the weeks after the story"
#: ... of one that says it was before the story by more than the clocks of two continents explain ...
_TOO_EARLY = -3.0
#: ... and of one that came late. Copies have appeared years later, so never more than this.
_LATE = -1.5

#: Days before the story's date that time zones and wrong clocks explain.
_DAYS_BEFORE = 2.0
#: Days after it that count as its time: features are translated weeks later, and many dates are known to the month only.
_DAYS_AFTER = 31.0

#: Two titles in one language share this much of their weight if one is the other (see `_shared_words`).
_SAME = 0.85
#: What a shared mark of each kind weighs across languages, before its rarity among the leads.
_MARK_WEIGHT = {"name": 1.0, "word": 0.7, "figure": 1.0, "sound": 0.6}
#: What is named by one title only counts this much against what is shared ...
_ONLY_IN_ONE = 0.3
#: ... and one thing that two headlines have in common is chance, most of all a word.
_CHANCE = 4.0
_ONE_MARK = {"name": 0.6, "word": 0.3, "figure": 0.5, "sound": 0.3}
#: Meaning below this is that of two headlines of the news.
_LEAST_MEANING = 0.10
_MEANING_OF_A_TRANSLATION = 0.55
#: What meaning counts beside words and names: a title that has both is surer than one that has the better of them alone.
_SHARE_OF_MEANING = 0.5
#: A shorter title says less.
_WORDS_OF_A_TITLE = 5
#: Two titles that name different countries and people are likely about different things.
_OTHER_NAMES = 0.6
#: Titles that are encoded: 2,000 take some 7 s on one core.
_MOST_ENCODED = 3_000
_STEM = 6

_SOURCE_POINTS: Mapping[Source, float] = {
    "given": 3.0, "import": 1.5, "canonical": 3.0, "hreflang": 3.0, "original_source": 3.0, "syndication_source": 3.0,
    "amp": 2.0, "gdelt_ngrams": 0.5, "link": 0.3, "wayback": 0.3, "searxng": 0.2, "google_news": 0.2, "media_cloud": 0.2,
}  # fmt: skip
"""What it says that a source named the page at all: a signal of a known copy much, a feed of everything nothing."""

_SOURCE_WORDS: Mapping[Source, str] = {
    "given": "named by the user", "import": "imported", "canonical": "a copy calls it its canonical address",
    "hreflang": "a copy calls it its translation", "original_source": "a copy calls it its original",
    "syndication_source": "a copy calls it its source", "amp": "the AMP form of a known page",
}  # fmt: skip


def triage(
    story: Story,
    leads: Iterable[Lead],
    *,
    among: Iterable[Lead] = (),
    titles: Sequence[Title] = (),
    published: datetime | None = None,
    likeness: Likeness | None = None,
) -> list[Ranked]:
    """*leads*, the most promising first; each of them is in the answer.

    *among* are other leads, not ranked: what is frequent among all of them tells nothing.
    *titles* are what the story is called besides `story.title`: in known copies, in its translations.
    *published* is when the story itself appeared; without it dates say nothing.
    *likeness* compares titles by meaning: `encoder_likeness()`, or None to do without.
    """
    known = [Title(story.title, language_of_title(story)), *titles]
    known = list({title.text: title for title in known if title.text.strip()}.values())
    every = list(leads)
    if not every:
        return []
    names = [tuple(bare(name).split()) for text in story.texts for name in own_names(text.text, text.language)]
    pool = _Pool([*(title_of(lead) for lead in (*among, *every)), *(title.text for title in known)], names)
    plain = [_evidence(story, lead, known, pool, published) for lead in every]
    if likeness is not None:
        plain = _with_meaning(every, plain, known, likeness)
    ranked = [
        Ranked(lead, round(_score(evidence), 4), _words(evidence)) for lead, evidence in zip(every, plain, strict=True)
    ]
    order = sorted(range(len(ranked)), key=lambda place: (-ranked[place].score, every[place].rank or 0, place))
    return [ranked[place] for place in order]


def language_of_title(story: Story) -> str | None:
    """The language of `story.title`: that of the original, as far as the watch says it."""
    for role in ("original", "translation"):
        said = [(text.role, text.language) for text in story.texts]
        said += [(url.role, url.language) for url in story.text_urls]
        for what, language in said:
            if what == role and language != "und":
                return language
    return detect_language(story.title)


# --- what a lead is called -----------------------------------------------------------------------------

#: Beginnings and endings of addresses that name no article.
_SLUG_NOISE = re.compile(r"\.(?:x?html?|php|aspx?|jsp)$|[_,-](?:aid|nid|id|art|c\d)?[-,_]?\d{4,}.*$", re.IGNORECASE)


def title_of(lead: Lead) -> str:
    """The lead's title, or what its address says instead: "/2023/01/medvedev-warns-of-war.html" does."""
    title = (lead.title or "").strip()
    return title or _slug(lead.url)


@functools.lru_cache(maxsize=65536)
def _slug(url: str) -> str:
    """The part of the path with the most words, if they are at least three."""
    best: list[str] = []
    path = re.split("[?#]", url.partition("://")[2].partition("/")[2])[0]
    for part in unquote(path).split("/"):
        found = [word for word in re.split(r"[-_+ ]+", _SLUG_NOISE.sub("", part)) if word and not word.isdigit()]
        if len(found) > len(best):
            best = found
    # Slugs have no capitals, and names are told by them.
    return " ".join(word.capitalize() for word in best) if len(best) >= 3 else ""


# --- evidence -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Evidence:
    #: how like the title is to one of the story's, 0 to 1; None without a title
    title: float | None
    why_title: str
    #: (points, words)
    others: tuple[tuple[float, str], ...]

    @property
    def in_time(self) -> bool:
        return (_IN_TIME, _SAID_IN_TIME) in self.others


def _score(evidence: _Evidence) -> float:
    points = _PRIOR + sum(points for points, _ in evidence.others)
    if evidence.title is not None:
        points += _TITLE * evidence.title
    elif evidence.in_time:
        points += _UNTITLED
    return 1 / (1 + math.exp(-points))


def _words(evidence: _Evidence) -> str:
    if evidence.title is None:
        title = (0.0, "no title to compare")
    elif evidence.title < 0.05:
        title = (0.0, "the title shares nothing with the story's")
    else:
        title = (_TITLE * evidence.title, evidence.why_title)
    said = sorted((title, *evidence.others), key=lambda part: -abs(part[0]))
    return "; ".join(text for _, text in said if text)


def _evidence(story: Story, lead: Lead, known: Sequence[Title], pool: _Pool, published: datetime | None) -> _Evidence:
    others = [*_pointers(story, lead), *_hits(lead), _date(lead, published), *pool.named(title_of(lead))]
    if points := _SOURCE_POINTS.get(lead.source, 0.0):
        others.append((points, _SOURCE_WORDS.get(lead.source, "")))
    title = title_of(lead)
    if not title:
        return _Evidence(None, "", tuple(others))
    language = _language(lead)
    best, why = 0.0, ""
    for candidate in known:
        alike, said = pool.alike(title, language, candidate)
        if alike > best:
            best, why = alike, said
    return _Evidence(best, why, tuple(others))


def _language(lead: Lead) -> str | None:
    return (lead.language or "").partition("-")[0] or None


def _pointers(story: Story, lead: Lead) -> list[tuple[float, str]]:
    key = url_key(lead.url)
    if any(url_key(url) == key for url in story.urls):
        return [(_ADDRESS, "an address of the story itself")]
    parts = re.split(r"[/_.\-?#&=]+", key)
    for short in story.short_ids:
        if short in parts:
            return [(_SHORT_ID, f"the publisher's id {short} stands in the address")]
    return []


_PHRASE_HIT = re.compile(r"^(?:phrase|has the words)\b|“[^”]{12,}”", re.IGNORECASE)
_ASKED_FOR = re.compile(r"asked for (?:phrase|credit|title|user)\b")
_HIDDEN_ADDRESS = re.compile(r"\bthe link is Google's own\b")
_CREDIT_HIT = re.compile(r"\b(?:appeared first on|as its source|credit)\b", re.IGNORECASE)


def _hits(lead: Lead) -> list[tuple[float, str]]:
    """What the source found on the page itself, as it said in the note."""
    note = lead.note or ""
    if _HIDDEN_ADDRESS.search(note):
        return [(_HIDDEN, "its address is hidden, and the link brings no article")]
    if _PHRASE_HIT.search(note):
        return [(_PHRASE, f"the source found words of the story there ({note})")]
    if _CREDIT_HIT.search(note):
        return [(_CREDIT, note)]
    if _ASKED_FOR.match(note):
        return [(_ASKED, "a search for words of the story named it")]
    return []


def _date(lead: Lead, published: datetime | None) -> tuple[float, str]:
    if published is None or lead.published is None:
        return (0.0, "")
    days = (lead.published - published).total_seconds() / 86400
    if days < -_DAYS_BEFORE:
        # Dates of moved pages lie (those of vice.com do by six years), so this too only ranks.
        sure = min(1.0, (-days - _DAYS_BEFORE) / 14 + 0.4)
        return (_TOO_EARLY * sure, f"dated {-days:.0f} days before the story")
    if days <= _DAYS_AFTER:
        return (_IN_TIME, _SAID_IN_TIME)
    late = min(1.0, math.log(days / _DAYS_AFTER) / math.log(20))
    return (_LATE * late, f"dated {days:.0f} days after the story")


# --- titles ---------------------------------------------------------------------------------------------


class _Pool:
    """The titles of all leads: what is frequent among them tells nothing."""

    def __init__(self, titles: Sequence[str], names: Iterable[tuple[str, ...]] = ()) -> None:
        self.size = len(titles)
        #: name of the story's text, as its words -> titles that have it
        self.names = dict.fromkeys(names, 0)
        for title in titles if self.names else ():
            for name in self._names_in(title):
                self.names[name] += 1
        self.stems: Counter[str] = Counter(stem for title in titles for stem in set(_stems(title)))
        self.marks: Counter[str] = Counter(mark for title in titles for mark in marks(title))

    def named(self, title: str) -> list[tuple[float, str]]:
        """What it says that *title* has names of the story's text."""
        rare = sorted(
            ((1 - math.log(self.names[name] + 1) / math.log(self.size + 2), name) for name in self._names_in(title)),
            reverse=True,
        )
        points = sum(most * rarity for most, (rarity, _) in zip(_NAMED, rare, strict=False))
        said = _listed([" ".join(name) for _, name in rare])
        return [(points, f"the title has {said}, named in the story's text")] if rare else []

    def _names_in(self, title: str) -> list[tuple[str, ...]]:
        if not self.names:
            return []
        found = f" {' '.join(_bare_words(title))} "
        return [name for name in self.names if f" {' '.join(name)} " in found]

    def alike(self, title: str, language: str | None, known: Title) -> tuple[float, str]:
        """How alike two titles are, and why: by their words, and by what survives translation."""
        same = language is None or known.language is None or language == known.language
        by_words, shared_words = self._shared_words(title, known.text)
        by_marks, shared_marks = self._shared_marks(title, known.text)
        said_words = f"the title shares {_listed(shared_words)} with “{known.text}”"
        said_marks = f"the title names {_listed(shared_marks)} as “{known.text}” does"
        # Across languages the words of a title agree by chance or as names, and names are counted as marks.
        if not same or by_marks > by_words:
            return (by_marks, said_marks) if by_marks > 0.6 * by_words else (0.6 * by_words, said_words)
        return by_words, said_words

    def _shared_words(self, one: str, other: str) -> tuple[float, list[str]]:
        """Cosine of the two titles' words, each with its rarity among all titles."""
        left, right = set(_stems(one)), set(_stems(other))
        shared = left & right
        if not shared:
            return 0.0, []
        weight = self._weights(self.stems, left | right)
        common = sum(weight[stem] ** 2 for stem in shared)
        norm = math.sqrt(sum(weight[s] ** 2 for s in left) * sum(weight[s] ** 2 for s in right))
        # One rare word in common is no likeness of titles.
        few = 0.6 if len(shared) == 1 else 1.0
        return min(1.0, few * common / norm / _SAME), sorted(shared, key=lambda stem: -weight[stem])

    def _shared_marks(self, one: str, other: str) -> tuple[float, list[str]]:
        """What two titles share of what survives translation, against what only one of them names."""
        left, right = marks(one), marks(other)
        shared = left & right
        if not shared:
            return 0.0, []
        weight = self._weights(self.marks, left | right)
        weight = {mark: value * _MARK_WEIGHT[mark.partition(" ")[0]] for mark, value in weight.items()}
        common = sum(weight[mark] for mark in shared)
        # Most capitalised words are no names, so that only one title has their sound says nothing.
        rest = sum(weight[mark] for mark in left ^ right if not mark.startswith("sound "))
        names = [mark.partition(" ")[2] for mark in sorted(shared, key=lambda m: -weight[m]) if mark[:5] != "sound"]
        alike = common / (common + _ONLY_IN_ONE * rest + _CHANCE)
        if len(shared) == 1:
            alike *= _ONE_MARK[next(iter(shared)).partition(" ")[0]]
        return alike, names or ["a name"]

    def _weights(self, counts: Counter[str], keys: Iterable[str]) -> dict[str, float]:
        return {key: math.log((self.size + 2) / (counts[key] + 0.5)) for key in keys}


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts[:4]) + (" …" if len(parts) > 4 else "")


@functools.lru_cache(maxsize=32768)
def _bare_words(title: str) -> tuple[str, ...]:
    return tuple(bare(word) for word in words(title).folded)


@functools.lru_cache(maxsize=32768)
def _stems(title: str) -> tuple[str, ...]:
    """The words of *title* without accents and endings; in scripts without spaces, pairs of characters."""
    found = _bare_words(title)
    if unspaced_share(title) > 0.5:
        return tuple(a + b for a, b in itertools.pairwise(found))
    return tuple(word[:_STEM] for word in found)


# --- meaning --------------------------------------------------------------------------------------------


def encoder_likeness() -> Likeness | None:
    """Titles compared by the sentence encoder of the matcher; None if it is not installed. Loads it when first used."""
    from archive.exceptions import ConfigError

    try:
        from archive.match.encoder import current

        return _EncoderLikeness(current().languages)
    except (ImportError, ConfigError):
        return None


@dataclass(frozen=True, slots=True)
class _EncoderLikeness:
    languages: frozenset[str]

    def compare(self, ours: Sequence[str], theirs: Sequence[str]) -> Sequence[Sequence[float]]:
        from archive.match.encoder import background_level, encode, rescaled

        left, right = encode(ours), encode(theirs)
        # A headline about a war is near every other headline about a war: what counts is what exceeds that level.
        excess = left @ right.T
        excess -= (background_level(left)[:, None] + background_level(right)[None, :]) / 2
        rows: Sequence[Sequence[float]] = rescaled(excess).tolist()
        return rows


def _with_meaning(
    leads: Sequence[Lead], plain: Sequence[_Evidence], known: Sequence[Title], likeness: Likeness
) -> list[_Evidence]:
    """*plain* with the titles compared by meaning too, the most promising `_MOST_ENCODED` of them."""
    ours = [title for title in known if title.language is None or title.language in likeness.languages]
    told = [
        place
        for place, evidence in enumerate(plain)
        if evidence.title is not None and _language(leads[place]) in (None, *likeness.languages)
    ]
    told.sort(key=lambda place: -_score(plain[place]))
    result = list(plain)
    if not told or not ours:
        return result
    chosen = told[:_MOST_ENCODED]
    rows = likeness.compare([title.text for title in ours], [title_of(leads[place]) for place in chosen])
    for column, place in enumerate(chosen):
        excess, title = max(((row[column], title) for row, title in zip(rows, ours, strict=True)), key=lambda p: p[0])
        result[place] = _joined(plain[place], title_of(leads[place]), title, excess)
    return result


def _joined(evidence: _Evidence, text: str, title: Title, excess: float) -> _Evidence:
    assert evidence.title is not None
    meaning = min(1.0, max(0.0, (excess - _LEAST_MEANING) / (_MEANING_OF_A_TRANSLATION - _LEAST_MEANING)))
    # "nuclear war" means what half of the headlines about one mean.
    meaning *= min(1.0, len(_stems(text)) / _WORDS_OF_A_TITLE)
    names, others = ({mark for mark in marks(one) if mark.startswith("name ")} for one in (text, title.text))
    if names and others and not names & others:
        meaning *= _OTHER_NAMES
    both = _SHARE_OF_MEANING * meaning + (1 - _SHARE_OF_MEANING) * evidence.title
    best = max(both, evidence.title * 0.9)
    why = f"the title means much the same as “{title.text}”" if meaning > evidence.title else evidence.why_title
    return _Evidence(best, why, evidence.others)
