"""What to ask for: questions made from the article, in each language of the watch, each with its reason. Pure.

::

    story ─┬─ addresses, short ids ───────────────────────────────────────────────► url, short_id
           ├─ reference texts ─ rare words outside quotations ────────────────────► phrase
           ├─ outlet's names ─ formulas of each language ─────────────────────────► credit
           ├─ title ─ as given; where a text in another language names the same ──► title
           └─ names, figures ─ spelled as each language spells them ──────────────► names, event

Two names of an article tell nothing, four together nearly always. "names" combines those that other reports of the same event
would not have ("Medvedev · Truman · Vietnam"), "event" those that they would ("Medvedev · Russia · NATO · nuclear").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from archive.text import quotations, sentences
from archive.types import Story, StoryText
from crawler.discovery.questions_credit import FORMULAS
from crawler.discovery.questions_marks import marks
from crawler.discovery.questions_names import (
    Entry,
    Name,
    is_slavic,
    known_name,
    names_in,
    names_table,
    own_names,
    spelled,
    words_table,
)
from crawler.discovery.questions_phrases import phrases
from crawler.discovery.questions_spellings import CARRIERS, PERSONS
from crawler.discovery.search import Question, QuestionKind
from crawler.discovery.triage import language_of_title

SEPARATOR = " · "
"""Between the parts of a question that need not stand together on the page."""

#: Questions of a kind in one language, most.
_PHRASES = 6
_CREDIT_NAMES = 3
_FIGURES = 3
#: Names in one question: fewer are everywhere, and with more, one that a translator dropped loses the page.
_NAMES = 4

_KINDS: tuple[QuestionKind, ...] = ("user", "url", "short_id", "phrase", "credit", "title", "names", "event")
"""The most promising first."""


def questions(
    story: Story, languages: Sequence[str] = (), added: Sequence[str] = (), struck: Sequence[str] = ()
) -> tuple[Question, ...]:
    """The questions for *story*, the most promising first.

    *languages* are those of the pages looked for, by default those of the story, else those of its texts.
    *added* are the user's own; *struck* are questions, or parts of them, that are not to be asked: a whole question as it
    is shown, or one of the parts that `SEPARATOR` separates, in any case.
    """
    wanted = tuple(languages) or story.languages or tuple(dict.fromkeys(text.language for text in story.texts))
    survivors = _survivors(story)
    made = [
        *_of_the_user(added),
        *_of_the_work(story),
        *_phrases(story, wanted),
        *_credits(story, wanted, survivors),
        *_titles(story, wanted),
        *_named(story, wanted, survivors),
    ]
    kept = _without(made, struck)
    seen: dict[tuple[str, str], Question] = {}
    for question in kept:
        # The same names in two languages are two questions: a source asks the second in that language's pages.
        anywhere = question.kind in ("url", "short_id", "user")
        seen.setdefault((question.text.casefold(), "" if anywhere else question.language or ""), question)
    return tuple(_in_turns(seen.values(), wanted))


def parts(question: Question) -> tuple[str, ...]:
    """What of *question* must stand on a page, each part by itself.

    >>> parts(Question("names", "Medwedew · Russland", "de", ""))
    ('Medwedew', 'Russland')
    """
    return tuple(part for part in question.text.split(SEPARATOR) if part)


def _in_turns(made: Iterable[Question], languages: Sequence[str]) -> list[Question]:
    """By kind; within a kind the first question of each language, then the second: a budget that ends cuts all alike."""
    number: dict[tuple[str, str | None], int] = defaultdict(int)
    order = {language: place for place, language in enumerate(languages)}
    keyed = []
    for question in made:
        turn = number[question.kind, question.language]
        number[question.kind, question.language] += 1
        keyed.append((_KINDS.index(question.kind), turn, order.get(question.language or "", -1), question))
    keyed.sort(key=lambda item: item[:3])
    return [question for *_, question in keyed]


def _without(made: Sequence[Question], struck: Sequence[str]) -> Iterator[Question]:
    gone = {_folded(text) for text in struck}
    for question in made:
        if _folded(question.text) in gone:
            continue
        all_parts = parts(question)
        left = [part for part in all_parts if _folded(part) not in gone]
        if len(left) == len(all_parts):
            yield question
        elif len(left) > 1:
            yield replace(question, text=SEPARATOR.join(left))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


# --- the work itself -----------------------------------------------------------------------------------


def _of_the_user(added: Sequence[str]) -> Iterator[Question]:
    for text in added:
        if text.strip():
            yield Question("user", " ".join(text.split()), None, "added by the user")


def _of_the_work(story: Story) -> Iterator[Question]:
    for text_url in story.text_urls:
        language = None if text_url.language == "und" else text_url.language
        yield Question("url", text_url.url, language, f"an address of the {text_url.role}: copies link to it")
    for url in story.urls:
        yield Question("url", url, None, "an address of the work: copies link to it, archives list it")
    for short in story.short_ids:
        yield Question("short_id", short, None, "the publisher's id of the article, the same in all its editions")


def _phrases(story: Story, wanted: Sequence[str]) -> Iterator[Question]:
    for text in story.texts:
        if wanted and text.language not in wanted:
            continue
        for phrase in phrases(text.text, _PHRASES):
            why = f"rare words of the {_called(text)}, sentence {phrase.sentence} of {phrase.sentences}, not in a quotation"
            yield Question("phrase", phrase.text, text.language, why)


def _called(text: StoryText) -> str:
    return f"{text.language} {'original' if text.role == 'original' else 'translation'}"


# --- credit ---------------------------------------------------------------------------------------------


def _credits(story: Story, wanted: Sequence[str], survivors: Sequence[tuple[str, str]]) -> Iterator[Question]:
    """Where a copy says that it appeared elsewhere; with a name of the story, for the outlet has more than one article."""
    from archive.match.credit import find_credits  # its package brings numpy

    names = list(dict.fromkeys(name for name in (story.outlet, *story.aliases) if name))
    if not names:
        return
    printed = {}
    for text in story.texts:
        for credit in find_credits(text.text, names):
            if credit.name:
                printed[text.language] = credit
                # As the publisher's own translations credit it, so others will.
                names.sort(key=lambda name: name != credit.name)
    for language in wanted:
        companion = next((spelled(n, s, language)[0] for n, s in survivors), "")
        with_name = f"{SEPARATOR}{companion}" if companion else ""
        if language in printed:
            line = printed[language].text.strip(" .")
            yield Question("credit", line + with_name, language, "the credit line of the reference text")
        for name in names[:_CREDIT_NAMES]:
            for formula in FORMULAS.get(language, ())[: 2 if name == names[0] else 1]:
                why = f"how copies in “{language}” credit {name}"
                yield Question("credit", formula.format(name=name) + with_name, language, why)


# --- title ----------------------------------------------------------------------------------------------


def _titles(story: Story, wanted: Sequence[str]) -> Iterator[Question]:
    if not story.title:
        return
    own = language_of_title(story)
    if not wanted or own is None or own in wanted:
        yield Question("title", story.title, own, "the title as given")
    named = {mark for mark in marks(story.title) if mark.startswith("name ")}
    for text in story.texts:
        if text.language != own and text.language in wanted and len(named) > 1:
            line = _sentence_that_names(text.text, named)
            if line:
                why = f"the sentence of the {text.language} text that names what the title names: its title may be near"
                yield Question("title", line, text.language, why)


def _sentence_that_names(text: str, named: set[str]) -> str:
    """The shortest sentence outside of quotations with all the names of the title; at most 25 words of it."""
    quoted = quotations(text)
    found = [
        sentence.of(text)
        for sentence in sentences(text)
        if not any(sentence.overlaps(q) for q in quoted) and named <= marks(sentence.of(text))
    ]
    line = min(found, key=len, default="")
    return " ".join(line.split()[:25]).rstrip(".!?")


# --- names ----------------------------------------------------------------------------------------------


def _survivors(story: Story) -> list[tuple[str, str]]:
    """(name, language of its text) of what is likely to survive translation, the most frequent first.

    In the table, or spelled by a rule, or a person's full name, or in texts of two languages alike, or what the text is about.
    """
    found: dict[str, tuple[str, str]] = {}
    everywhere: dict[str, set[str]] = defaultdict(set)
    read = [(text, names_in(text.text, text.language)) for text in story.texts]
    for text, names in read:
        for name in names:
            everywhere[name.text].add(text.language)
    outlets = {name.casefold() for name in (story.outlet, *story.aliases)}
    for text, names in read:
        repeated = own_names(text.text, text.language)
        for name in names:
            short = _surname(name, text.text)
            if name.text.casefold() in outlets or not name.outside:
                continue
            entry = known_name(short, text.language)
            sure = entry is not None or is_slavic(short) or name.text in repeated
            if sure or short != name.text or len(everywhere[name.text]) > 1:
                found.setdefault(entry.name if entry else short, (short, text.language))
    # What the title names comes first, and is all that is known without a text.
    titled = marks(story.title)
    if not story.texts:
        found = {entry.name: (entry.name, "en") for entry in names_table() if f"name {entry.name}" in titled}
    return [pair for key, pair in sorted(found.items(), key=lambda item: f"name {item[0]}" not in titled)]


def _surname(name: Name, text: str) -> str:
    """The last word of a person's full name: what other languages keep. Of anything else the whole name."""
    first, _, last = name.text.rpartition(" ")
    if not first:
        return name.text
    alone = re.search(rf"(?<!{re.escape(first)} )\b{re.escape(last)}s?\b", text)
    initial = re.search(r"\b\w\.", first)
    return last if alone or initial or known_name(last) is not None else name.text


