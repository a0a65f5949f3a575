"""Commands that keep and hand on the evidence: `afterprint verify`, `export`, `backup`."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import Context, print_json
from archive.cli._progress import counting
from archive.cli._refusing import refuse
from archive.cli.exporting import chosen, export_csv, export_json, export_notes, export_story, export_wacz
from archive.exceptions import NotAnArchiveError
from archive.replacing import replacing
from archive.times import to_text

if TYPE_CHECKING:
    from archive.store import Store
    from archive.verify import Report

SHOWN = 20
"""Findings that are shown to people; all that were kept are in the JSON."""


@click.command("verify", short_help="Check that all is as it was written.")
@click.option("--head", metavar="HASH", help="Noted after an earlier check: it must still stand in the chain.")
@click.option(
    "--roots",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check time stamps by these root certificates (PEM) and not by those kept with them.",
)
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def verify_command(context: Context, head: str | None, roots: Path | None, as_json: bool) -> None:
    """Hash every body and text again, follow the chain over the captures, make the manifests of runs again, check time
    stamps, and have SQLite check the file. Writes nothing and asks nobody.

    One changed byte of a body or a capture is found, and told with its place and what to do. A crawl may go on meanwhile.
    That the chain was cut off or written anew shows only against a head noted elsewhere: the last line of this command.

    Exit code 1 if anything is wrong.

    \b
    Examples: afterprint verify
              afterprint verify --head 34205e4279b15a68029f57508b11a6838bc54717da5e41e99aeceb1b2048c477
    """
    from archive.verify import verify

    with _opened(context.archive) as store, counting("Checking", quiet=as_json) as step:
        report = verify(store, head=head, roots=_pem(roots), step=step)
    if as_json:
        print_json(_as_json(report))
    else:
        _show(report, context.archive, head)
    if not report.ok:
        raise SystemExit(1)


def _pem(file: Path | None) -> str | None:
    """The certificates in *file*. Raises ConfigError if there are none."""
    if file is None:
        return None
    from archive.timestamping import check_roots

    check_roots(file)
    return file.read_text(encoding="utf-8", errors="replace")


def _as_json(report: Report) -> dict[str, object]:
    return {
        "ok": report.ok,
        "captures": report.captures,
        "bodies": report.bodies,
        "pruned": report.pruned,
        "timestamps": [
            {
                "capture": one.capture_id,
                "head": one.head,
                "at": to_text(one.at),
                "signer": one.signer,
                "root": one.root,
            }
            for one in report.stamps
        ],
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
    if report.pruned:
        click.echo(f"Note: {report.pruned:,} of the bodies were pruned: their hashes are there, their bytes are not.")
    if report.stamps:
        newest = report.stamps[-1]
        click.echo(
            f"{len(report.stamps)} time {'stamp holds' if len(report.stamps) == 1 else 'stamps hold'}. By the newest, capture "
            f"{newest.capture_id} and all before it existed at {to_text(newest.at)}, says {newest.signer}."
        )
        click.echo(f"  Its root: {newest.root}")
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


@click.group("export", short_help="Hand on captures, rows, or the evidence of a story.")
def export_command() -> None:
    """Write captures, rows, or all the evidence of a story, in forms that other programs and people read.

    \b
    Examples: afterprint export warc story.warc.gz --story demo
              afterprint export story demo evidence-demo
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

    refuse(context, out, force)
    with context.open() as store, counting("Writing", quiet=as_json) as step:
        done = export(store, chosen(store, page, story), out, step=step)
    if as_json:
        print_json(
            {
                "file": out,
                "bytes": out.stat().st_size,
                "captures": done.captures,
                "records": done.records,
                "added_for_bodies": done.added,
                "pruned": done.pruned,
            }
        )
        return
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in done.records.most_common())
    click.echo(f"{out}: {out.stat().st_size / 1e6:,.1f} MB, {done.captures:,} captures in {kinds} records.")
    if done.added:
        click.echo(f"{done.added} of them are of other pages: they brought bodies that these captures confirm.")
    if done.pruned:
        click.echo(f"The bodies of {done.pruned:,} were pruned: only what is known of them is in the file.")


for _command in (export_wacz, export_story, export_csv, export_json, export_notes):
    export_command.add_command(_command)


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

    refuse(context, out, force)
    with context.open() as store, counting("Copying") as step, replacing(out) as part:
        store.back_up(part, lambda done, total: step("pages of the file", done, total))
    with _opened(out) as store, counting("Checking") as step:
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
