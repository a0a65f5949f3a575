"""How much a difference matters, with the reasons in words. Ranks; never hides.

The scale, and what stands where on it:

=========  ============================================================================================
0          nothing, or typography only: spaces, quotation marks, dashes, invisible characters
< 0.25     clocks and counters ("8 hrs ago", "12 comments"), punctuation, capitals, technical fields, moves
>= 0.25    a word was changed: `NOTABLE`, what a list of changes shows unless it is asked for everything
>= 0.5     a figure, a negation or a quotation changed
>= 0.6     the headline changed, a correction appeared
=========  ============================================================================================

Reasons add up as independent chances do: 1 - (1 - a)(1 - b). The base grows with the changed share r as
ln(1 + (e - 1) r), after EDGI's analysts, and is lifted so that no change of words falls under `NOTABLE`:
rules that call edits of few characters or of one number boring let 12 dead become 21 unseen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from archive.diff_align import Row, count_words, is_word, tokenise, word_runs
from archive.text import normal_form

#: From here on a list of changes shows a change without being asked.
NOTABLE = 0.25
#: Up to so many words an edit changes a statement; a longer one adds or removes a passage, whatever words it holds.
CLAIM = 12
#: So many reasons of one sort are listed; the rest is counted.
LISTED = 3

Fields = Mapping[str, tuple[str | None, str | None]]

_FIELD_WEIGHTS = {
    "title": 0.6,
    "correction": 0.6,
    "language": 0.35,
    "subtitle": 0.3,
    "byline": 0.3,
    "published": 0.25,
    "image": 0.1,
    "section": 0.05,
    "modified": 0.02,
}
FIELD_NAMES = {"title": "headline", "published": "publication date", "modified": "modification date"}


class Reason(NamedTuple):
    words: str
    weight: float


def weigh(rows: Sequence[Row], fields: Fields, *, words: int, language: str | None) -> tuple[float, tuple[str, ...]]:
    """The significance of a difference, 0 to 1, and its reasons, gravest first.

    *words* is the length of the longer text, *language* that of the new one.
    """
    reasons = [*_field_reasons(fields), *_text_reasons(rows, fields, words, language or "")]
    rest = math.prod(1 - reason.weight for reason in reasons)
    ranked = sorted(reasons, key=lambda reason: -reason.weight)
    return round(1 - rest, 3), tuple(dict.fromkeys(reason.words for reason in ranked if reason.words))


# --- fields -----------------------------------------------------------------------------------------


def _field_reasons(fields: Fields) -> Iterator[Reason]:
    for name, (old, new) in fields.items():
        label, weight = FIELD_NAMES.get(name, name), _FIELD_WEIGHTS.get(name, 0.1)
        if not old or not new:
            yield Reason(f"{label} {'added' if new else 'removed'}", weight)
        elif normal_form(old) == normal_form(new):
            yield Reason(f"{label}: only spacing or quotation marks", 0.0)
        elif _same_value(name, old, new):
            yield Reason(f"{label} written differently", min(weight, 0.05))
        else:
            yield Reason(f"{label} changed", weight)


def _same_value(name: str, old: str, new: str) -> bool:
    """The same in another notation: a date with and without its time, an image at another size, other capitals."""
    if name in ("published", "modified"):
        return old[:10] == new[:10]
    if name == "image":
        return old.partition("?")[0] == new.partition("?")[0]
    return old.casefold() == new.casefold()


# --- text -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Edit:
    """One run of changed words inside a paragraph that exists on both sides."""

    #: words only, without punctuation
    old: tuple[str, ...]
    new: tuple[str, ...]
    #: names among them, as phrases
    old_names: tuple[str, ...]
    new_names: tuple[str, ...]
    #: where it stands to a quotation: "", "edited", "added" or "removed"
    quotation: str
    #: it stands for a clock or a counter
    noise: bool

    @property
    def size(self) -> int:
        return max(len(self.old), len(self.new))


def _text_reasons(rows: Sequence[Row], fields: Fields, words: int, language: str) -> Iterator[Reason]:
    reader = _Reader(rows, language)
    edits = [edit for row in _with_both_sides(rows) for edit in reader.edits(row)]
    noise = [edit for edit in edits if edit.noise]
    edits = [edit for edit in edits if not edit.noise]
    worded = [edit for edit in edits if edit.old != edit.new]
    recased = [edit for edit in worded if _folded(edit.old) == _folded(edit.new)]
    real = [edit for edit in worded if _folded(edit.old) != _folded(edit.new)]
    whole = {kind: [row for row in rows if row.kind == kind] for kind in ("added", "removed")}
    for kind, found in whole.items():
        lines = [row.new_text if kind == "added" else row.old_text for row in found]
        noise += [_Edit((), (), (), (), "", True) for line in lines if _is_clock_line(line)]
        prose = [bool(count_words(line)) and not _is_clock_line(line) for line in lines]
        whole[kind] = [row for row, kept in zip(found, prose, strict=True) if kept]

    claims = list(_claim_reasons([*real, *_headline_edits(fields, language)], language))
    changed = sum(edit.size for edit in real)
    changed += max(sum(count_words(row.old_text + row.new_text) for row in found) for found in whole.values())
    if changed:
        share = min(1.0, changed / max(words, 1))
        yield Reason(_quoted(real, told=bool(claims)), NOTABLE + 0.6 * math.log1p((math.e - 1) * share))
    elif noise:
        yield Reason("a clock or a counter", 0.03)
    if recased:
        yield Reason("capitals", 0.12)
    if len(worded) < len(edits):
        yield Reason("punctuation", 0.08)
    if any(row.broken for row in rows):
        yield Reason("paragraphs broken differently", 0.03)
    if moved := sum(row.kind == "moved" and row.old is None for row in rows):
        yield Reason(_counted(moved, "paragraph") + " moved", min(0.2, 0.08 * moved))
    yield from _whole_paragraph_reasons(whole, fields)
    yield from claims


def _with_both_sides(rows: Sequence[Row]) -> Iterator[Row]:
    """Edited paragraphs, and moved ones as if they had been edited in place."""
    for row in rows:
        if row.kind == "edited":
            yield row
        elif row.partner is not None and row.new is not None:
            origin = rows[row.partner]
            runs = word_runs(tokenise(origin.old_text), tokenise(row.new_text))
            yield Row("edited", origin.old, row.new, runs)


def _whole_paragraph_reasons(whole: Mapping[str, Sequence[Row]], fields: Fields) -> Iterator[Reason]:
    for kind, found in whole.items():
        if not found:
            continue
        count = sum(count_words(row.new_text or row.old_text) for row in found)
        paragraphs = _counted(len(found), "paragraph")
        yield Reason(f"{paragraphs} of {_counted(count, 'word')} {kind}", 0.15 if kind == "removed" else 0.1)
        if "correction" not in fields and any(_CORRECTION.match(row.new_text or row.old_text) for row in found):
            yield Reason(f"correction {kind}", 0.6)


def _headline_edits(fields: Fields, language: str) -> list[_Edit]:
    """What changed inside the headline, the standfirst and the correction, so that their figures count too."""
    edits: list[_Edit] = []
    for name in ("title", "subtitle", "correction"):
        old, new = fields.get(name, (None, None))
        if old and new:
            row = Row("edited", 0, 0, word_runs(tokenise(old), tokenise(new)))
            edits += [edit for edit in _Reader([row], language).edits(row) if _folded(edit.old) != _folded(edit.new)]
    return edits


def _claim_reasons(edits: Sequence[_Edit], language: str) -> Iterator[Reason]:
    """What the edits do to statements: figures, negations, qualifiers, names, quotations."""
    numbers = _words_of(_NUMBER_WORDS, language)
    small = [edit for edit in edits if edit.size <= CLAIM]
    sides = [(edit.old, edit.new) for edit in small]
    yield from _swaps("figure", sides, lambda word: bool(_DIGIT.search(word)) or word.lower() in numbers, 0.45)
    negations = _words_of(_NEGATIONS, language)
    yield from _swaps("negation", sides, lambda word: word.lower().replace("’", "'") in negations, 0.5)
    hedges = _words_of(_QUALIFIERS, language)
    yield from _swaps("qualifier", sides, lambda word: word.lower() in hedges, 0.3)
    yield from _swaps("name", [(edit.old_names, edit.new_names) for edit in small], bool, 0.3)
    for kind in ("edited", "removed", "added"):
        if found := sum(edit.quotation == kind for edit in edits):
            words = "quotation" if found == 1 else f"{found} places in quotations"
            yield Reason(f"{words} {kind}", 0.4 if kind == "edited" else 0.2)


def _swaps(
    name: str, sides: Iterable[tuple[tuple[str, ...], tuple[str, ...]]], belongs: Callable[[str], bool], weight: float
) -> Iterator[Reason]:
    """Reasons for words of one sort that came, went, or took each other's place in one edit.

    What left one place and came at another has only moved and is no reason.
    """
    changed: list[tuple[str, str]] = []
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for old, new in sides:
        before, after = Counter(filter(belongs, old)), Counter(filter(belongs, new))
        lost, won = list((before - after).elements()), list((after - before).elements())
        if lost and len(lost) == len(won):
            changed += zip(lost, won, strict=True)
        else:
            gone.update(lost)
            come.update(won)
    phrases = [f"{name} changed: {old} → {new}" for old, new in changed]
    phrases += [f"{name} removed: {word}" for word in (gone - come).elements()]
    phrases += [f"{name} added: {word}" for word in (come - gone).elements()]
    phrases = list(dict.fromkeys(phrases))
    for rank, phrase in enumerate(phrases[:LISTED]):
        yield Reason(phrase, weight / (rank + 1) ** 2)
    if len(phrases) > LISTED:
        yield Reason(f"{len(phrases) - LISTED} more {name}s", 0.0)


def _quoted(edits: Sequence[_Edit], *, told: bool) -> str:
    """The words of a small edit themselves; nothing can say it better, unless a claim told its one word."""
    if len(edits) != 1 or edits[0].size > 8 or (told and edits[0].size == 1):
        return ""
    old, new = " ".join(edits[0].old), " ".join(edits[0].new)
    return f"“{old}” → “{new}”" if old and new else f"“{old}” removed" if old else f"“{new}” added"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


# --- reading the edits of a paragraph ----------------------------------------------------------------


class _Reader:
    """Reads the edits of rows with an eye on what stands around them."""

    def __init__(self, rows: Sequence[Row], language: str) -> None:
        self._rows = rows
        #: languages that write every noun with a capital: only longer phrases are names there
        self._shortest_name = 2 if language in ("de", "lb") else 1
        self._known: tuple[frozenset[str], frozenset[str]] | None = None

    def edits(self, row: Row) -> Iterator[_Edit]:
        old_side, new_side = _Side(row.old_text), _Side(row.new_text)
        at_old = at_new = 0
        for run in row.runs:
            old_end, new_end = at_old + len(run.old), at_new + len(run.new)
            if run.op != "equal":
                yield _Edit(
                    _words(run.old),
                    _words(run.new),
                    self._names(old_side.text, at_old, old_end, known=1),
                    self._names(new_side.text, at_new, new_end, known=0),
                    _quotation(old_side.quotation(at_old, old_end), new_side.quotation(at_new, new_end)),
                    old_side.is_clock(at_old, old_end) and new_side.is_clock(at_new, new_end),
                )
            at_old, at_new = old_end, new_end

    def _names(self, text: str, start: int, end: int, *, known: int) -> tuple[str, ...]:
        """Phrases of capitalised words in a span that the other text does not have; not the first of a sentence."""
        if start == end:
            return ()
        if self._known is None:
            old, new = (row.old_text for row in self._rows), (row.new_text for row in self._rows)
            self._known = _vocabulary(old), _vocabulary(new)
        before = tokenise(text[max(0, start - 40) : start])
        fresh = not before or _starts_sentence(before[-1].key)
        phrases: list[list[str]] = [[]]
        for token in tokenise(text[start:end]):
            if _CAPITAL.match(token.key) and not fresh and token.key not in self._known[known]:
                phrases[-1].append(token.key)
            elif phrases[-1]:
                phrases.append([])
            fresh = _starts_sentence(token.key)
        return tuple(" ".join(phrase) for phrase in phrases if len(phrase) >= self._shortest_name)


def _quotation(old: str, new: str) -> str:
    if "inside" in (old, new) or (old and new):
        return "edited"
    return "removed" if old else "added" if new else ""


class _Side:
    """A paragraph's text with the spans of its quotations and clocks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._quotations = [match.span() for match in _QUOTED.finditer(text.translate(_DOUBLE_QUOTES))]
        self._clocks = list(_clock_spans(text))

    def quotation(self, start: int, end: int) -> str:
        """Whether a span lies "inside" a quotation, holds one ("around"), or neither ("")."""
        if start == end:
            return ""
        for first, last in self._quotations:
            if first < start and end <= last and end - start < last - first - 2:
                return "inside"
        return "around" if any(start <= first and last <= end + 1 for first, last in self._quotations) else ""

    def is_clock(self, start: int, end: int) -> bool:
        end = start + len(self.text[start:end].rstrip())
        return start == end or any(first <= start and end <= last for first, last in self._clocks)


