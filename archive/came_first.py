"""Which came first, from what an archive knows of a story and of a page that carries its text. Pure.

`archive.match.direction` weighs the clues; here they are gathered.
"""

from __future__ import annotations

from dataclasses import replace

from archive.match.credit import best_credit, find_credits
from archive.match.direction import Direction, Known, direction
from archive.match.pointers import Target, pointers
from archive.types import CarriedPage, Story


def came_first(pair: CarriedPage) -> Direction:
    """Which side came first, and why. A source that both name is said: then neither need be the other's copy."""
    text = next((text for text in pair.story.texts if text.id == pair.story_text_id), None)
    own = (pair.story.outlet, *pair.story.aliases)  # a text that names its own outlet names nobody else
    credits = find_credits(text.text, (pair.page_outlet, *own)) if text is not None else ()
    back = best_credit([credit for credit in credits if credit.name not in own or not credit.name])
    of_page = Story("", pair.page.title or "", pair.page_outlet, urls=(pair.page.url,))
    story = Known(
        url=pair.own_life.url or next(iter(pair.story.urls), ""),
        published=pair.own_life.published,
        modified=pair.own_life.modified,
        first_captured=pair.own_life.first_captured,
        credits_other=back.text if back and back.name else "",
        credits_third=back.text if back and not back.name else "",
        points_to_other=tuple(pointers(pair.own_page, Target.of(of_page))) if pair.own_page is not None else (),
        given_as=text.role if text is not None and not text.source.startswith("capture:") else None,
    )
    page = Known(
        url=pair.page_life.url,
        published=pair.page_life.published,
        modified=pair.page_life.modified,
        first_captured=pair.page_life.first_captured,
        credits_other=pair.credit if pair.credit_name else "",
        credits_third="" if pair.credit_name else pair.credit,
        points_to_other=pair.points_to_story,
    )
    found = direction(story, page)
    if not pair.common_sources:
        return found
    shared = f"both name {', '.join(pair.common_sources)} as their source: neither need be the copy of the other"
    return replace(found, notes=(shared, *found.notes))
