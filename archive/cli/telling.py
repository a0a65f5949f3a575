"""Commands by which the user tells the archive something that no page says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json, usage_error
from archive.cli._fetching import Manners, fetch, fetch_options
from archive.diff_terminal import printable
from archive.exceptions import AfterprintError, ConfigError, StoryTextError

if TYPE_CHECKING:
    from archive.store import Store
    from archive.types import Role, Story, StoryText

_BY_USER = "by the user's word"


@click.command("add-text", short_help="Give a story a reference text, or take one away.")
@click.argument("story")
@click.argument("source", metavar="URL | FILE")
@click.option("--language", "-l", metavar="CODE", help='As "en"; default: as detected.')
@click.option(
    "--role", type=click.Choice(("original", "translation")), help="What the text is to the story. Needed to add one."
)
@click.option("--remove", is_flag=True, help="Take the text away; no rule brings it back.")
@fetch_options
@click.option("--json", "as_json", is_flag=True, help="The story's texts afterwards, as one JSON document.")
@click.pass_obj
def add_text_command(
    context: Context,
    story: str,
    source: str,
    language: str | None,
    role: Role | None,
    remove: bool,
    contact: str,
    allow_private: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make URL or FILE a reference text of STORY (the name of its watch), with which each page is compared.

    A URL that the archive has read is taken from there; another is fetched politely. With --remove, name the text by
    its file, its URL, or its source as `afterprint status --json` shows it ("capture:17").

    \b
    Examples: afterprint add-text motherboard original.txt --language en --role original
              afterprint add-text motherboard capture:17 --remove
    """
    with context.open(readonly=False) as store:
        known = _story(store, story, context.archive)
        assert known.id is not None
        if remove:
            text = _named(store, known, source)
            assert text.id is not None
            store.retire_text(text.id, f"taken away {_BY_USER}", refused=True)
            said = f"{text.language} {text.role} from {text.source}: taken away from {story}."
        else:
            if role is None:
                raise usage_error("what the text is to the story is not said", "Add --role original or translation.")
            text, why = _read(store, source, language, role, Manners(contact, allow_private), quiet=as_json)
            store.add_users_text(known.id, text, why)
            said = f"{text.language} {role}: {len(text.text.split())} words from {source}, added to {story}."
        texts = store.story(known.id).texts
    if as_json:
        print_json(
            {
                "story": story,
                "texts": [
                    {"id": t.id, "language": t.language, "role": t.role, "source": t.source, "characters": len(t.text)}
                    for t in texts
                ],
            }
        )
        return
    click.echo(printable(said))
    click.echo("Next: afterprint process")


def _story(store: Store, slug: str, archive: Path) -> Story:
    story = store.story_by_slug(slug)
    if story is None:
        known = ", ".join(other.slug for other in store.stories())
        raise ConfigError(
            f"there is no story {slug!r} in this archive",
            place=str(archive),
            remedy=f"It knows: {known}." if known else "It knows none yet. Next: afterprint run WATCH",
        )
    return story


def _named(store: Store, story: Story, source: str) -> StoryText:
    """The active text that *source* names. Raises ConfigError, also if it is the watch's to take away."""
    from archive.urls import is_http

    sources = {source, f"user:{source}", f"user:{Path(source).name}", f"file:{source}"}
    if is_http(source):
        sources |= {f"capture:{capture_id}" for capture_id in store.capture_ids_of_url(source)}
    text = next((text for text in story.texts if text.source in sources), None)
    if text is None:
        known = ", ".join(text.source for text in story.texts) or "none"
        raise ConfigError(f"the story {story.slug} has no such text", place=source, remedy=f"Its texts: {known}.")
    if text.source.startswith("file:"):
        raise ConfigError("the watch names this text", place=text.source, remedy="Take its [[text]] out of the watch.")
    return text


def _read(
    store: Store, source: str, language: str | None, role: Role, manners: Manners, *, quiet: bool
) -> tuple[StoryText, str]:
    """The text at *source*, and where exactly it comes from."""
    from archive.comparing import check_language, read
    from archive.references import LEAST_WORDS
    from archive.text import words
    from archive.types import StoryText
    from archive.urls import is_http

    check_language(language)
    if not is_http(source):
        document = read(source)
        body, spoken, name, why = document.text, document.language, f"user:{Path(source).name}", _BY_USER
    elif versions := store.versions_of_url(source):
        newest = versions[-1]
        if newest["withheld_since"]:
            raise StoryTextError(
                "what this page says is withheld", place=source, remedy="Who decided it: afterprint withhold --list"
            )
        body, spoken = store.version_text(newest["id"]).text, newest["language"]
        name, why = f"user:{source}", f"{_BY_USER}, from capture {newest['first_capture_id']}"
    else:
        fetched = fetch([source], manners, quiet=quiet)[source]
        if isinstance(fetched, AfterprintError):
            raise fetched
        body, spoken = fetched.text, fetched.language
        name, why = f"user:{source}", f"{_BY_USER}, fetched {fetched.captured_at}"
    if len(words(body)) < LEAST_WORDS:
        raise StoryTextError(
            f"fewer than {LEAST_WORDS} words cannot be told apart from a quotation",
            place=source,
            remedy="Give the whole article.",
        )
    if language is None and spoken is None:
        raise StoryTextError("its language cannot be told", place=source, remedy='Say it, as --language "nl".')
    return StoryText(body, language or spoken or "und", role, name), why
