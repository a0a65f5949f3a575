"""What a page's captures say over time: a decision table, and the versions that follow from it.

Pure: no SQL, no network, no clock. `decide` looks at one capture and at what the page was known to say before it;
`history` folds the captures of one page, in order of time, into versions. The order in which captures arrived
plays no part, so that an old capture imported late takes its place and its neighbour is judged again.

Two tables hold all the rules: `FIELDS` says what a version is made of and when a field makes one; `DECISION_TABLE`
says what a capture means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from archive.diff_fields import same_image
from archive.memory import only_outlet_lines_differ
from archive.plausibility import common_words, lost_text, other_article, shrunk_to_stub
from archive.text import normal_form, visible_form
from archive.titles import same_page_title, told_by_headline
from archive.types import Extraction, Observation, Version
from archive.urls import registrable_domain, url_key

DecisionKind = Literal["new_version", "unchanged", "gone", "bad", "unreachable"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one capture means for its page."""

    kind: DecisionKind
    #: the branch of the table, in words
    why: str
    changed_fields: tuple[str, ...] = ()
    #: name of the row of `DECISION_TABLE`
    row: str = ""


Fields = Mapping[str, str | None]
"""What a page says, by field name. A field that is missing was not read; None or empty means that the page does not state it."""


# --- what a version is made of ---------------------------------------------------------------------


