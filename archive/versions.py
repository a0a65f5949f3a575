"""What a page's captures say over time: a decision table, and the versions that follow from it.

Pure: no SQL, no network, no clock. `decide` looks at one capture and at what the page was known to say before it;
`history` folds the captures of one page, in order of time, into versions. The order in which captures arrived
plays no part, so that an old capture imported late takes its place and its neighbour is judged again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from archive.quality import same_address
from archive.text import normal_form, visible_form
from archive.types import Observation, Version

DECIDING_FIELDS = ("title", "correction", "text")
"""A change of one of these makes a version."""

NOTED_FIELDS = ("byline", "subtitle", "published", "modified", "section", "language", "image")
"""Named among a version's changed fields, but no version by themselves: they change without an editor's hand
(image sizes in URLs, a modified date stamped by every deployment, descriptions cut by a plugin, a byline that a
new template states for the first time)."""

OTHER_CONTENT = 0.15
"""Share of common words up to which a text is another article's. Real edits of one article keep 0.4 and more;
pages that answered with another article for the same URL kept under 0.08."""

SHRUNK = 0.4
"""Share of its length below which a text that has also lost its words counts as replaced by a notice."""

DecisionKind = Literal["new_version", "unchanged", "gone", "bad", "unreachable"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one capture means for its page."""

    kind: DecisionKind
    #: the branch of the table, in words
    why: str
    changed_fields: tuple[str, ...] = ()


Fields = Mapping[str, str | None]


def decide(known: Fields | None, seen: Observation) -> Decision:
    """Judge a capture against what the page said before it.

    Args:
        known: the fields of the page's last version before this capture; None if it had none.
    """
    if seen.error_class is not None or seen.status is None:
        return Decision("unreachable", f"no answer: {seen.error_class or 'unknown'}")
    if seen.status in (404, 410):
        return Decision("gone", f"the server answered {seen.status}")
    if seen.not_modified and seen.fields is None:
        if known is None:
            return Decision("bad", "304, but the body that it confirms is not in the archive")
        return Decision("unchanged", "the server answered 304")
    if seen.status >= 400:
        return Decision("unreachable", f"the server answered {seen.status}")
    if not seen.quality.good:
        return Decision("bad", ", ".join(seen.quality.reasons))
    if seen.fields is None or not seen.fields.get("text"):
        return Decision("bad", "no article was found on the page")
    if known is None:
        return Decision("new_version", "the first good capture")
    if known.get("path") != seen.fields.get("path"):
        return Decision("bad", f"read another way than before ({known.get('path')} → {seen.fields.get('path')})")
    changed = changed_fields(known, seen.fields)
    if not any(name in DECIDING_FIELDS for name in changed):
        return Decision("unchanged", "the server answered 304" if seen.not_modified else "the same text")
    if _other_article(known, seen.fields):
        return Decision("bad", "another article answers at this address")
    if _lost_text(known, seen.fields):
        return Decision("bad", "the article's text is gone from the page, and something short stands in its place")
    return Decision("new_version", f"changed: {', '.join(changed)}", changed)


def changed_fields(old: Fields, new: Fields) -> tuple[str, ...]:
    """Names of the fields that say something else, white space aside.

    Other quotes or dashes are another text: its change is ranked as noise, but not lost.
    """
    old, new = _without_headlines(old, new)
    return tuple(name for name in (*DECIDING_FIELDS, *NOTED_FIELDS) if _form(old.get(name)) != _form(new.get(name)))


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


def _form(value: str | None) -> str:
    return visible_form(value or "")


def _other_article(old: Fields, new: Fields) -> bool:
    """Whether the page was taken over by other content: title, text and declared address all say so."""
    if same_address(old.get("canonical"), new.get("canonical")):
        return False
    return (
        _common(old.get("title"), new.get("title")) <= OTHER_CONTENT
        and _common(old.get("text"), new.get("text")) <= OTHER_CONTENT
    )


def _lost_text(old: Fields, new: Fields) -> bool:
    """Whether a notice of some kind (a wall, an error in words) took the place of the article.

    It may be a removal notice: the capture shows it. It is no edit of the text.
    """
    before, after = len(old.get("text") or ""), len(new.get("text") or "")
    return after < SHRUNK * before and _common(old.get("text"), new.get("text")) <= OTHER_CONTENT


def _common(old: str | None, new: str | None) -> float:
    """Jaccard index of the word sets; 1 if both are empty."""
    one, other = set(normal_form(old or "").casefold().split()), set(normal_form(new or "").casefold().split())
    return len(one & other) / len(one | other) if one or other else 1.0


def history(
    page_id: int, observations: Sequence[Observation], *, after: tuple[Version, Fields] | None = None
) -> tuple[list[Version], dict[int, Decision]]:
    """The versions of a page, and the decision on each of its captures.

    Args:
        observations: all captures of the page, in order of time; with *after*, those that follow it.
        after: the page's last version and what it says, where its history up to there is known already.

    A, B, A gives three versions. A bad or missing capture ends no version: the interval goes on
    when the page is seen to say the same again.
    """
    versions: list[Version] = [after[0]] if after else []
    decisions: dict[int, Decision] = {}
    known: Fields | None = after[1] if after else None
    for seen in observations:
        decision = decide(known, seen)
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
            known = seen.fields
        elif decision.kind == "unchanged":
            last = versions[-1]
            versions[-1] = replace(last, last_capture_id=seen.capture_id, seen_to=seen.at, captures=last.captures + 1)
    return versions, decisions
