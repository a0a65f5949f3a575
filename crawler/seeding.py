"""What a crawl starts from: the URLs that a watch names, what its copies say of themselves, what its sources are asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from archive.store import SourceResult, Store
from archive.types import Lead, PageText, Purpose, Story
from crawler.discovery.markup import leads_from_markup
from crawler.discovery.questions import questions
from crawler.discovery.search import Asking, Question
from crawler.discovery.search.indexes import is_public
from crawler.discovery.triage import Title, triage
from crawler.watch import Watch

MOST_COMPARED: Final = 1_000
"""Leads of this run that new ones are compared with: what is frequent among them tells nothing. 1,000 take some 30 ms."""

MOST_WAITING: Final = 5_000
"""Leads to pages never fetched that are scored when a run begins: those that came without a score, as from an imported
list, and those scored before more was known of the story."""

MOST_TITLES: Final = 12
"""Titles of known copies that leads are compared with; most copies are called the same."""


def given_leads(watch: Watch) -> tuple[Lead, ...]:
    """The URLs that the watch names, in the order in which they are worth fetching."""
    named: dict[str, Purpose] = {}
    for url in (*watch.story.urls, *watch.sources.pages):
        named.setdefault(url, "page")
    for url in watch.sources.feeds:
        named.setdefault(url, "feed")
    for url in watch.sources.sitemaps:
        named.setdefault(url, "robots" if url.endswith("/robots.txt") else "sitemap")
    for url in watch.sources.front_pages:
        named.setdefault(url, "front_page")
    return tuple(
        Lead(url, "given", watch.slug, purpose, rank) for rank, (url, purpose) in enumerate(named.items(), start=1)
    )


@dataclass(slots=True)
class LeadTriage:
    """Scores the leads of one crawl as they come, by titles, names, dates and sources."""

    story: Story
    #: what known copies call the story
    titles: tuple[Title, ...] = ()
    #: when the story appeared; None if that is not known
    published: datetime | None = None
    #: leads to pages that came before
    seen: list[Lead] = field(default_factory=list)

    def scored(self, leads: Sequence[Lead]) -> list[Lead]:
        """*leads* in their order, those to pages with score and reason."""
        pages = [lead for lead in leads if lead.purpose == "page"]
        ranked = triage(self.story, pages, among=self.seen, titles=self.titles, published=self.published)
        promise = {id(found.lead): found for found in ranked}
        self.seen = [*self.seen, *pages][-MOST_COMPARED:]
        return [
            replace(lead, score=promise[id(lead)].score, score_reason=promise[id(lead)].reason)
            if lead.purpose == "page"
            else lead
            for lead in leads
        ]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a crawl starts from."""

    story_id: int
    #: URLs of the questions as they are put now; other requests to sources are parts of answers, and not put again
    questions: frozenset[str] = frozenset()
    #: judges the leads that come; None where none are looked for
    triage: LeadTriage | None = None


def seed(store: Store, watch: Watch, *, run_id: int | None, now: datetime) -> Seeded:
    """Put what *watch* names, what its copies point to and what its sources are asked on the frontier.

    Known URLs keep their place and their due time; only those never heard of become due.
    """
    story = store.save_story(watch.story, now)
    assert story.id is not None
    copies = store.copies_of(story.id)
    ranking = lead_triage(store, story, copies)
    store.add_leads(ranking.scored(given_leads(watch)), story_id=story.id, run_id=run_id, now=now)
    if watch.sources.follow_copies:
        pointed_to = ranking.scored(tuple(copy_leads(copies, story)))
        store.add_leads(pointed_to, story_id=story.id, run_id=run_id, now=now)
    if waiting := store.unfetched_leads(story.id, MOST_WAITING):
        store.score_leads(ranking.scored(waiting), story.id)
    if not watch.sources.search:
        return Seeded(story.id, triage=ranking)
    return Seeded(story.id, _seed_questions(store, watch, story, copies, run_id=run_id, now=now), ranking)


def lead_triage(store: Store, story: Story, copies: Iterable[PageText]) -> LeadTriage:
    """What is known of a stored *story* and its *copies* by which leads to it are told."""
    assert story.id is not None
    titles = {page.title: Title(page.title, page.language) for page in copies if page.title}
    return LeadTriage(story, _one_a_language_first(titles.values())[:MOST_TITLES], store.first_published(story.id))


def _one_a_language_first(titles: Iterable[Title]) -> tuple[Title, ...]:
    """*titles*, the first of each language, then the second of each."""
    turn: Counter[str | None] = Counter()
    turns = []
    for title in titles:
        turns.append((turn[title.language], title))
        turn[title.language] += 1
    return tuple(title for _, title in sorted(turns, key=lambda pair: pair[0]))


def copy_leads(copies: Iterable[PageText], story: Story) -> Iterator[Lead]:
    """What the copies of a stored *story* point to: originals, translations, other copies; known ones too."""
    from archive.match.credit import find_credits  # its package brings numpy

    for page in copies:
        credits = [credit.text for credit in find_credits(page.text)]
        yield from leads_from_markup(page.markup, page.links, page.url, story.urls, story.short_ids, credits)


# --- sources that are asked -----------------------------------------------------------------------


def _seed_questions(
    store: Store, watch: Watch, story: Story, copies: Iterable[PageText], *, run_id: int | None, now: datetime
) -> frozenset[str]:
    """Put the questions for all sources on the frontier. Returns their URLs."""
    assert story.id is not None
    made = questions(story, added=watch.questions.add, struck=watch.questions.strike)
    asked = (*made, *copy_questions(copies))
    published = store.first_published(story.id)
    private = bool(story.urls) and not any(is_public(url) for url in story.urls)
    urls: set[str] = set()
    for use in watch.sources.search:
        since = store.last_answered(use.name, watch.slug)
        put = store.questions_put(use.name, story.id)
        first = Asking(story, asked, use.settings, now, None, published)
        known = replace(first, since=since)
        leads: list[Lead] = []
        if not (private and use.by_default):
            # A question never put before asks for all there is, the others for what came since the last answer.
            leads = [lead for lead in use.source.ask(known) if lead.query in put]
            leads += [lead for lead in use.source.ask(first) if lead.query not in put]
        if not leads and run_id is not None:
            why = "the story's addresses are on private hosts" if private else "none of the story's questions suits it"
            nothing = f"nothing to ask: {why}"
            store.add_source_result(run_id, SourceResult(use.name, watch.slug, "not_asked", nothing, 0, 0))
        urls.update(lead.url for lead in leads)
        if since is None or now - since >= use.every:
            store.retire_questions(use.name, story_id=story.id, but=[lead.url for lead in leads])
        else:
            # Not due: that a question begins where the last answer ended, and so has another URL, does not make it new.
            leads = [lead for lead in leads if lead.query not in put]
        store.add_leads(leads, story_id=story.id, run_id=run_id, now=now)
    return frozenset(urls)


def copy_questions(copies: Iterable[PageText]) -> Iterator[Question]:
    """The addresses of the copies found: their older versions are asked for."""
    for page in copies:
        yield Question("url", page.url, page.language, "a page that carries text of the story")