def _form(value: str | None) -> str:
    return visible_form(value or "")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a version, and when a change of it makes one."""

    name: str
    #: whether a difference is an edit, asked of (old, new) where both differ in more than white space
    decides: Callable[[Fields, Fields], bool]
    #: the value as it is compared; white space aside, if nothing else is said
    form: Callable[[str | None], object] = _form
    #: compared only where both sides state it: readings of earlier labels may lack it
    both: bool = False
    #: asked where the forms differ: whether it says another thing at all
    differs: Callable[[Fields, Fields], bool] = lambda old, new: True


def _always(old: Fields, new: Fields) -> bool:
    return True


def _never(old: Fields, new: Fields) -> bool:
    return False


_CUT_OFF = re.compile(r"\W*(?:…|\.\.\.)\W*$")
_FIGURES = re.compile(r"\d[\d.,:]*")


def _another_subtitle(old: Fields, new: Fields) -> bool:
    """Whether somebody wrote another summary. Not: one that is stated for the first time or no longer, that was cut at
    another length, that differs in figures or quotation marks only, or that is cut out of the text by a template."""
    sides = [_FIGURES.sub("0", normal_form(fields.get("subtitle") or "")).casefold() for fields in (old, new)]
    one, other = (_CUT_OFF.sub("", side).strip(" .") for side in sides)
    if not one or not other or one.startswith(other) or other.startswith(one):
        return False
    texts = [_FIGURES.sub("0", normal_form(fields.get("text") or "")).casefold() for fields in (old, new)]
    return not any(side in text for side in (one, other) for text in texts)


_NAME_BREAK = re.compile(r"[,;/|&•·()]|\s(?:and|und|en|et|y|e|og|och|i|ja|with|mit|met|avec|for|at|in|from)\s")
_BY = re.compile(r"^\W*(?:by|von|door|par|por|di|da|af|av)\b\W*")
_NO_NAME = re.compile(
    r"\b(?:reporters?|correspondents?|editors?|staff|writers?|contributors?|redactie|redaktion|redacción|redazione|redação|rédaction"
    r"|news|agency|agencies|agence|agentur|agenzia|press|associated|team|desk|online|newsroom|service|reuters|afp|dpa|anp|efe"
    r"|ansa|apa|tass|admin|magazine|media|times|post|today|updated|published)\b|https?:|@"
)
_NAME_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")


def _names(byline: str | None) -> frozenset[frozenset[str]]:
    """The persons of a byline, each as the set of its words: "By Ann B. Lee, BBC News" -> {{ann, lee}}.

    Initials, roles, outlets and agencies are left out, and so is what has one word only: it may be anything.
    """
    parts = (_BY.sub("", part) for part in _NAME_BREAK.split(normal_form(byline or "").casefold()))
    names = (frozenset(_NAME_WORD.findall(part)) for part in parts if not _NO_NAME.search(part))
    return frozenset(name for name in names if len(name) >= 2)


def _lost_a_name(old: Fields, new: Fields) -> bool:
    """Whether an author's name was taken off or exchanged, while both sides name authors.

    Agencies add names as a story grows, and templates begin to state them: names that only come are noted.
    """
    new_names = _names(new.get("byline"))
    new_words = frozenset().union(*new_names) if new_names else frozenset()
    return bool(new_names) and any(not name & new_words for name in _names(old.get("byline")))


_ARCHIVED = re.compile(
    r"^(?:web\.archive\.org|archive\.org|webarchive\.[^/]+)/web/\d{4,14}(?:[a-z]{2}_)?/(?:https?:/{1,2})?"
)
EMBED_DOMAINS = frozenset(
    """
    twitter.com x.com t.co facebook.com fb.com instagram.com tiktok.com threads.net pinterest.com whatsapp.com
    telegram.me t.me bsky.app reddit.com linkedin.com addtoany.com
    """.split()  # noqa: SIM905 - a block of words is easier to check than a line for each
)
"""Whose widgets bring links of their own, which come and go with the widget's script: in one of our sets the links of three
quoted tweets went, and nothing that a reader sees."""

ALL_AT_ONCE = 3
"""Links from which on their going, or coming, all together is a matter of reading and not of writing."""


def _link_set(links: str | None) -> frozenset[str]:
    """The addresses that an article points to, as keys; a web archive's prefix and widgets' links left out."""
    keys = (_ARCHIVED.sub("", line) for line in (links or "").splitlines() if line.strip())
    return frozenset(url_key(key) for key in keys if registrable_domain(key) not in EMBED_DOMAINS)


def _links_edited(old: Fields, new: Fields) -> bool:
    one, other = _link_set(old.get("links")), _link_set(new.get("links"))
    all_at_once = (not one and len(other) >= ALL_AT_ONCE) or (not other and len(one) >= ALL_AT_ONCE)
    return one != other and not all_at_once


_CREDIT = re.compile(
    r"[\[(]?\s*(?:(?:\b(?:photo(?:graph)?s?|fotos?|images?|bild|picture|beeld|cr[eé]dits?|credit|copyright|source|quelle|bron"
    r"|fuente|fonte|kuva|zdj[eę]cie)\b|사진|写真|图)\s*(?:출처\s*=|[:：/=©]|\b(?:by|door|von|par|por|di|av|via)\b)|©).*$",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s*(?=[^\W\d_])")
_LOWER_WORD = re.compile(
    r"\b(?!(?:by|via|for|of|from|de|di|da|du|van|von|der|den|door|par|por|and|und|en|et|y|e)\b)[^\W\d_A-Z][^\W\d_]+"
)
_CAPTION_WORD = re.compile(r"[^\W_]+")


def _names_only(text: str) -> bool:
    """Whether a text is nothing but names, as a credit is: "Ann Moor / Reuters", "Jan de Wit via AP"."""
    return text != text.lower() and not any(word[0].islower() for word in _LOWER_WORD.findall(text))


def _caption_words(caption: str | None) -> list[str]:
    """The words of a caption without the credit at its end."""
    sentences = _SENTENCE.split(_CREDIT.sub("", normal_form(caption or "")).strip())
    if len(sentences) > 1 and _names_only(sentences[-1]):
        sentences.pop()
    return _CAPTION_WORD.findall(" ".join(sentences))


RECAPTIONED = 0.15
"""Share of common words of two captions of one image from which on the second is an edit of the first. Below it another
figure of the page was taken for the lead: which one it is, is a guess where no figure shows the image that is declared."""


def _another_caption(old: Fields, new: Fields) -> bool:
    """Whether somebody wrote something else under the lead image.

    Not: another credit, signs and capitals, a caption that is no words but a file's name.
    """
    one, other = _caption_words(old.get("caption")), _caption_words(new.get("caption"))
    if min(len(one), len(other)) < 2 or "".join(one).casefold() == "".join(other).casefold():
        return False
    short, long = sorted((one, other), key=len)
    if long[: len(short)] == short and _names_only(" ".join(long[len(short) :])):
        return False
    images = old.get("image"), new.get("image")
    if images[0] and images[1] and not same_image(images[0], images[1]):
        return True  # the image was exchanged, and what is said of it
    return common_words(" ".join(one), " ".join(other)) >= RECAPTIONED


def _another_page_title(old: Fields, new: Fields) -> bool:
    titles = old.get("page_title") or "", new.get("page_title") or ""
    return not same_page_title(*titles) and not told_by_headline(titles, (old.get("title"), new.get("title")))


def _address(url: str | None) -> str:
    return url_key(_ARCHIVED.sub("", url_key(url))) if url else ""


FIELDS = (
    Field("title", _always),
    Field("subtitle", _another_subtitle),
    Field("byline", _lost_a_name),
    Field("correction", _always),
    Field("text", _always),
    Field("links", _links_edited, form=_link_set, both=True),
    Field("published", _never),
    Field("modified", _never),
    Field("section", _never),
    Field("language", _never),
    Field("image", _never),
    Field("canonical", _never, form=_address, both=True),
    Field("caption", _another_caption, both=True),
    Field("page_title", _always, both=True, differs=_another_page_title),
)
"""Measured on sets of captures between which nothing changed for a reader (same_text_other_html, 31 sets, of which 27 state
a subtitle, 20 have links, 8 a byline, 2 a caption). What differs there all the same:

