"""What a page says about the story outside its wording: links, canonical addresses, short ids, its title."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from archive.match.reading import Reading
from archive.text import words
from archive.types import PageText, Story

#: A title of fewer words is found by chance ("What we know so far").
_LEAST_TITLE_WORDS = 4
#: In scripts without spaces.
_LEAST_TITLE_CHARACTERS = 8

_PREFIX = regex.compile(r"^(?:https?:)?//(?:www\d?|m|mobile|amp)\.|^(?:https?:)?//", regex.IGNORECASE)
_SUFFIX = regex.compile(r"(?:/amp)?/*$|/index\.html?$", regex.IGNORECASE)


def address(url: str) -> str:
    """*url* as it is compared here: without scheme, "www", query, fragment and closing slash. Coarser than a page's
    identity, because it only asks whether one URL points to another."""
    bare = _PREFIX.sub("", url.strip()).partition("#")[0].partition("?")[0]
    host, slash, path = bare.partition("/")
    return _SUFFIX.sub("", host.lower() + slash + path)


@dataclass(frozen=True, slots=True)
class Target:
    """What points to a story."""

    addresses: frozenset[str]
    #: a path segment that is one of the story's short ids
    short_id: regex.Pattern[str] | None
    title: tuple[str, ...]

    @classmethod
    def of(cls, story: Story) -> Target:
        ids = [regex.escape(short) for short in story.short_ids if short]
        return cls(
            # A home page is no story: every page of the outlet links to it.
            frozenset(key for url in story.urls if "/" in (key := address(url))),
            regex.compile(rf"(?<=[/_-])(?:{'|'.join(ids)})(?=$|[/?#_.-])") if ids else None,
            words(story.title).folded,
        )

    def is_met_by(self, url: str | None) -> bool:
        """Whether *url* is one of the story's, in any of its generations or languages."""
        if not url:
            return False
        return address(url) in self.addresses or bool(self.short_id and self.short_id.search(url))


def pointers(page: PageText, target: Target) -> dict[str, str | list[str]]:
    """The page's own addresses of the story by where they stand: "canonical", "hreflang", "link" …

    A canonical address that is the page's own says nothing and is left out.
    """
    own = address(page.url)
    markup = page.markup
    named = (
        ("canonical", markup.canonical),
        ("og_url", markup.og_url),
        ("amp", markup.amp),
        ("original_source", markup.original_source),
        ("syndication_source", markup.syndication_source),
    )
    found: dict[str, str | list[str]] = {
        name: url for name, url in named if url and address(url) != own and target.is_met_by(url)
    }
    for name, urls in (
        ("hreflang", (url for _, url in markup.alternates)),
        ("link", (link.url for link in page.links)),
    ):
        if met := _distinct(url for url in urls if address(url) != own and target.is_met_by(url)):
            found[name] = met
    return found


def _distinct(urls: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(urls))


def names_title(reading: Reading, title: str | None, target: Target) -> bool:
    """Whether the page has the story's title in its text or as its own title."""
    wanted = target.title
    least = _LEAST_TITLE_CHARACTERS if wanted and all(len(word) == 1 for word in wanted) else _LEAST_TITLE_WORDS
    if len(wanted) < least:
        return False
    return _contains(reading.words.folded, wanted) or (title is not None and _contains(words(title).folded, wanted))


def _contains(haystack: tuple[str, ...], needle: tuple[str, ...]) -> bool:
    start = -1
    try:
        while True:
            start = haystack.index(needle[0], start + 1)
            if haystack[start : start + len(needle)] == needle:
                return True
    except ValueError:
        return False
