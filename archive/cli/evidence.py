"""Commands that keep and hand on the evidence: `afterprint verify`, `export`, `backup`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json, usage_error
from archive.exceptions import NotAnArchiveError

if TYPE_CHECKING:
    from archive.store import Store
    from archive.verify import Report

SHOWN = 20
"""Findings that are shown to people; all that were kept are in the JSON."""


@contextmanager
def _progress(verb: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Progress over things that can be counted: to be told what is looked at, how many were, how many there are."""
    from archive.cli._progress import Progress

    with Progress(verb, quiet) as progress:
        yield lambda what, done, total: progress._show(
            f"{verb} {what}" + (f": {done:,} of {total:,}" if total else " …")
        )


@click.command("verify", short_help="Check that all is as it was written.")
@click.option("--head", metavar="HASH", help="Noted after an earlier check: it must still stand in the chain.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def verify_command(context: Context, head: str | None, as_json: bool) -> None:
    """Hash every body again, follow the chain over the captures, and have SQLite check the file. Writes nothing.

    One changed byte of a body or a capture is found, and told with its place and what to do. A crawl may go on meanwhile.
    That the chain was cut off or written anew shows only against a head noted elsewhere: the last line of this command.

    Exit code 1 if anything is wrong.

    \b
    Examples: afterprint verify
              afterprint verify --head 34205e4279b15a68029f57508b11a6838bc54717da5e41e99aeceb1b2048c477
    """
    from archive.verify import verify

    with _opened(context.archive) as store, _progress("Checking", quiet=as_json) as step:
        report = verify(store, head=head, step=step)
    if as_json:
        print_json(_as_json(report))
    else:
        _show(report, context.archive, head)
    if not report.ok:
        raise SystemExit(1)


def _as_json(report: Report) -> dict[str, object]:
    return {
        "ok": report.ok,
        "captures": report.captures,
        "bodies": report.bodies,
        "bytes": report.bytes,
        "head": report.head,
        "head_found": report.head_found,
        "counts": report.counts,
        "findings": [
            {"kind": one.kind, "where": one.where, "what": one.what, "remedy": one.remedy} for one in report.findings
        ],
        "bodies_without_capture": report.unreferenced,
    }


def _show(report: Report, archive: Path, head: str | None) -> None:
    click.echo(
        f"{archive}: {report.captures:,} captures, {report.bodies:,} bodies of {report.bytes / 1e6:,.1f} MB checked."
    )
    for finding in report.findings[:SHOWN]:
        click.echo(click.style(f"{finding.where}: ", fg="red") + finding.what)
    total = sum(report.counts.values())
    if total > SHOWN:
        kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in report.counts.most_common())
        click.echo(f"… and {total - min(SHOWN, len(report.findings))} more. In all: {kinds}. See --json.")
    for remedy in dict.fromkeys(finding.remedy for finding in report.findings):
        click.echo(f"  {remedy}")
    if report.unreferenced:
        number = len(report.unreferenced)
        click.echo(
            f"Note: no capture refers to {number} {'body' if number == 1 else 'bodies'}. Nothing is wrong with that."
        )
    if report.head_found is False:
        click.echo(
            click.style(f"The head {head} stands nowhere in the chain: ", fg="red")
            + "captures were cut off or written anew since it was noted."
        )
        click.echo("  Compare with a backup made when it was noted.")
    if report.ok:
        click.echo("Nothing is wrong." + (" The head noted earlier stands in the chain." if report.head_found else ""))
        click.echo(f"Head: {report.head}")
    else:
        click.echo(
            f"{total} {'thing is' if total == 1 else 'things are'} wrong." if total else "The chain is not that one."
        )


@click.group("export", short_help="Hand on captures.")
def export_command() -> None:
    """Write captures in a form that other programs read.

    \b
    Example: afterprint export warc story.warc.gz --story demo
    """