- subtitle, links, published, modified, section, language, canonical: in none
- byline: in one, to which names were added
- image: in two, the same image from another of the site's servers

In other sets the published date moved by a day with a new template, sections and images came with one, a subtitle was cut
at another length, and a caption lost a space. So subtitle, byline, links and caption decide under the conditions above, and
the rest is noted: named among the changed fields, but no version by itself. A page's title decides where it says something
else than the site's name and tells more than the headline's own edit: of 85 sets one has such an edit, and it is a real one.
"""

DECIDING_FIELDS = ("title", "subtitle", "byline", "correction", "text")
"""Fields of every reading that can make a version."""

NOTED_FIELDS = ("published", "modified", "section", "language", "image")
"""Fields of every reading that are named among a version's changed fields, but make none: they change without an
editor's hand (image sizes in URLs, a modified date stamped by every deployment)."""

STATED_FIELDS = ("links", "canonical", "caption", "page_title")
"""Fields that are compared where both readings state them: `links` as keys of `archive.urls.url_key`, one a line."""


IN_A_BROWSER = ", made by scripts"
"""Ends the way of reading of a body that a browser's scripts made: it never is a side of an edit with one that the server
sent."""


def way_of_reading(path: str, rendered: bool) -> str:
    """How a text was found (see `archive.extract_text`), and in what."""
    return f"{path}{IN_A_BROWSER}" if rendered else path


def fields_of(extraction: Extraction, *, rendered: bool = False) -> dict[str, str | None]:
    """The fields of a version as one reading gives them, with how it was read (`path`) and whether it is free (`free`)."""
    free = extraction.markup.free
    fields: dict[str, str | None] = {name: getattr(extraction, name) for name in (*DECIDING_FIELDS, *NOTED_FIELDS)}
    return fields | {
        "links": "\n".join(sorted({url_key(link.url) for link in extraction.links})),
        "canonical": extraction.markup.canonical,
        "caption": extraction.caption,
        "page_title": extraction.page_title,
        "path": way_of_reading(extraction.path, rendered),
        "free": None if free is None else str(free).lower(),
    }


def changed_fields(old: Fields, new: Fields) -> tuple[str, ...]:
    """Names of the fields that say something else, white space aside.

    Other quotes or dashes are another text: its change is ranked as noise, but not lost.
    """
    return tuple(field.name for field in _differing(*_without_headlines(old, new)))


def deciding_fields(old: Fields, new: Fields) -> tuple[str, ...]:
    """Those of `changed_fields` that make a version."""
    old, new = _without_headlines(old, new)
    return tuple(field.name for field in _differing(old, new) if field.decides(old, new))


def _differing(old: Fields, new: Fields) -> list[Field]:
    return [
        field
        for field in FIELDS
        if not (field.both and (old.get(field.name) is None or new.get(field.name) is None))
        and field.form(old.get(field.name)) != field.form(new.get(field.name))
        and field.differs(old, new)
    ]


def _without_headlines(old: Fields, new: Fields) -> tuple[Fields, Fields]:
    """Both without the headline as first line of the text, if it stands there in both.

    Many templates print the headline inside the article: its change is no change of the text.
    """
    bodies = [_after_headline(fields) for fields in (old, new)]
    if None in bodies:
        return old, new
    return {**old, "text": bodies[0]}, {**new, "text": bodies[1]}


def _after_headline(fields: Fields) -> str | None:
    first, _, rest = (fields.get("text") or "").partition("\n")
    title = _form(fields.get("title"))
    return rest if title and rest and _form(first) == title else None


# --- what a capture means --------------------------------------------------------------------------


