"""Giving an archive away."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from archive.cli._context import Context, usage_error
from archive.exceptions import StoreError


@click.command("publish", short_help="A slim copy to give away or to serve.")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--bodies", is_flag=True, help="With the bodies and headers of what servers answered.")
@click.option("--notes", is_flag=True, help="With what people noted, and their names.")
@click.option("--withhold", metavar="URL", multiple=True, help="Without the words of this page; may be repeated.")
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def publish_command(
    context: Context, out: Path, bodies: bool, notes: bool, withhold: tuple[str, ...], force: bool
) -> None:
    """Write a slim copy of the archive to OUT, fit for `datasette -i`. A crawl may go on meanwhile.

    It reads and is searched as the archive, but holds no bodies, no headers, no queue of URLs, no notes. Texts of pages
    that you withhold are replaced by a notice. It is to be read, and is no evidence: that is the archive.

    \b
    Example: afterprint publish public.db --withhold https://example.org/taken-down
    """
    from datasette_config.publishing import publish

    with context.open():
        pass  # it is an archive, and of this program's age
    if out.exists() and out.resolve() == context.archive.resolve():
        raise usage_error(f"{out} is the archive itself", "Name another file.")
    if out.exists() and not force:
        raise usage_error(f"{out} exists", "Name another file, or add --force.")
    if not out.resolve().parent.is_dir():
        raise usage_error(f"there is no folder {out.parent}", "Make it first.")
    out.unlink(missing_ok=True)
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
