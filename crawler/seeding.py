"""What a crawl starts from: the URLs that a watch names, and what its copies say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from archive.store import Store
from archive.types import Lead, Purpose, Story
from crawler.discovery.markup import leads_from_markup
from crawler.watch import Watch


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


def seed(store: Store, watch: Watch, *, run_id: int | None, now: datetime) -> int:
    """Put what *watch* names, and what its copies point to, on the frontier. Returns the story's id.

    Known URLs keep their place and their due time; only those never heard of become due.
    """
    story = store.save_story(watch.story, now)
    assert story.id is not None
    store.add_leads(given_leads(watch), story_id=story.id, run_id=run_id, now=now)
    if watch.sources.follow_copies:
        store.add_leads(tuple(copy_leads(store, story)), story_id=story.id, run_id=run_id, now=now)
    return story.id


def copy_leads(store: Store, story: Story) -> Iterator[Lead]:
    """What the copies of a stored *story* point to: originals, translations, other copies; known ones too."""
    assert story.id is not None
    for page in store.copies_of(story.id):
        yield from leads_from_markup(page.markup, page.links, page.url, story.urls, story.short_ids)
