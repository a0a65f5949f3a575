"""Which captured pages become reference texts of a story, and which stop being one. Pure.

A story starts with what the user has: a text, or only an address. When the original or an official translation is
captured, it is the better measure: an English copy is compared with the English text, word for word, and not with a
translation. So a page is promoted, a language at a time, by the first of these rules that holds:

==========  ===========================================================================================
own_url     it stands at one of the story's own addresses
hreflang    the story's own page names it as its other language, or it names the story's address so
short_id    its address carries the story's short id
edition     it credits the outlet, and nearly all of both texts corresponds
==========  ===========================================================================================

Each holds only on a domain of the outlet: a third party's page is a copy, whatever it says of itself. And each holds
only if the page carries the story: an address outlives its article, and a cut or walled page must not become the
measure. Where no text is known yet there is nothing to compare with, and the story's own address has to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from archive.text import words
from archive.types import MatchKind, Role, Story, StoryText
from archive.urls import is_http, registrable_domain, url_key

RuleName = Literal["own_url", "hreflang", "short_id", "edition"]

LEAST_WORDS = 40
"""A shorter text is a teaser, or cannot be told apart from a quotation; the same as for a watch's own texts."""

LEAST_COVERAGE = 0.5
"""Share of a known text that a page must carry. An official translation is often abridged, but not by half."""

EDITION_COVERAGE = 0.7
"""The same for a page that nothing but its credit line connects with the story, of both texts."""

_WHOLE_KINDS: frozenset[MatchKind] = frozenset(("copy", "rewrite", "translation"))
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version of a page on one of the outlet's domains, as far as the rules ask."""

    capture_id: int
    #: the URL that answered
    url: str
    #: all URLs that the page has had
    urls: tuple[str, ...]
    text: str = field(repr=False)
    language: str | None
    seen_from: datetime
    #: URLs of its hreflang alternates
    alternates: tuple[str, ...] = ()
    #: what it is to the story; None while it is not matched
    kind: MatchKind | None = None
    coverage_story: float = 0.0
    coverage_page: float = 0.0
    #: the outlet's name in its credit line; empty if none names it
    credit_name: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    #: the user has said that this page's text is none of the story's
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Promotion:
    """A page's text that becomes a reference text."""

    candidate: Candidate
    language: str
    role: Role
    rule: RuleName
    #: the reason in words
    why: str
    #: the text of the same language that it takes the place of
    replaces: StoryText | None = None

    @property
    def text(self) -> StoryText:
        return StoryText(self.candidate.text, self.language, self.role, f"capture:{self.candidate.capture_id}")


@dataclass(frozen=True, slots=True)
class Promoted:
    """What the archive now says of the capture behind a promoted text."""

    text: StoryText
    capture_id: int
    #: None if the capture is not read under the present label
    quality: float | None
    reasons: tuple[str, ...] = ()
    #: its part in the page's history; empty while that is not told
    decision: str = ""
    #: the text as it is read now; None if nothing can be read
    reads: str | None = field(repr=False, default=None)


def outlet_domains(story: Story) -> frozenset[str]:
    """The registrable domains of the story's outlet: of its addresses, and of names that are domains ("VICE.com").

    >>> sorted(outlet_domains(Story("s", "S", "Motherboard", ("VICE.com",), ("https://www.motherboard.tv/1",))))
    ['motherboard.tv', 'vice.com']
    """
    urls = (*story.urls, *(text_url.url for text_url in story.text_urls))
    names = (name.strip().lower() for name in (story.outlet, *story.aliases))
    return frozenset(
        [registrable_domain(url) for url in urls if is_http(url)]
        + [registrable_domain(name) for name in names if _DOMAIN.fullmatch(name)]
    )


def promotions(story: Story, candidates: Sequence[Candidate]) -> tuple[Promotion, ...]:
    """The pages that become reference texts of *story* now. A language that has a good text keeps it, except that an
    original takes the place of a promoted translation; a text that the user gave is never replaced."""
    return _Rules(story, candidates).promotions()


def withdrawn(promoted: Promoted) -> str | None:
    """Why a promoted text can no longer stand, or None while it can."""
    if promoted.quality is None:
        return None
    if promoted.quality < 0.5 or promoted.reads is None:
        reasons = ", ".join(reason.replace("_", " ") for reason in promoted.reasons) or "no text"
        return f"capture {promoted.capture_id} turned out to show no article ({reasons})"
    if promoted.decision in ("bad", "gone", "unreachable", "not_a_page"):
        return f"capture {promoted.capture_id} turned out not to belong to the page's history ({promoted.decision})"
    if promoted.reads != promoted.text.text:
        return f"capture {promoted.capture_id} is read differently now"
    return None