class Case:
    """One capture beside what its page said before. What is costly is worked out once, and only if a row asks."""

    def __init__(self, known: Fields | None, seen: Observation, learned: Collection[int] = ()) -> None:
        #: what the page said last; None if it never said anything
        self.known = known
        self.seen = seen
        self.learned = learned

    @property
    def status(self) -> int:
        assert self.seen.status is not None
        return self.seen.status

    @property
    def blocked(self) -> bool:
        return any(reason.startswith("blocked:") for reason in self.seen.quality.reasons)

    @property
    def old(self) -> Fields:
        assert self.known is not None
        return self.known

    @property
    def new(self) -> Fields:
        assert self.seen.fields is not None
        return self.seen.fields

    @property
    def read_another_way(self) -> bool:
        """Whether the two sides do not compare. The same words are the same, whether scripts put them there or the server."""
        one, other = self.old.get("path") or "", self.new.get("path") or ""
        by_scripts = one.endswith(IN_A_BROWSER) != other.endswith(IN_A_BROWSER)
        return one != other and (not by_scripts or bool(self.with_outlet_lines))

    @cached_property
    def outlet_lines(self) -> tuple[str, ...]:
        """The outlet's own lines that came or went, if the text differs in nothing else."""
        if not self.learned:
            return ()
        own = [fields.get(name) for fields in (self.old, self.new) for name in ("title", "subtitle", "correction")]
        old_text, new_text = self.old.get("text") or "", self.new.get("text") or ""
        return only_outlet_lines_differ(old_text, new_text, self.learned, own=own) or ()

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The changed fields; the text is not among them if only lines of the outlet differ."""
        return self._without_outlet_lines(changed_fields(self.old, self.new))

    @cached_property
    def deciding(self) -> tuple[str, ...]:
        return self._without_outlet_lines(self.with_outlet_lines)

    @cached_property
    def with_outlet_lines(self) -> tuple[str, ...]:
        return deciding_fields(self.old, self.new)

    def _without_outlet_lines(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name != "text") if "text" in names and self.outlet_lines else names


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the decision table."""

    name: str
    kind: DecisionKind
    holds: Callable[[Case], bool]
    why: Callable[[Case], str]


def _answered(case: Case) -> str:
    by = [reason for reason in case.seen.quality.reasons if not reason.startswith("http_")]
    return f"the server answered {case.status}" + (f" ({', '.join(by)})" if by else "")


def _quoted(lines: Sequence[str]) -> str:
    shown = [line if len(line) <= 80 else f"{line[:79]}…" for line in lines[:3]]
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return "; ".join(f"“{line}”" for line in shown) + more


OTHER_ARTICLE = "another article answers at this address"
TEXT_LOST = "the article's text is gone from the page, and something short stands in its place"
READ_ANOTHER_WAY = "read another way"
STUB_LEFT = "a stub is left of the article, and an offer to pay for the rest"

DECISION_TABLE: tuple[Row, ...] = (
    Row("no answer", "unreachable",
        lambda c: c.seen.error_class is not None or c.seen.status is None,
        lambda c: f"no answer: {c.seen.error_class or 'unknown'}"),
    Row("blocked", "unreachable", lambda c: c.status >= 400 and c.blocked, _answered),
    Row("gone", "gone", lambda c: c.status in (404, 410), _answered),
    Row("304 of nothing", "bad",
        lambda c: c.seen.not_modified and c.seen.fields is None and c.known is None,
        lambda c: "304, but the body that it confirms is not in the archive"),
    Row("304", "unchanged",
        lambda c: c.seen.not_modified and c.seen.fields is None,
        lambda c: "the server answered 304"),
    Row("server error", "unreachable", lambda c: c.status >= 400, _answered),
    Row("bad capture", "bad", lambda c: not c.seen.quality.good, lambda c: ", ".join(c.seen.quality.reasons)),
    Row("no text", "bad",
        lambda c: c.seen.fields is None or not c.seen.fields.get("text"),
        lambda c: "no article was found on the page"),
    Row("first", "new_version", lambda c: c.known is None, lambda c: "the first good capture"),
    Row(READ_ANOTHER_WAY, "bad",
        lambda c: c.read_another_way,
        lambda c: f"read another way than before ({c.old.get('path')} → {c.new.get('path')})"),
    Row("the same", "unchanged",
        lambda c: not c.with_outlet_lines,
        lambda c: "the server answered 304" if c.seen.not_modified else "the same text"),
    Row("lines of the outlet", "unchanged",
        lambda c: not c.deciding,
        lambda c: f"only lines of the outlet differ: {_quoted(c.outlet_lines)}"),
    Row("another article", "bad", lambda c: other_article(c.old, c.new), lambda c: OTHER_ARTICLE),
    Row("text lost", "bad", lambda c: lost_text(c.old, c.new), lambda c: TEXT_LOST),
    Row("stub", "bad",
        lambda c: shrunk_to_stub(
            c.old.get("text") or "", c.new.get("text") or "", free=False if c.new.get("free") == "false" else None
        ) is not None,
        lambda c: STUB_LEFT),
    Row("edited", "new_version", lambda c: True, lambda c: f"changed: {', '.join(c.changed)}"),
)  # fmt: skip
"""What a capture means: the first row that holds decides. Later rows rely on earlier ones (a status from "blocked" on,
fields from "first" on, something known from "read another way" on)."""


