"""How a question becomes a request to a news source, and what their answers have in common. Pure.

A source keeps no state, so what its answer must be read with stands in the request's fragment, which is never sent:
`carrying` puts it there, `carried` takes it out. It begins with "!", so that requests that differ in it are two requests
(see `archive.urls.url_key`): two stories search the same file of GDELT for different words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from archive.text import fold
from archive.types import Lead, Source
from crawler.discovery.questions import parts
from crawler.discovery.reading import SourceReading, decode, limited, looks_like_html, plain, refused, unreadable
from crawler.discovery.search import Answer, Asking, Question, QuestionKind

SEARCHABLE: tuple[QuestionKind, ...] = ("user", "phrase", "credit", "title", "names", "event")
"""What an engine with an index of texts can find; addresses and ids are for web archives."""


def carrying(url: str, **values: object) -> str:
    """*url* with *values* in its fragment; those that are None or empty are left out.

    >>> carrying("https://example.org/feed", kind="phrase", page=2)
    'https://example.org/feed#!kind=phrase&page=2'
    """
    kept = {name: value for name, value in values.items() if value not in (None, "", (), [])}
    bare = url.partition("#")[0]
    return f"{bare}#!{urlencode(kept, doseq=True)}" if kept else bare


def carried(url: str) -> dict[str, list[str]]:
    """What `carrying` put into *url*; for the address that was sent, see `url.partition("#")`."""
    fragment = url.partition("#")[2]
    return parse_qs(fragment[1:]) if fragment.startswith("!") else {}


def one(values: Mapping[str, Sequence[str]], name: str, default: str = "") -> str:
    return next(iter(values.get(name, ())), default)


def sent(url: str) -> dict[str, list[str]]:
    """The parameters of *url*, which are sent."""
    return parse_qs(urlsplit(url).query)


def sending(url: str, **values: object) -> str:
    """*url* with these parameters, those that it has replaced in their places; without its fragment.

    >>> sending("https://example.org/search?q=a+b&page=1&lang=nl#!kind=phrase", page=2)
    'https://example.org/search?q=a+b&page=2&lang=nl'
    """
    parts = urlsplit(url)
    query = {name: found[0] for name, found in sent(url).items()} | values
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(query)}"


# --- asking ---------------------------------------------------------------------------------------------


def chosen(asking: Asking, most: int, kinds: Sequence[QuestionKind] = SEARCHABLE) -> Iterator[Question]:
    """The first *most* questions of these kinds."""
    left = most
    for question in asking.questions:
        if question.kind in kinds:
            if left == 0:
                return
            left -= 1
            yield question


def in_quotes(question: Question) -> str:
    """*question* as search engines take it: each part in quotation marks. What a user wrote with operators stays as it is.

    >>> in_quotes(Question("names", "Medwedew · Vereinte Nationen", "de", ""))
    'Medwedew "Vereinte Nationen"'
    """
    if question.kind == "user":
        return question.text
    return " ".join(
        f'"{quotable}"' if " " in (quotable := part.replace('"', " ").strip()) else quotable for part in parts(question)
    )


def in_words(question: Question) -> str:
    """What is asked, for people."""
    language = f" ({question.language})" if question.language else ""
    return f"{question.kind}{language}: {question.text}"


def search_lead(source: Source, url: str, question: Question) -> Lead:
    return Lead(url, source, in_words(question), purpose="search", language=question.language, note=question.why)


def next_part(source: Source, url: str, before: str, note: str = "the next part of the answer") -> Lead:
    """The request for what follows *before*."""
    return Lead(url, source, before.partition("#")[0], purpose="search", note=note)


# --- reading --------------------------------------------------------------------------------------------


def failure(answer: Answer, name: str) -> SourceReading | None:
    """Why an answer with an error status gave nothing; None for 200."""
    if answer.status == 200:
        return None
    words = said(answer)
    told = f": {words}" if words else ""
    wait = answer.header("retry-after")
    if answer.status == 429 or (answer.status == 503 and wait):
        until = f", to be asked again after {wait}" if wait else ""
        return limited(f"{name} was asked too often ({answer.status}{until}){told}")
    if answer.status in (401, 403, 451):
        return refused(f"{name} refused ({answer.status}){told}")
    if answer.status >= 500:
        return unreadable(f"{name} is down ({answer.status}){told}")
    return unreadable(f"{name} answered {answer.status}{told}")


def said(answer: Answer) -> str:
    """The first words of a body that is no answer."""
    return plain(decode(answer.body[:4000], answer.charset), 160) or ""


def is_page(answer: Answer) -> bool:
    return looks_like_html(answer.body)


def hit(kind: str, wanted: Iterable[str], *texts: str | None) -> str:
    """The note of a page that answers a question of *kind* for *wanted*: whether its title or snippet has the words.

    A search engine drops quotation marks when it finds nothing, so that a page was named proves nothing.
    """
    phrases = [text for text in wanted if len(text) >= 12]
    seen = " ".join(fold(text).text for text in texts if text)
    for phrase in phrases:
        if _bare(phrase) and _bare(phrase) in _bare(seen):
            return f"has the words “{phrase}”"
    said_as = " · ".join(wanted)
    return f"asked for {kind or 'words'}: {said_as}" if said_as else ""


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text).text))


def asked_for(query: str) -> list[str]:
    """The parts of a query that `in_quotes` made.

    >>> asked_for('"United Nations" Medwedew after:2023-01-01')
    ['United Nations', 'Medwedew']
    """
    found = re.findall(r'"([^"]+)"|(\S+)', query)
    return [quoted or word for quoted, word in found if quoted or not re.match(r"[a-z]+\d*:", word)]


ENGLISH_NAMES = {
    "english": "en", "dutch": "nl", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "polish": "pl", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi", "czech": "cs", "slovak": "sk",
    "hungarian": "hu", "romanian": "ro", "bulgarian": "bg", "croatian": "hr", "serbian": "sr", "greek": "el", "turkish": "tr",
    "russian": "ru", "ukrainian": "uk", "arabic": "ar", "hebrew": "he", "persian": "fa", "hindi": "hi", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "thai": "th", "vietnamese": "vi", "indonesian": "id", "georgian": "ka", "catalan": "ca",
}  # fmt: skip
"""Languages as GDELT names them, in lower case -> BCP 47."""
