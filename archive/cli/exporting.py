"""Exports besides WARC: `afterprint export wacz`, `story`, `csv`, `json`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json, usage_error
from archive.cli._progress import counting
from archive.cli._refusing import refuse
from archive.replacing import replacing

if TYPE_CHECKING:
    from archive.exporting import Rows
    from archive.store import Store

ROWS = ("matches", "changes", "versions", "captures")

FILE = click.Path(dir_okay=False, path_type=Path)


def chosen(store: Store, page: str | None, story: str | None) -> list[int]:
    """Ids of the captures of a page, of a story, or of all. Raises ConfigError if there are none."""
    if page is not None and story is not None:
        raise usage_error("--page and --story cannot be used together", "Write two files.")
    try:
        ids = store.captures_to_export(page=page, story=story)
    except KeyError:
        raise usage_error(
            f"the archive knows no page at {page}" if page else f"the archive knows no story {story!r}",
            "See the addresses in: afterprint status --json",
        ) from None
    if ids:
        return ids
    if store.withheld_pages():
        raise usage_error("all captures to export are of withheld pages", "Who decided it: afterprint withhold --list")
    raise usage_error("there are no captures to export", "Crawl or import first.")


@click.command("wacz")
@click.argument("out", type=FILE)
@click.option("--page", metavar="URL", help="Only captures of the page at this URL.")
@click.option("--story", metavar="SLUG", help="Only captures of pages that stand to this story, 'unrelated' left out.")
@click.option("--title", help="Of the collection; default: the story, the page's address, or the archive's name.")
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def export_wacz(
    context: Context, out: Path, page: str | None, story: str | None, title: str | None, force: bool, as_json: bool
) -> None:
    """Write captures to OUT, a WACZ 1.1.1 file: the WARC of `export warc` with an index and a list of its pages.

    ReplayWeb.page opens it in a browser, without a server.

    \b
    Example: afterprint export wacz story.wacz --story demo
    """
    from archive.warc.wacz import export_wacz as write

    refuse(context, out, force)
    with context.open() as store, counting("Writing", quiet=as_json) as step:
        done = write(
            store, chosen(store, page, story), out, title=title or story or page or context.archive.stem, step=step
        )
    if as_json:
        print_json({"file": out, "bytes": out.stat().st_size, "captures": done.captures, "pruned": done.pruned})
        return
    click.echo(f"{out}: {out.stat().st_size / 1e6:,.1f} MB, {done.captures:,} captures.")
    if done.pruned:
        click.echo(f"The bodies of {done.pruned:,} were pruned: only what is known of them is in the file.")


@click.command("story")
@click.argument("story")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def export_story(context: Context, story: str, folder: Path, as_json: bool) -> None:
    """Write the evidence of STORY to FOLDER: a report to be read offline, texts, edits, bodies, a WARC, time stamps.

    Every file is named with its sha256 in SHA256SUMS, so that whoever gets the folder can check it: sha256sum -c.

    \b
    Example: afterprint export story demo evidence-demo
    """
    from archive.evidence_folder import export_story as write

    if folder.exists():
        raise usage_error(f"{folder} exists", "Name another folder: evidence is not written over.")
    if not folder.resolve().parent.is_dir():
        raise usage_error(f"there is no folder {folder.parent}", "Make it first.")
    with context.open() as store, counting("Writing", quiet=as_json) as step:
        try:
            done = write(store, story, folder, step=step)
        except KeyError:
            known = ", ".join(one.slug for one in store.stories()) or "none"
            raise usage_error(f"the archive knows no story {story!r}", f"It knows: {known}.") from None
    if as_json:
        print_json(
            {
                "folder": folder,
                "pages": done.pages,
                "versions": done.versions,
                "changes": done.changes,
                "captures": done.captures,
                "files": done.files,
                "pruned": sorted(done.pruned),
            }
        )
        return
    click.echo(
        f"{folder}: {done.pages} pages, {done.versions} versions, {done.changes} changes, {done.captures} captures in "
        f"{done.files} files."
    )
    if done.pruned:
        click.echo(f"{len(done.pruned)} bodies were pruned: their hashes are there, their bytes are not.")
    click.echo(f"Next: open {folder / 'report.html'}; check it with: cd {folder} && sha256sum -c SHA256SUMS")


def _rows(context: Context, what: Rows, out: Path, story: str | None, force: bool, *, as_csv: bool) -> None:
    from archive.exporting import write_csv, write_json

    refuse(context, out, force)
    with (
        context.open() as store,
        replacing(out) as part,
        part.open("w", encoding="utf-8", newline="") as file,
    ):
        try:
            rows = store.rows_to_export(what, story)
        except KeyError:
            raise usage_error(
                f"the archive knows no story {story!r}", "See the stories in: afterprint status"
            ) from None
        count = (write_csv if as_csv else write_json)(rows, file)
    click.echo(f"{out}: {count:,} {what}.")


@click.command("csv")
@click.argument("what", type=click.Choice(ROWS))
@click.argument("out", type=FILE)
@click.option("--story", metavar="SLUG", help="Only those of pages that stand to this story, 'unrelated' left out.")
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def export_csv(context: Context, what: Rows, out: Path, story: str | None, force: bool) -> None:
    """Write rows to OUT as CSV, UTF-8. Words that a spreadsheet would take for a formula get an apostrophe before them.

    \b
    Example: afterprint export csv matches matches.csv --story demo
    """
    _rows(context, what, out, story, force, as_csv=True)


@click.command("json")
@click.argument("what", type=click.Choice(ROWS))
@click.argument("out", type=FILE)
@click.option("--story", metavar="SLUG", help="Only those of pages that stand to this story, 'unrelated' left out.")
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def export_json(context: Context, what: Rows, out: Path, story: str | None, force: bool) -> None:
    """Write rows to OUT as a JSON list of objects, as the archive has them.

    \b
    Example: afterprint export json changes changes.json
    """
    _rows(context, what, out, story, force, as_csv=False)


@click.command("notes")
@click.argument("out", type=FILE)
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def export_notes(context: Context, out: Path, force: bool) -> None:
    """Write what people noted to OUT, as JSON, or as CSV if it is named .csv: author, time, page, digests of what it is about.

    \b
    Example: afterprint export notes notes.csv
    """
    import csv
    import json

    from archive.store import NOTE_COLUMNS
    from archive.text import csv_cell

    refuse(context, out, force)
    with context.open() as store:
        notes = store.notes()
    with replacing(out) as part, part.open("w", encoding="utf-8", newline="") as file:
        if out.suffix != ".csv":
            file.write(json.dumps(notes, ensure_ascii=False, indent=2) + "\n")
        else:
            rows = csv.writer(file)
            rows.writerow(NOTE_COLUMNS)
            rows.writerows([csv_cell(value) for value in note.values()] for note in notes)
    click.echo(f"{out}: {len(notes):,} note{'' if len(notes) == 1 else 's'}.")
