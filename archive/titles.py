"""What a page's `<title>` says beside its headline: search engines and shared links show it, and it is edited on its own.

Most of its changes are the template's: the site's name came, went, or stands behind another dash. Pure.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Final

from archive.text import normal_form
from archive.urls import host_port

_BETWEEN: Final = re.compile(r"\s+(?:[|•·»›«‹]|::|[-–—])\s+|\s*\|\s*")
_COUNTER: Final = re.compile(r"^\s*\(\d{1,3}\+?\)\s*")
"""Unread messages, which a page's script writes before its title: "(3) Ferry cancelled"."""
_WORD: Final = re.compile(r"[^\W_]+(?:[.,:][0-9]+)*")
_LABEL_WORDS: Final = 4
"""Words of a site's or a section's name at most; real ones have one to three."""
_NAME_LETTERS: Final = 4
"""Letters from which on a part of a host's name is a name and not "www" or "com"."""


def without_site(title: str, site: str | None, url: str) -> str:
    """*title* without the site's name at its end, known from what the page calls its site and from its address.

    >>> without_site("Ferry cancelled | The Courier", None, "https://www.thecourier.example/1")
    'Ferry cancelled'
    """
    host, _ = host_port(url) or ("", 0)
    names = [_letters(site or ""), *(part.replace("-", "") for part in host.split("."))]
    names = [name for name in names if len(name) >= _NAME_LETTERS]
    while gap := _last_gap(title):
        label = _letters(title[gap.end() :])
        if not label or len(_words(title[gap.end() :])) > _LABEL_WORDS:
            break
        if not any(
            label == name or (len(label) >= _NAME_LETTERS and (label in name or name in label)) for name in names
        ):
            break
        title = title[: gap.start()]
    return title


def same_page_title(old: str, new: str) -> bool:
    """Whether two titles differ in signs, capitals, a counter, or in a label behind a bar or a dash only.

    >>> same_page_title("Ferry cancelled - Courier", "Ferry cancelled | Courier | Harbour")
    True
    >>> same_page_title("Ferry cancelled - Courier", "Ferry cancelled | The Courier")
    True
    >>> same_page_title("12 dead | Courier", "21 dead | Courier")
    False
    """
    short, long = sorted((_parts(old), _parts(new)), key=len)
    alike = all(
        one == other or (number > 0 and (set(one) <= set(other) or set(other) <= set(one)))
        for number, (one, other) in enumerate(zip(short, long, strict=False))
    )
    return alike and all(len(part) <= _LABEL_WORDS and not any(map(_has_figure, part)) for part in long[len(short) :])


def told_by_headline(titles: tuple[str | None, str | None], headlines: tuple[str | None, str | None]) -> bool:
    """Whether each word that went from or came to the page's title went from or came to the headline as well.

    Args:
        titles: old and new. headlines: old and new.

    >>> told_by_headline(("12 dead in raid - Courier", "21 dead in raid - Courier"), ("12 dead", "21 dead"))
    True
    >>> told_by_headline(("12 dead in raid", "21 dead in raid"), ("Raid on harbour", "Raid on harbour"))
    False
    """
    (old, new), (old_headline, new_headline) = (
        tuple(Counter(_words(_bare(side or ""))) for side in sides) for sides in (titles, headlines)
    )
    if old_headline == new_headline:
        return False
    return (old - new) <= (old_headline - new_headline) and (new - old) <= (new_headline - old_headline)


def says_more(title: str, headline: str | None) -> bool:
    """Whether the page's title has a word that the headline has not."""
    return not set(_words(_bare(title))) <= set(_words(_bare(headline or "")))


def _parts(title: str) -> list[list[str]]:
    return [words for part in _BETWEEN.split(_bare(title)) if (words := _words(part))]


def _bare(title: str) -> str:
    return _COUNTER.sub("", normal_form(html.unescape(title)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _letters(text: str) -> str:
    return "".join(_words(normal_form(text)))


def _has_figure(word: str) -> bool:
    return any(map(str.isdigit, word))


def _last_gap(title: str) -> re.Match[str] | None:
    gaps = list(_BETWEEN.finditer(title))
    return gaps[-1] if gaps else None
