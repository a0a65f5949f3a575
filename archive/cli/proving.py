"""Commands about what stands behind the evidence: `afterprint manifest`, `timestamps`, `prune`."""

from __future__ import annotations

import getpass
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli._context import Context, print_json, usage_error
from archive.cli._watches import acting_for

if TYPE_CHECKING:
    from archive.attesting import Asked
    from archive.pruning import Plan


@click.command("manifest", short_help="What one run captured, as one document with its sha256.")
@click.argument("run", type=click.IntRange(1))
@click.option(
    "--out",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file; without it, to the terminal.",
)
@click.pass_obj
def manifest_command(context: Context, run: int, out: Path | None) -> None:
    """Write the manifest of a RUN: its row, its sources, each capture with its hash, totals, the head of the chain.

    It is made of the rows as they are now, the same byte for byte each time; the archive keeps the sha256 that it had
    when the run closed. Exit code 1 if the two differ. See the runs with: afterprint status

    \b
    Example: afterprint manifest 3 --out run-3.json
    """
    from archive.manifests import digest

    with context.open() as store:
        try:
            document, sealed = store.manifest(run)
        except KeyError:
            raise usage_error(f"there is no run {run}", "See the runs with: afterprint status --json") from None
    if out is None:
        click.echo(document, nl=False)
    else:
        out.write_bytes(document)
    made = digest(document)
    if sealed is None:
        click.echo(
            f"sha256 {made}. This run has not closed, or was killed: nothing was kept to compare it with.", err=True
        )
    elif sealed == made:
        click.echo(f"sha256 {made}, as when the run closed.", err=True)
    else:
        click.secho(
            f"sha256 {made}, but it was {sealed} when the run closed. See: afterprint verify", err=True, fg="red"
        )
        raise SystemExit(1)


@click.command("timestamps", short_help="What others confirmed: time stamps, copies in a web archive.")
@click.argument("watches", type=click.Path(dir_okay=False, path_type=Path), nargs=-1)
@click.option("--send", is_flag=True, help="Ask first for what is due, of the services that WATCHES name.")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 10_000), default=20, show_default=True, help="List at most so many."
)
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def timestamps_command(context: Context, watches: tuple[Path, ...], send: bool, limit: int, as_json: bool) -> None:
    """List the last time stamps of the hash chain and the last copies asked of a web archive, newest first.

    Who is asked stands under [evidence] in the watch; nobody is without it. `afterprint run` asks at its end, and again
    in later runs while a service is down. Without WATCHES, --send reads those in the folder "watches".

    \b
    Examples: afterprint timestamps
              afterprint timestamps --send watches/demo.toml
    """
    from archive.diff_terminal import printable  # loads the differ

    done = _send(context, watches) if send else None
    with context.open() as store:
        rows = store.last_attestations(limit)
    if as_json:
        asked = {"confirmed": done.ok, "not_confirmed": done.failed} if done else {}
        print_json({**asked, "attestations": rows})
        return
    if done is not None:
        click.echo(f"{done.ok} confirmed.")
        for line in done.failed:
            click.echo(f"Note: {printable(line)}")
    for row in rows:
        click.echo(printable(_line(row)))
    if not rows:
        click.echo(
            "Nobody was asked for anything yet. Who is asked stands under [evidence] in a watch: docs/watch-file.md"
        )


def _send(context: Context, watches: tuple[Path, ...]) -> Asked:
    from archive import attesting
    from archive.times import utc_now

    total = attesting.Asked()
    with acting_for(context, watches, "Services stand in the watch: afterprint timestamps --send FILE") as (
        store,
        known,
        stop,
    ):
        for watch in known:
            attesting.enqueue(store, watch.slug, watch.evidence, utc_now())
            done = attesting.ask(store, watch.evidence, now=utc_now, stop=stop)
            total.ok += done.ok
            total.failed += done.failed
    return total