def _named(story: Story, wanted: Sequence[str], survivors: Sequence[tuple[str, str]]) -> Iterator[Question]:
    if not survivors:
        return
    foremost = survivors[0]
    special = _special(survivors)
    unknown = [pair for pair in survivors if known_name(*pair) is None]
    figures = _figures(story)
    events = _events(survivors, _subject(story))
    for language in wanted:
        said = {pair: spelled(*pair, language) for pair in survivors}
        for chosen in (special[: _NAMES - 1], special[_NAMES - 1 : 2 * _NAMES - 2]):
            if len(chosen) > 1:
                why = "names of the text that other reports of the event would not all have"
                yield _question("names", [said[pair] for pair in (*chosen, foremost)], language, why)
        if len(unknown) > 1:
            why = "the names that the text repeats most and no table knows: an excerpt may have no others"
            yield _question("names", [said[pair] for pair in unknown[:2]], language, why)
        for figure in figures:
            why = "a figure of the text, with its foremost name"
            yield Question("names", SEPARATOR.join((figure, said[foremost][0])), language, why)
        for names, word in events:
            event = [said[pair] for pair in names]
            if word is not None and language in word.spellings:
                event.append((word.spelled(language), "table"))
            if len(event) > 1:
                yield _question("event", event, language, "what reports of the same event would name")