@export_command.command("warc")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--page", metavar="URL", help="Only captures of the page at this URL.")
@click.option("--story", metavar="SLUG", help="Only captures of pages that stand to this story, 'unrelated' left out.")
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def export_warc(context: Context, out: Path, page: str | None, story: str | None, force: bool, as_json: bool) -> None:
    """Write captures to OUT, a WARC 1.1 file that stands by itself: every body is in it. Compressed unless named .warc.

    Bodies are kept with their encodings undone, so headers that would not fit them any more are renamed
    (X-Archive-Orig-Content-Encoding …). Beside each answer a metadata record says what WARC has no field for:
    the URL asked, when the answer ended, where it came from, its place in the hash chain. Failures without an answer
    have such a record only.

    \b
    Examples: afterprint export warc everything.warc.gz
              afterprint export warc page.warc.gz --page https://example.org/2023/the-article
              afterprint export warc story.warc.gz --story demo
    """
    from archive.warc.writing import export

    if page is not None and story is not None:
        raise usage_error("--page and --story cannot be used together", "Write two files.")
    _refuse(context, out, force)
    with context.open() as store, _progress("Writing", quiet=as_json) as step:
        try:
            ids = store.captures_to_export(page=page, story=story)
        except KeyError:
            raise usage_error(
                f"the archive knows no page at {page}" if page else f"the archive knows no story {story!r}",
                "See the addresses in: afterprint status --json",
            ) from None
        if not ids and store.withheld_pages():
            raise usage_error(
                "all captures to export are of withheld pages", "Who decided it: afterprint withhold --list"
            )
        if not ids:
            raise usage_error("there are no captures to export", "Crawl or import first.")
        done = export(store, ids, out, step=step)
    if as_json:
        print_json(
            {
                "file": out,
                "bytes": out.stat().st_size,
                "captures": done.captures,
                "records": done.records,
                "added_for_bodies": done.added,
            }
        )
        return
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in done.records.most_common())
    click.echo(f"{out}: {out.stat().st_size / 1e6:,.1f} MB, {done.captures:,} captures in {kinds} records.")
    if done.added:
        click.echo(f"{done.added} of them are of other pages: they brought bodies that these captures confirm.")


@export_command.command("notes")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def export_notes(context: Context, out: Path, force: bool) -> None:
    """Write what people noted to OUT, as JSON, or as CSV if it is named .csv: author, time, page, digests of what it is about.

    \b
    Example: afterprint export notes notes.csv
    """
    import csv

    from archive.store import NOTE_COLUMNS
    from archive.text import csv_cell

    _refuse(context, out, force)
    with context.open() as store:
        notes = store.notes()
    if out.suffix != ".csv":
        out.write_text(json.dumps(notes, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(NOTE_COLUMNS)
            rows.writerows([csv_cell(value) for value in note.values()] for note in notes)
    click.echo(f"{out}: {len(notes):,} note{'' if len(notes) == 1 else 's'}.")


@click.command("backup", short_help="Copy the archive while it is in use.")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over OUT if it exists.")
@click.pass_obj
def backup_command(context: Context, out: Path, force: bool) -> None:
    """Copy the archive, as it is at this moment, to OUT, and check the copy as `afterprint verify` does.

    A crawl may go on meanwhile; what it writes after the beginning is not in the copy. To restore one, stop what runs
    and put the copy in the archive's place, and remove the files that end in -wal and -shm beside the old one.

    Exit code 1 if anything is wrong with the copy.

    \b
    Example: afterprint backup afterprint-2024-03-01.db
    """
    from archive.verify import verify

    _refuse(context, out, force)
    part = out.with_name(f"{out.name}.part")
    part.unlink(missing_ok=True)
    with context.open() as store, _progress("Copying") as step:
        store.back_up(part, lambda done, total: step("pages of the file", done, total))
    part.replace(out)
    with _opened(out) as store, _progress("Checking") as step:
        report = verify(store, step=step)
    _show(report, out, None)
    if not report.ok:
        raise SystemExit(1)


def _opened(archive: Path) -> Store:
    """The archive, to be checked. Raises StoreError, also where the file does not even say what is in it."""
    from archive.store import Store

    try:
        return Store(archive, create=False, readonly=True)
    except (sqlite3.Error, UnicodeError) as error:  # a damaged name makes an error message that is no text
        raise NotAnArchiveError(
            f"damaged: its description of its own tables cannot be read ({error})",
            place=str(archive),
            remedy="Restore this file from a backup. To save what is left: sqlite3 ARCHIVE .recover",
        ) from error


def _refuse(context: Context, out: Path, force: bool) -> None:
    """Raises ConfigError if nothing should be written to *out*."""
    if out.exists() and context.archive.exists() and out.samefile(context.archive):
        raise usage_error(f"{out} is the archive itself", "Name another file.")
    if out.exists() and not force:
        raise usage_error(f"{out} exists", "Name another file, or add --force.")
    if not out.resolve().parent.is_dir():
        raise usage_error(f"there is no folder {out.parent}", "Make it first.")
