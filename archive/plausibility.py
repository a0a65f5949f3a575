"""Whether what a capture shows can be the article: asked of the page's past, and of other pages of the run.

`archive.quality` judges a capture by itself. What it cannot know is what the page said before and what its neighbours
say now: a wall that looks like a page, a stub in place of an article, another article behind the same address.

Pure. Each answer is a reason, and each reason keeps the capture out of every claim; none deletes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from archive.quality import ends_in_offer, same_address
from archive.text import normal_form, unspaced_share, words
from archive.urls import is_home, url_key

Fields = Mapping[str, str | None]
"""What a page says, by field name; see `archive.versions`."""

OTHER_CONTENT = 0.15
"""Share of common words up to which a text is another article's. Real edits of one article keep 0.4 and more;
pages that answered with another article for the same URL kept under 0.08."""

SAME_CONTENT = 0.5
"""Share of common words from which on two pages show one article. Captures of pages that moved share 0.88 and more, but
for one that had grown fivefold (0.39, and its old words all in it); of 162 pairs of different pages of one host, the
likest share 0.43."""

CONTAINED = 0.8
"""Share of the shorter text's words that the longer one has to hold where one was cut or grew."""

SHRUNK = 0.4
"""Share of its former length below which a text counts as shrunk: a loss of more than 60 %."""

LEAST_URLS = 3
"""Addresses of one host that answer with one text in one run, from which on the text is nobody's article. Two are seen
where an article stands in two sections and the site names no canonical address."""

SAME_TEXT = "same_text_under_other_urls"
STUB = "paywall_stub"


# --- other pages of the same run ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeenText:
    """The text that one capture of a run shows."""

    capture_id: int
    #: identity of the address that answered
    url_key: str
    host: str
    text_sha256: str
    #: characters of the text; empty texts are left to `archive.quality`
    text_length: int
    #: canonical address as the page declares it, None if it does not
    canonical: str | None = None


def same_text_elsewhere(captures: Iterable[SeenText]) -> dict[int, str]:
    """The captures of one run that show a text which stands under several addresses of their host: id -> `SAME_TEXT`.

    The same words at `LEAST_URLS` addresses are a block page, a wall or a notice, whatever they say and in whatever
    language. Addresses that one canonical address joins (AMP, mobile, print, other sections) are one; a canonical
    address that is the front page joins nothing, since block pages and soft 404s declare it.
    """
    groups: dict[tuple[str, str], list[SeenText]] = {}
    for seen in captures:
        if seen.text_length > 0:
            groups.setdefault((seen.host, seen.text_sha256), []).append(seen)
    return {seen.capture_id: SAME_TEXT for group in groups.values() if _pages(group) >= LEAST_URLS for seen in group}


def _pages(group: Sequence[SeenText]) -> int:
    """How many pages the addresses of *group* name, those with one canonical address counted once."""
    root: dict[str, str] = {}

    def find(key: str) -> str:
        root.setdefault(key, key)
        while root[key] != key:
            key = root[key] = root[root[key]]
        return key

    for seen in group:
        find(seen.url_key)
        if seen.canonical and not is_home(seen.canonical):
            root[find(seen.url_key)] = find(url_key(seen.canonical))
    return len({find(seen.url_key) for seen in group})


# --- the page's own past --------------------------------------------------------------------------


def common_words(old: str | None, new: str | None) -> float:
    """Jaccard index of the word sets, 0 to 1; 1 if both are empty."""
    one, other = _word_set(old), _word_set(new)
    return len(one & other) / len(one | other) if one or other else 1.0


def _word_set(text: str | None) -> set[str]:
    """The words, or pairs of neighbouring characters where words are not spaced: every text holds the same characters."""
    text = text or ""
    if unspaced_share(text) > 0.3:
        tokens = words(text).folded
        return {one + other for one, other in pairwise(tokens)} or set(tokens)
    return set(normal_form(text).casefold().split())


def other_article(old: Fields, new: Fields) -> bool:
    """Whether the address was taken over by other content: title, text and declared address all say so."""
    if same_address(old.get("canonical"), new.get("canonical")):
        return False
    return (
        common_words(old.get("title"), new.get("title")) <= OTHER_CONTENT
        and common_words(old.get("text"), new.get("text")) <= OTHER_CONTENT
    )


def lost_text(old: Fields, new: Fields) -> bool:
    """Whether a notice of some kind (a wall, an error in words) took the place of the article.

    It may be a removal notice: the capture shows it. It is no edit of the text.
    """
    before, after = len(old.get("text") or ""), len(new.get("text") or "")
    return after < SHRUNK * before and common_words(old.get("text"), new.get("text")) <= OTHER_CONTENT


_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")


def shrunk_to_stub(previous: str | Sequence[int], text: str, *, free: bool | None = None) -> str | None:
    """`STUB` if only the beginning of an article and an offer to pay for the rest are left of it, else None.

    Args:
        previous: what the page said last, or the lengths in characters of its good captures; their median counts.
        free: what the markup says of it (isAccessibleForFree); None if nothing.

    The text must have shrunk by more than 60 % (`SHRUNK`), and then one of these must hold: it ends in an offer; the
    markup says that it is not free, and the text breaks off or is nothing but the beginning of what stood there.
    An article that its editors cut down to the first paragraphs does neither, and is an edit.
    """
    if isinstance(previous, str):
        before: float = len(previous)
    elif previous:
        before = median(previous)
    else:
        return None
    if len(text) >= SHRUNK * before:
        return None
    if ends_in_offer(text):
        return STUB
    if free is False and (_CUT_OFF.search(text) or (isinstance(previous, str) and _begins(previous, text))):
        return STUB
    return None


def _begins(whole: str, part: str) -> bool:
    whole, part = " ".join(normal_form(whole).split()), " ".join(normal_form(part).split())
    return bool(part) and whole.startswith(part)


def same_article(old: Fields, new: Fields) -> bool:
    """Whether a page at another address shows the article that stood at the first one: what a move has to show.

    The text must be the same by half, or be contained by half where one was cut; or the page must name the
    old address as its own and keep the headline. A front page with the headline among its teasers is none.
    """
    one, other = _word_set(old.get("text")), _word_set(new.get("text"))
    if not one or not other:
        return False
    shared = len(one & other)
    if shared >= SAME_CONTENT * len(one | other):
        return True
    # Short texts share their small words with every text of the language, so the headline has to agree too.
    if common_words(old.get("title"), new.get("title")) < SAME_CONTENT:
        return False
    stated = new.get("canonical")
    names_it = stated is not None and old.get("canonical") is not None and same_address(old.get("canonical"), stated)
    return names_it or shared >= CONTAINED * min(len(one), len(other))