def _line(row: dict[str, Any]) -> str:
    what = f"stamp of capture {row['capture_id']}" if row["kind"] == "timestamp" else f"copy of {row['subject']}"
    if row["state"] == "ok":
        told = f"{_minute(row['confirmed_at'])} {row['memento'] or 'by ' + row['authority']}"
    elif row["state"] == "failed":
        told = f"given up: {row['last_error']}"
    elif not row["attempts"]:
        told = f"due from {_minute(row['next_try_at'])}"
    else:
        told = f"asked {row['attempts']} times, again from {_minute(row['next_try_at'])}: {row['last_error'] or 'it is being made'}"
    return f"{_minute(row['created_at'])}  {what}: {told}"


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def _age(ctx: click.Context, parameter: click.Parameter, value: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})\s*(d|w)?", value.strip())
    if not found:
        raise click.BadParameter(f'{value!r} is no age like "365d" or "52w"')
    return timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))


@click.command("prune", short_help="Give up the bytes of old bodies, by rule. Nothing is pruned by itself.")
@click.argument("rule", type=click.Choice(("unrelated", "sources")))
@click.option(
    "--older-than",
    callback=_age,
    required=True,
    metavar="AGE",
    help='Captures younger than this keep theirs, as "365d".',
)
@click.option("--yes", is_flag=True, help="Do it. Without this it is only said what would be done.")
@click.option(
    "--as", "who", metavar="NAME", help="Who does it, as it is noted; default: the name you are logged in by."
)
@click.option("--json", "as_json", is_flag=True, help="The plan, or what was done, as one JSON document.")
@click.pass_obj
def prune_command(
    context: Context, rule: str, older_than: timedelta, yes: bool, who: str | None, as_json: bool
) -> None:
    """Give up bytes that a RULE names, to make room. It says what it will do; --yes does it, for good.

    \b
    unrelated   bodies of articles that stand to no story in any way, and of which nothing was told, noted or attested
    sources     bodies of feeds, sitemaps, robots.txt, front pages and answers of search sources

    Every row, time and hash stays, and so do the texts that were read. Who pruned what and when is noted; `afterprint
    verify` knows it. What was pruned cannot be read again by a later extractor, nor exported: make a backup first.

    \b
    Example: afterprint prune unrelated --older-than 365d
    """
    from archive import lock, pruning
    from archive.running import stoppable
    from archive.times import utc_now

    with context.open(readonly=False) as store, lock.hold(context.archive, "process"), stoppable() as stop:
        plan = pruning.plan(
            store, "sources" if rule == "sources" else "unrelated", older_than=older_than, now=utc_now()
        )
        done = pruning.prune(store, plan, who=who or _login(), now=utc_now(), stop=stop.is_set) if yes else 0
        before = store.prunings()
    if as_json:
        print_json(
            {
                "rule": plan.words,
                "bodies": len(plan.bodies),
                "bytes": plan.size,
                "stored": plan.stored,
                "pruned": done,
                "prunings": before,
            }
        )
        return
    _tell(plan, done, yes)


def _tell(plan: Plan, done: int, yes: bool) -> None:
    number = f"{len(plan.bodies):,} {'body' if len(plan.bodies) == 1 else 'bodies'}"
    size = f"{plan.size / 1e6:,.1f} MB, {plan.stored / 1e6:,.1f} MB in the file"
    if not plan.bodies:
        click.echo(f"There is nothing to prune by the rule: {plan.words}.")
    elif not yes:
        click.echo(f"The rule ({plan.words}) names {number} of {size}.")
        click.echo("Their rows, hashes and texts would stay. Nothing was done. Next: afterprint backup, then add --yes")
    else:
        click.echo(f"{done:,} of {number} ({size}) pruned by the rule: {plan.words}.")
        click.echo("The room is used again by what comes. To make the file smaller: sqlite3 ARCHIVE VACUUM")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "unknown"
