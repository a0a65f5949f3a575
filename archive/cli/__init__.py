"""`afterprint …`: thin calls into the library, and words for people.

This is the one place of `archive` that knows the crawler and Datasette, and it starts them as programs of their own:
the library itself runs without Scrapy and without Datasette. Heavy modules are imported inside the commands,
so that `afterprint --help` answers at once.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from archive.cli._context import Context, Group

__all__ = ["main"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--archive",
    "-a",
    type=click.Path(dir_okay=False, path_type=Path),
    default=lambda: Path(os.environ.get("AFTERPRINT_ARCHIVE", "archive.db")),
    show_default="archive.db, or $AFTERPRINT_ARCHIVE",
    help="The archive to work on: one SQLite file.",
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="AFTERPRINT_LOG",
    show_envvar=True,
    help="Also write what happens to this file: JSON lines with run, watch, source and URL.",
)
@click.version_option(package_name="afterprint")
@click.pass_context
def main(ctx: click.Context, archive: Path, log: Path | None) -> None:
    """Give it an article. It finds where that article was printed again, keeps the evidence, and shows who changed what.

    \b
    Begin:   afterprint add https://example.org/the-article
             afterprint run watches/the-article.toml
             afterprint serve
    Try it:  afterprint demo

    \b
    Exit codes: 0 fine · 1 some sources failed · 2 bad configuration · 3 another run holds the lock
    """
    ctx.obj = Context(archive)
    if log is not None:
        from archive import logs

        try:
            logs.write_to(log)
        except OSError as error:
            raise click.BadParameter(f"{log} cannot be written: {error.strerror}", param_hint="--log") from error