def decide(known: Fields | None, seen: Observation, *, learned: Collection[int] = ()) -> Decision:
    """Judge a capture against what the page said before it.

    Args:
        known: the fields of the page's last version before this capture; None if it had none.
        learned: keys of the lines that the outlet repeats on other pages (see `archive.memory`): a text that differs
            in nothing else was not edited.
    """
    case = Case(known, seen, learned)
    row = next(row for row in DECISION_TABLE if row.holds(case))
    changed = case.changed if row.name == "edited" else ()
    return Decision(row.kind, row.why(case), changed, row.name)


JUMPS = 2
"""Captures in a row that can be read only in another way than the page before, from which on the page goes on as it is read
now: as another version, of which it is not said what changed. One such capture may be half a page."""

Reread = Callable[[int, str], Fields | None]
"""What the body of a capture (by its id) says if it is read in this way (`path`) only; None if nothing is found that way."""


def history(
    page_id: int,
    observations: Sequence[Observation],
    *,
    after: tuple[Version, Fields] | None = None,
    learned: Collection[int] = (),
    reread: Reread | None = None,
) -> tuple[list[Version], dict[int, Decision]]:
    """The versions of a page, and the decision on each of its captures.

    Args:
        observations: all captures of the page, in order of time; with *after*, those that follow it.
        after: the page's last version and what it says, where its history up to there is known already.
        learned: keys of the lines that the outlet repeats (see `archive.memory`).
        reread: reads one side of a jump between ways of reading in the way of the other, so that they compare.

    A, B, A gives three versions. A bad or missing capture ends no version: the interval goes on
    when the page is seen to say the same again.
    """
    versions: list[Version] = [after[0]] if after else []
    decisions: dict[int, Decision] = {}
    known: Fields | None = after[1] if after else None
    known_id = after[0].last_capture_id if after else 0
    jumped = 0
    for seen in observations:
        decision = decide(known, seen, learned=learned)
        if decision.row == READ_ANOTHER_WAY and reread is not None and known is not None:
            decision = _read_alike(known, known_id, seen, learned, reread) or decision
            jumped += decision.row == READ_ANOTHER_WAY
            if jumped >= JUMPS and decision.row == READ_ANOTHER_WAY:
                decision = Decision("new_version", f"{decision.why}, again; not compared", row=READ_ANOTHER_WAY)
        if decision.kind in ("new_version", "unchanged"):
            jumped = 0
        decisions[seen.capture_id] = decision
        if decision.kind == "new_version":
            assert seen.extraction_id is not None
            versions.append(
                Version(
                    page_id=page_id,
                    number=versions[-1].number + 1 if versions else 1,
                    first_capture_id=seen.capture_id,
                    last_capture_id=seen.capture_id,
                    seen_from=seen.at,
                    seen_to=seen.at,
                    extraction_id=seen.extraction_id,
                    changed_fields=decision.changed_fields,
                )
            )
            known, known_id = seen.fields, seen.capture_id
        elif decision.kind == "unchanged":
            last = versions[-1]
            if decision.row != "304" and seen.fields is not None and known is not None:
                moved_on = seen.fields.get("path") != known.get("path")
                known, known_id = (seen.fields, seen.capture_id) if moved_on else (known, known_id)
            versions[-1] = replace(last, last_capture_id=seen.capture_id, seen_to=seen.at, captures=last.captures + 1)
    return versions, decisions


def _read_alike(
    known: Fields, known_id: int, seen: Observation, learned: Collection[int], reread: Reread
) -> Decision | None:
    """The decision on a capture that was read another way than the page before, both read alike; None if neither way does.

    The new side is read in the old way, or, if that finds nothing in it (a new template), the old side in the new way.
    """
    assert seen.fields is not None
    again = reread(seen.capture_id, known.get("path") or "")
    if again is not None:
        return decide(known, replace(seen, fields=again), learned=learned)
    before = reread(known_id, seen.fields.get("path") or "")
    return decide(before, seen, learned=learned) if before is not None else None