def _special(survivors: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the table does not know, in the order of the text, then what it knows, the least frequent first."""
    others = [pair for pair in survivors[1:] if (entry := known_name(*pair)) is None or entry.name not in CARRIERS]
    unknown = [pair for pair in others if known_name(*pair) is None]
    return [*unknown, *reversed([pair for pair in others if known_name(*pair) is not None])]


def _events(
    survivors: Sequence[tuple[str, str]], subject: Sequence[Entry]
) -> list[tuple[list[tuple[str, str]], Entry | None]]:
    """Two ways to name the event: its foremost people, each with places and with what it is about."""
    known = [(pair, entry.name) for pair in survivors if (entry := known_name(*pair)) and entry.name not in CARRIERS]
    people = [pair for pair, name in known if name in PERSONS]
    places = [pair for pair, name in known if name not in PERSONS]
    words = [*subject, None, None]
    first = [*people[:1], *places[: 2 if people else 3]]
    second = [*people[1:2], *places[:1]]
    return [(first, words[0]), *([(second, words[1] or words[0])] if people[1:] else [])]


def _subject(story: Story) -> list[Entry]:
    """The news words that the texts say in most sentences, then those of the title."""
    lines = [marks(line) for line in _sentences_of(story)]
    counts = {entry.name: sum(f"word {entry.name}" in line for line in lines) for entry in words_table()}
    by_count = sorted((e for e in words_table() if counts[e.name] > 1), key=lambda e: -counts[e.name])
    titled = [entry for entry in words_table() if f"word {entry.name}" in marks(story.title)]
    return list({entry.name: entry for entry in (*by_count[:1], *titled, *by_count[1:2])}.values())


def _question(kind: QuestionKind, said: Sequence[tuple[str, str]], language: str, why: str) -> Question:
    spelling = dict.fromkeys(text for text, _ in said)
    ruled = [text for text, how in said if how == "rule"]
    left = [text for text, how in said if how == "as it stands"]
    notes = [f"spelled by rule: {', '.join(ruled)}"] if ruled else []
    notes += [f"as they stand: {', '.join(left)}"] if left else []
    return Question(kind, SEPARATOR.join(spelling), language, "; ".join((why, *notes)))


def _sentences_of(story: Story) -> list[str]:
    return [sentence.of(text.text) for text in story.texts for sentence in sentences(text.text)]


_FIGURE = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?![\w])")


def _figures(story: Story) -> list[str]:
    """Figures that few texts have: of three digits and more, no years, not in a quotation."""
    found: dict[str, None] = {}
    for text in story.texts:
        quoted = quotations(text.text)
        for place in _FIGURE.finditer(text.text):
            digits = re.sub(r"\D", "", place.group())
            year = len(digits) == 4 and digits[:2] in ("18", "19", "20")
            if len(digits) >= 3 and not year and not any(q.start <= place.start() < q.end for q in quoted):
                found.setdefault(place.group(), None)
    return list(found)[:_FIGURES]
