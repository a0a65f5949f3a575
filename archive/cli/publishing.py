"""Giving an archive away, and what of it is not shown on request: `afterprint publish`, `withhold`."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json, usage_error
from archive.cli._refusing import refuse
from archive.exceptions import StoreError

if TYPE_CHECKING:
    from archive.store import Decision


@click.command("publish", short_help="A slim copy to give away or to serve.")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--bodies", is_flag=True, help="With the bodies and headers of what servers answered.")
@click.option("--notes", is_flag=True, help="With what people noted, and their names.")
@click.option("--withhold", metavar="URL", multiple=True, help="Without the words of this page too; may be repeated.")
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def publish_command(
    context: Context, out: Path, bodies: bool, notes: bool, withhold: tuple[str, ...], force: bool
) -> None:
    """Write a slim copy of the archive to OUT, fit for `datasette -i`. A crawl may go on meanwhile.

    It reads and is searched as the archive, but holds no bodies, no headers, no queue of URLs, no notes. Of pages
    that the archive withholds (see `afterprint withhold`), and of those named here, it holds a notice in place of the words. It is to be read, and is no evidence: that is the archive.

    \b
    Example: afterprint publish public.db --withhold https://example.org/taken-down
    """
    from datasette_config.publishing import publish

    with context.open():
        pass  # it is an archive, and of this program's age
    refuse(context, out, force)
    try:
        done = publish(context.archive, out, bodies=bodies, notes=notes, withheld=withhold)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(str(error), place=str(out), remedy="Nothing was written there.") from error
    for url in done.unknown:
        click.secho(
            f"No page of this archive has the address {url}: nothing of it was withheld.", err=True, fg="yellow"
        )
    click.echo(f"{out}: {done.size / 1e6:,.1f} MB, {done.pages:,} pages, {done.versions:,} versions.")
    click.echo(f"Next: datasette -i {out} --setting default_allow_sql off --setting allow_download off")
    if done.unknown:
        raise SystemExit(1)


@click.command("withhold", short_help="Show nothing of what a page says, on request.")
@click.argument("url", required=False)
@click.option("--reason", help="Why, for the record.")
@click.option("--by", metavar="NAME", help="Who decided it, for the record.")
@click.option("--lift", is_flag=True, help="Show the page again.")
@click.option("--list", "listed", is_flag=True, help="List every decision there was.")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON document.")
@click.pass_obj
def withhold_command(
    context: Context, url: str | None, reason: str | None, by: str | None, lift: bool, listed: bool, as_json: bool
) -> None:
    """Show nothing of what the page at URL says: a notice stands in the place of its texts, titles and changes.

    It holds at once for the pages, feeds, JSON and search of Datasette, for mementos, alerts, exports and published copies.
    Addresses, times, figures and digests are still shown. Nothing is deleted: the evidence stays in the archive and
    verifies. Each decision is kept with its reason and with who took it; --lift is one too.

    \b
    Examples: afterprint withhold https://example.org/a-copy --reason "asked to by the author" --by "Ada Brandt"
              afterprint withhold https://example.org/a-copy --lift --reason "agreed again" --by "Ada Brandt"
              afterprint withhold --list
    """
    if listed or as_json:
        _list_decisions(context, as_json)
        return
    if not url:
        raise usage_error("no page is named", "Name its URL, or see what is withheld: afterprint withhold --list")
    if not (reason or "").strip() or not (by or "").strip():
        raise usage_error("who decided it, and why, belongs to the record", "Say --reason and --by.")
    from archive.times import utc_now

    assert reason is not None
    assert by is not None
    with context.open(readonly=False) as store:
        pages = store.pages_at(url)
        if not pages:
            raise usage_error(f"no page of this archive has the address {url}", "See: afterprint explain URL")
        now = utc_now()
        done = [
            page
            for page in pages
            if store.decide(page, url, withhold=not lift, reason=reason.strip(), by=by.strip(), now=now)
        ]
        alike = [] if lift else store.pages_saying_the_same(pages)
    if not done:
        click.echo(f"{url} is {'not withheld' if lift else 'withheld already'}.")
        return
    click.echo(f"{url} is {'shown again' if lift else 'withheld'}.")
    if alike:
        click.echo("The same text is also at these addresses, which are still shown:")
        for other in alike:
            click.echo(f"  {other}")


def _list_decisions(context: Context, as_json: bool) -> None:
    from dataclasses import asdict

    with context.open() as store:
        decisions = store.decisions()
    if as_json:
        print_json([asdict(one) for one in decisions])
        return
    for one in decisions:
        click.echo(_line(one))
    if not decisions:
        click.echo("Nothing is withheld, and nothing ever was.")


def _line(one: Decision) -> str:
    from archive.deliver_message import printable

    verb = "withheld" if one.withheld else "shown again"
    words = f"{one.page_url} {verb} by {one.decided_by}: {one.reason}"
    return f"{one.decided_at:%Y-%m-%d %H:%M}  {printable(words)}"
