"""`afterprint import leads`: addresses that somebody found, into the frontier."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json, usage_error
from archive.exceptions import ConfigError

if TYPE_CHECKING:
    from archive.store import Store
    from archive.types import Story


@click.command("leads")
@click.argument("file", metavar="FILE | -")
@click.option("--story", metavar="NAME", help="The story that they may be copies of; needed if there are several.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def import_leads(context: Context, file: str, story: str | None, as_json: bool) -> None:
    """Put the addresses in FILE, or on standard input, on the frontier: the next crawl fetches them.

    One URL a line, or CSV with the columns url, title, published, language, outlet, note (only url is needed).

    \b
    Examples: afterprint import leads found.csv --story motherboard
              grep vice urls.txt | afterprint import leads -
    """
    from archive.lead_lists import read_leads
    from archive.times import utc_now

    name = "standard input" if file == "-" else Path(file).name
    leads, bad = read_leads(_text(file), name)
    with context.open(readonly=False) as store:
        known = _story(store, story, context)
        assert known.id is not None
        new = store.add_leads(leads, story_id=known.id, run_id=None, now=utc_now())
    if as_json:
        wrong = [{"line": line.number, "cause": line.cause} for line in bad]
        print_json({"story": known.slug, "leads": len(leads), "new": new, "wrong": wrong})
    else:
        for line in bad:
            click.echo(f"{name}, line {line.number}: {line.cause}", err=True)
        click.echo(f"{len(leads)} leads for {known.slug}, {new} never heard of; {len(bad)} lines are wrong.")
        click.echo(f"Next: afterprint run watches/{known.slug}.toml")
    sys.exit(1 if bad else 0)


def _text(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ConfigError(
            error.strerror or str(error), place=file, remedy="Name a file, or - for standard input."
        ) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"not UTF-8 (byte {error.start} is 0x{data[error.start]:02x})",
            place=f"{file}, line {line}",
            remedy="Save the list as UTF-8.",
        ) from None


def _story(store: Store, slug: str | None, context: Context) -> Story:
    stories = store.stories()
    names = ", ".join(story.slug for story in stories[:10]) or "none yet"
    if slug is None:
        if len(stories) == 1:
            return stories[0]
        raise usage_error(f"{context.archive} has {len(stories)} stories", f"Say which with --story: {names}.")
    found = store.story_by_slug(slug)
    if found is None:
        raise usage_error(f"there is no story {slug!r} in {context.archive}", f"Stories there: {names}.")
    return found
