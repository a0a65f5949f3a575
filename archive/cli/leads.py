"""`afterprint import leads`: addresses that somebody found, into the frontier. `afterprint leads`: what waits there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json, usage_error
from archive.diff_terminal import printable
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


@click.command("leads", short_help="Pages that were named and not fetched yet, and why not.")
@click.argument("story", required=False)
@click.option("--limit", "-n", type=click.IntRange(1), default=20, show_default=True, help="Pages to show.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def leads_command(context: Context, story: str | None, limit: int, as_json: bool) -> None:
    """List the pages that sources named for STORY (the name of its watch) and that no crawl has fetched yet.

    They stand in the order in which they will be fetched: how likely each is a copy, from 0 to 1, and for what reasons.
    Nothing on the list is lost: a run with a larger budget goes on where the last one ended.

    \b
    Examples: afterprint leads
              afterprint leads motherboard --limit 200 --json
    """
    from archive.times import utc_now

    with context.open() as store:
        known = _story(store, story, context)
        assert known.id is not None
        pages = store.unfetched_pages(known.id, limit)
        waiting = store.frontier_state(known.id, utc_now()).new_pages
    if as_json:
        print_json({"story": known.slug, "due": waiting, "pages": pages})
        return
    for page in pages:
        click.echo(f"{page['score'] or 0:.2f}  {page['url']}  ({page['source']})")
        for line in (page["title"], page["score_reason"] or "not judged yet: the next crawl does"):
            if line:
                click.echo(f"      {printable(line)}")
    click.echo(f"{waiting} pages are due that were never fetched." if waiting else "Nothing that was named waits.")
    if waiting:
        click.echo(f"Next: afterprint run watches/{known.slug}.toml --budget {max(waiting, 100)}")


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