def _clock_spans(text: str) -> Iterator[tuple[int, int]]:
    short = count_words(text) <= _SHORT_LINE
    yield from (match.span() for match in _COUNTER.finditer(text))
    yield from (match.span() for match in _STAMP.finditer(text) if short or _AGO.search(match.group()))
    for match in _AGO.finditer(text):
        if short or _ABBREVIATED.search(match.group()):
            yield match.span()


def _is_clock_line(text: str) -> bool:
    return any(last - first >= 0.7 * len(text.strip()) for first, last in _clock_spans(text))


def _vocabulary(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(token.key for text in texts for token in tokenise(text))


def _words(text: str) -> tuple[str, ...]:
    return tuple(token.key for token in tokenise(text) if is_word(token.key))


def _starts_sentence(previous: str) -> bool:
    return not is_word(previous) and previous not in (",", ";", "-", ")", "(", "/", "&")


# --- what the words are -------------------------------------------------------------------------------

_DIGIT = regex.compile(r"\p{N}")
_CAPITAL = regex.compile(r"\p{Lu}[\p{L}\p{M}\p{N}'-]")
_DOUBLE_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″「」『』", '"'))
_QUOTED = regex.compile(r'"[^"]{3,}(?:"|$)|‘[^’]{3,}?’(?!\p{L})|(?<![\p{L}\p{N}])\'[^\']{8,}?\'(?!\p{L})')
_CORRECTION = regex.compile(
    r"\W*(?:correction|clarification|editor['’]s note|erratum|correctie|rectificatie|naschrift|aanvulling|korrektur|"
    r"berichtigung|richtigstellung|correctif|rectificatif|correcci[oó]n|fe de erratas|rettifica|correção)\b",
    regex.IGNORECASE,
)

# "8 HRS ago" and its like. In prose ("raided three days ago") such words are news: they count for a clock only in
# a short line, after a word like "updated", or with an abbreviated unit.
_SHORT_LINE = 10
_AGO = regex.compile(
    r"""\b(?:\d+|an?|one)\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?|yrs?|years?)
      \.?\s+ago\b
    | \b(?:\d+|een)\s*(?:s|sec|seconden|m|min|minuut|minuten|u|uur|uren|d|dag|dagen|week|weken|maanden?|jaar)
      \.?\s+geleden\b
    | \bvor\s+(?:\d+|eine[rm])\s*(?:sek|sekunden?|min|minuten?|std|stunden?|tag|tagen|wochen?|monat|monaten|jahren?)\b
    | \bil\s+y\s+a\s+\d+\s*(?:s|min|minutes?|h|heures?|j|jours?|semaines?|mois|ans?)\b
    | \b(?:hace|há)\s+\d+\s*(?:s|min|minut\w+|h|horas?|d[ií]as?|semanas?|mes\w*|años?|anos?)\b
    | \bjust\s+now\b | \bzojuist\b""",
    regex.VERBOSE | regex.IGNORECASE,
)
_ABBREVIATED = regex.compile(r"\d\s*(?:s|secs?|m|mins?|h|hrs?|d|w|wks?|yrs?|u|std|sek|j)\b", regex.IGNORECASE)
_STAMP = regex.compile(
    r"\b(?:updated|posted|published|modified|bijgewerkt|gewijzigd|geplaatst|gepubliceerd|laatste\s+update|aktualisiert|"
    r"veröffentlicht|stand|mis\s+à\s+jour|publié|modifié|actualizado|publicado|aggiornato|pubblicato|atualizado)\b[^.!?]{0,60}",
    regex.IGNORECASE,
)
_COUNTER = regex.compile(
    r"\b\d[\d.,]*\s*[km]?\s*(?:comments?|shares?|views?|likes?|reacties?|keer\s+gedeeld|kommentare?|commentaires?|"
    r"comentarios?|min(?:utes?)?\s+read|min(?:uten)?\s+leestijd)\b",
    regex.IGNORECASE,
)

# Words that turn, weaken or count, by language: "mai" is never in Italian and May in French.
_NEGATIONS = {
    "en": "no not never none nobody nothing nor neither without cannot can't don't doesn't didn't isn't aren't "
    "wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't",
    "nl": "niet geen nooit niemand niets noch zonder nimmer evenmin",
    "de": "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder",
    "fr": "ne pas jamais aucun aucune rien sans non ni",
    "es": "no nunca nadie nada ningún ninguno ninguna sin tampoco jamás",
    "it": "non mai nessuno nessuna niente senza né",
    "pt": "não nunca nenhum nenhuma ninguém nada sem jamais",
    "pl": "nie nigdy nikt nic bez ani",
    "ru": "не нет никогда никто ничего без ни",
    "uk": "не ні ніколи ніхто нічого без",
}
_QUALIFIERS = {
    "en": "alleged allegedly reportedly apparently supposedly suspected claimed claims unconfirmed false "
    "falsely likely unlikely possible possibly probably perhaps may might could would should must will",
    "nl": "vermeend vermeende vermoedelijk vermoedelijke zou zouden mogelijk mogelijke waarschijnlijk "
    "waarschijnlijke misschien blijkbaar onbevestigd onbevestigde vals valse beweert kan kunnen moet "
    "moeten zal zullen",
    "de": "angeblich angebliche mutmaßlich mutmaßliche mutmaßlichen offenbar möglicherweise wahrscheinlich "
    "vermutlich soll sollen könnte könnten falsch falsche muss müssen wird",
    "fr": "présumé présumée prétendu prétendue prétendument probablement apparemment aurait auraient pourrait "
    "serait doit faux fausse",
    "es": "presunto presunta supuesto supuesta supuestamente posiblemente probablemente quizás podría habría "
    "debe falso falsa",
    "it": "presunto presunta presunti presumibilmente forse probabilmente potrebbe sarebbe avrebbe deve falso falsa",
    "pt": "suposto suposta supostamente talvez provavelmente poderia teria deve falso falsa",
}
_NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds "
    "thousand thousands million millions billion billions dozen dozens half twice",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien twintig dertig "
    "veertig vijftig zestig zeventig tachtig negentig honderd honderden duizend duizenden miljoen miljard "
    "tientallen helft",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert "
    "hunderte tausend tausende million millionen milliarden dutzend dutzende hälfte",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze vingt trente quarante cinquante soixante "
    "cent cents mille milliers million millions milliard milliards douzaine moitié",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta cincuenta cien "
    "mil miles millón millones docena mitad",
}


def _words_of(table: Mapping[str, str], language: str) -> frozenset[str]:
    """The words of one language; of all that the table knows, if it does not know this one."""
    return frozenset((table[language] if language in table else " ".join(table.values())).split())