class _Rules:
    def __init__(self, story: Story, candidates: Sequence[Candidate]) -> None:
        from archive.match.pointers import Target  # loads numpy, which most commands do without

        self.story = story
        self.candidates = candidates
        self.domains = outlet_domains(story)
        self.keys = {url_key(url): url for url in (*story.urls, *(named.url for named in story.text_urls))}
        self.short_id = Target.of(story).short_id
        self.texts = list(story.texts)
        self.named_by_own = self._alternates_of_own_pages()

    def promotions(self) -> tuple[Promotion, ...]:
        found: list[Promotion] = []
        ruled: list[tuple[Candidate, RuleName, str]] = []
        for candidate in self.candidates:
            rule_and_why = self._rule(candidate)
            if rule_and_why is not None:
                ruled.append((candidate, *rule_and_why))
        order: tuple[RuleName, ...] = ("own_url", "hreflang", "short_id", "edition")
        named = {url_key(text_url.url) for text_url in self.story.text_urls}
        ruled.sort(
            key=lambda one: (
                order.index(one[1]),
                not any(url_key(url) in named for url in one[0].urls),
                self._stated_role(one[0]) != "original",
                one[0].seen_from,
                one[0].capture_id,
            )
        )
        for candidate, rule, why in ruled:
            carries = self._carries(candidate, rule)
            if carries is None:
                continue
            language = self._language(candidate)
            role = self._role(candidate, rule)
            known = next((text for text in self.texts if text.language == language), None)
            if known is not None and not (
                role == "original" and known.role == "translation" and known.source.startswith("capture:")
            ):
                continue
            promotion = Promotion(candidate, language, role, rule, f"{why}; {carries}", replaces=known)
            found.append(promotion)
            self.texts = [text for text in self.texts if text is not known] + [promotion.text]
        return tuple(found)

    # --- which rule ---

    def _rule(self, candidate: Candidate) -> tuple[RuleName, str] | None:
        if candidate.refused or registrable_domain(candidate.url) not in self.domains:
            return None
        own = next((self.keys[url_key(url)] for url in candidate.urls if url_key(url) in self.keys), None)
        if own is not None:
            return "own_url", "it stands at the story's own address"
        if not candidate.language:
            return None
        if any(url_key(url) in self.named_by_own for url in candidate.urls):
            return "hreflang", "the story's own page names it as its other language (hreflang)"
        if any(url_key(url) in self.keys for url in candidate.alternates):
            return "hreflang", "it names the story's address as its other language (hreflang)"
        if self.short_id is not None:
            carrying = next((url for url in candidate.urls if self.short_id.search(url)), None)
            if carrying is not None:
                return "short_id", "its address at the outlet carries the story's id"
        if candidate.credit_name and candidate.kind in ("copy", "translation"):
            return "edition", f"an edition of the outlet that credits {candidate.credit_name}"
        return None

    def _alternates_of_own_pages(self) -> frozenset[str]:
        promoted = {text.source for text in self.story.texts}
        return frozenset(
            url_key(url)
            for candidate in self.candidates
            if registrable_domain(candidate.url) in self.domains
            and (
                any(url_key(own) in self.keys for own in candidate.urls)
                or f"capture:{candidate.capture_id}" in promoted
            )
            for url in candidate.alternates
        )

    # --- whether it carries the story ---

    def _carries(self, candidate: Candidate, rule: RuleName) -> str | None:
        """How the page is known to carry the story, in words; None if it is not known."""
        if len(words(candidate.text)) < LEAST_WORDS:
            return None
        if not self.texts:
            return "no text of the story was known before" if rule == "own_url" else None
        if candidate.kind is None:
            return None  # the match comes first
        shares = f"{candidate.coverage_story:.0%} of the known text, {candidate.coverage_page:.0%} of the page"
        if rule == "edition":
            enough = min(candidate.coverage_story, candidate.coverage_page) >= EDITION_COVERAGE
            return f"{candidate.kind}, {shares}" if enough else None
        if candidate.kind in _WHOLE_KINDS and candidate.coverage_story >= LEAST_COVERAGE:
            return f"{candidate.kind}, {shares}"
        if not _could_tell(candidate):
            return "its language cannot be compared with the texts known"
        return None

    # --- what it is ---

    def _language(self, candidate: Candidate) -> str:
        stated = next((named.language for named in self._named(candidate)), "und")
        return candidate.language or stated

    def _named(self, candidate: Candidate) -> list[_Named]:
        """The [[text]] entries for the page, if they do not contradict the language it is in."""
        keys = {url_key(url) for url in candidate.urls}
        return [
            _Named(named.language, named.role)
            for named in self.story.text_urls
            if url_key(named.url) in keys
            and (named.language == "und" or not candidate.language or named.language == candidate.language)
        ]

    def _stated_role(self, candidate: Candidate) -> Role | None:
        return next((named.role for named in self._named(candidate)), None)

    def _role(self, candidate: Candidate, rule: RuleName) -> Role:
        stated = self._stated_role(candidate)
        if stated is not None:
            return stated
        if candidate.credit_name or rule == "edition" or self._credits(candidate.text):
            return "translation"
        originals = {named.language for named in self.story.text_urls if named.role == "original"} - {"und"}
        if originals:
            return "original" if candidate.language in originals else "translation"
        # Where each text known is a translation, by its role or by its own credit line, this one is what they name.
        known = all(text.role == "translation" or self._credits(text.text) for text in self.texts)
        return "original" if known else "translation"

    def _credits(self, text: str) -> bool:
        from archive.match.credit import find_credits

        names = [name for name in (self.story.outlet, *self.story.aliases) if name]
        return any(credit.name for credit in find_credits(text, names))


@dataclass(frozen=True, slots=True)
class _Named:
    """What a [[text]] of a watch says of an address."""

    language: str
    role: Role


def _could_tell(candidate: Candidate) -> bool:
    """Whether the matcher was able to see the story in the page if it is there."""
    evidence = candidate.evidence
    if evidence.get("page_language") == evidence.get("story_language"):
        return True
    steps = evidence.get("steps")
    read = isinstance(steps, Iterable) and "semantic" in steps
    return read and evidence.get("language_known_to_encoder") is not False
