"""Commands that fetch and write."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from archive.cli._context import FOLDER, Context, print_json, usage_error, watches_in_folder
from archive.cli.leads import import_leads
from archive.exceptions import ConfigError

WATCH = click.Path(dir_okay=False, path_type=Path)


@click.command("init", short_help="Make an empty archive.")
@click.pass_obj
def init_command(context: Context) -> None:
    """Make an empty archive, or bring an existing one up to date.

    \b
    Example: afterprint init
    """
    from archive.store import Store

    existed = context.archive.exists()
    with Store(context.archive):
        pass
    click.echo(f"{context.archive} {'is an archive and up to date' if existed else 'made'}.")
    click.echo("Next: afterprint add URL")


@click.command("add", short_help="Write a watch for an article.")
@click.argument("url")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("watches"), show_default=True)
@click.option("--name", help="Name of the watch; default: the end of the URL's path.")
def add_command(url: str, folder: Path, name: str | None) -> None:
    """Write a watch file for the article at URL. One line is enough; edit the file to add texts and sources.

    \b
    Example: afterprint add https://example.org/2023/the-article
    """
    from archive.urls import is_http

    if not is_http(url):
        raise usage_error(f"{url!r} is no http(s) URL", "Give the whole address, with https:// before it.")
    parts = urlsplit(url)
    words = [re.sub(r"[^\w-]+", "-", part).strip("-") for part in parts.path.split("/")]
    slug = name or next((word for word in reversed(words) if word), "") or parts.hostname or "story"
    file = folder / f"{slug[:80]}.toml"
    if file.exists():
        raise ConfigError("there is a watch of this name", place=str(file), remedy="Edit it, or give another --name.")
    folder.mkdir(parents=True, exist_ok=True)
    quoted = url.replace("\\", "\\\\").replace('"', '\\"')
    file.write_text(f'url = "{quoted}"\n', encoding="utf-8")
    click.echo(f"{file} written.")
    click.echo(f"Next: afterprint run {file}")


@click.command("check", short_help="Check a watch without fetching.")
@click.argument("watch", type=WATCH)
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
def check_command(watch: Path, as_json: bool) -> None:
    """Read WATCH and say what would be tracked and asked. Fetches nothing and writes nothing.

    \b
    Example: afterprint check watches/demo.toml
    """
    from crawler.schedule import visits_in_a_year
    from crawler.seeding import given_leads
    from crawler.watch import load_watch

    loaded = load_watch(watch)
    story = loaded.story
    leads = given_leads(loaded)
    first_year, later_years = visits_in_a_year(loaded.schedule)
    if as_json:
        print_json(
            {
                "watch": loaded.slug,
                "title": story.title,
                "outlet": story.outlet,
                "aliases": story.aliases,
                "short_ids": story.short_ids,
                "languages": story.languages,
                "texts": [
                    {"source": t.source, "language": t.language, "role": t.role, "characters": len(t.text)}
                    for t in story.texts
                ],
                "text_urls": [{"url": t.url, "language": t.language, "role": t.role} for t in story.text_urls],
                "asked": [{"purpose": lead.purpose, "url": lead.url} for lead in leads],
                "search": [use.name for use in loaded.sources.search],
                "fetches_per_page": {"first_year": round(first_year), "later_years": round(later_years)},
                "notices": loaded.notices,
            }
        )
        return
    click.echo(f"{watch} is in order: {story.title}")
    for text in story.texts:
        click.echo(f"  text      {text.language}  {text.role:<11} {len(text.text):>6} characters, {text.source}")
    for text_url in story.text_urls:
        if not any(text.language == text_url.language for text in story.texts):
            click.echo(
                f"  text      {text_url.language}  {text_url.role:<11} from the first good capture of {text_url.url}"
            )
    for lead in leads:
        click.echo(f"  {lead.purpose:<9} {lead.url}")
    for use in loaded.sources.search:
        click.echo(f"  asks      {use.name}, every {use.every.days or use.every}{' days' if use.every.days else ''}")
    click.echo(
        f"  costs     {first_year:.0f} fetches a page in its first year and {later_years:.0f} in each later one; "
        "more where it changes"
    )
    if not loaded.politeness.contact:
        click.echo("  Note: no [politeness] contact. Webmasters will see no address to write to.")
    for notice in loaded.notices:
        click.echo(f"  Note: {notice}")
    click.echo(f"Next: afterprint run {watch}")


@click.command("crawl", short_help="Fetch what is due.")
@click.argument("watch", type=WATCH)
@click.option("--again", is_flag=True, help="Visit every known URL now, due or not.")
@click.option("--budget", type=click.IntRange(1), help="Fetch at most so many URLs.")
@click.pass_obj
def crawl_command(context: Context, watch: Path, again: bool, budget: int | None) -> None:
    """Fetch what is due for WATCH and keep every answer. Ctrl-C once stops cleanly, twice at once.

    \b
    Example: afterprint crawl watches/demo.toml
    """
    from archive.running import crawl

    code = crawl(watch, context.archive, again=again, budget=budget)
    if code in (0, 1):
        click.echo("Next: afterprint process")
    sys.exit(code)


@click.command("process", short_help="Read captures; find versions, changes, copies.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes; default: one a core, at least two.")
@click.option("--rebuild", is_flag=True, help="Delete all that was derived first, and make it again from the captures.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON document.")
@click.pass_obj
def process_command(context: Context, workers: int | None, rebuild: bool, as_json: bool) -> None:
    """Read every new capture, decide versions and changes, and match them against the stories.

    Can be stopped anywhere and run again.

    \b
    Example: afterprint process
    """
    from archive.cli._progress import Progress, summary_lines
    from archive.running import process_alone

    with Progress("reading", as_json) as progress:
        summary = process_alone(context.archive, workers=workers, rebuild=rebuild, progress=progress.captures)
    if as_json:
        from dataclasses import asdict

        print_json(asdict(summary))
        return
    for line in summary_lines(summary):
        click.echo(line)
    click.echo("Next: afterprint process" if summary.stopped else "Next: afterprint serve")


def match_story(context: Context, slug: str, *, workers: int | None = None, as_json: bool = False) -> None:
    """Compare the story *slug* with everything in the archive that it may have to do with, and say what was found.

    Can be stopped anywhere and run again.

    Raises:
        ConfigError: there is no such story, or it has no text yet. LockedError: another process is at work.
    """
    from archive import extract, lock, process
    from archive.cli._progress import Progress
    from archive.running import stoppable
    from archive.times import utc_now

    with context.open() as store:
        story = store.story_by_slug(slug)
        if story is None or story.id is None:
            names = ", ".join(known.slug for known in store.stories()[:10]) or "none yet"
            raise usage_error(f"there is no story {slug!r} in {context.archive}", f"Stories there: {names}.")
        if not story.texts:
            raise usage_error(
                f"{slug} has no text to compare with", f"Fetch it first: afterprint run watches/{slug}.toml"
            )
        unread = store.count_to_read(extract.LABEL)
    with (
        lock.hold(context.archive, "process"),
        stoppable() as stop,
        Progress("matching", as_json) as progress,
    ):
        summary = process.match_story(
            context.archive, slug, now=utc_now, workers=workers, stop=stop, progress=progress.matches
        )
    with context.open() as store:
        kinds = store.kinds(story.id)
    if as_json:
        print_json(
            {
                "story": slug,
                "compared": summary.matched,
                "found": dict(summary.kinds),
                "kinds": kinds,
                "unread": unread,
                "told": summary.told,
                "stopped": summary.stopped,
            }
        )
        return
    found = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in summary.kinds.most_common())
    click.echo(f"{slug}: {found or 'nothing new found'}.")
    stands = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in kinds.items())
    click.echo(f"Pages by what they are to it now: {stands or 'none'}.")
    for line in summary.told:
        click.echo(line)
    if summary.stopped:
        click.echo(f"Stopped. Next: afterprint match {slug}")
    elif unread:
        click.echo(f"{unread} captures were not read yet. Next: afterprint process")
    else:
        click.echo("Next: afterprint serve")


@click.command("run", short_help="Crawl and process together, only what is due.")
@click.argument("watches", type=WATCH, nargs=-1)
@click.option("--budget", type=click.IntRange(1), help="Fetch at most so many URLs a watch.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes; default: one a core, at least two.")
@click.option("--serve", is_flag=True, help="Serve the archive afterwards, if there is anything to show.")
@click.option("--port", "-p", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port for --serve.")
@click.pass_obj
def run_command(
    context: Context, watches: tuple[Path, ...], budget: int | None, workers: int | None, serve: bool, port: int
) -> None:
    """Fetch what is due for each of WATCHES, and read it beside the crawl. Safe under cron and systemd timers.

    Without WATCHES, those in the folder "watches" are run. A watch that is wrong is told, and the others are run all the
    same; the exit code is 2 then.

    \b
    Example: afterprint run watches/demo.toml
    """
    from archive.cli._progress import summary_lines
    from archive.running import run

    code = 0
    files = watches or watches_in_folder()
    if not files:
        raise usage_error(f'no watch is named, and there is none in the folder "{FOLDER}"', "afterprint add URL")
    for watch in files:
        try:
            result = run(watch, context.archive, budget=budget, workers=workers)
        except ConfigError as error:
            click.echo(f"Error: {error}", err=True)
            code = max(code, error.exit_code)
            continue
        for line in summary_lines(result.summary):
            click.echo(line)
        code = max(code, result.exit_code)
        if result.stopped:
            break
    if serve and code in (0, 1):
        from archive.cli.showing import serve_if_worthwhile

        serve_if_worthwhile(context, port)
    click.echo("Next: afterprint status, or afterprint serve")
    sys.exit(code)


@click.command("watch", short_help="Run what is due, whenever it is due, for good.")
@click.argument("watches", type=WATCH, nargs=-1)
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes; default: one a core, at least two.")
@click.pass_obj
def watch_command(context: Context, watches: tuple[Path, ...], workers: int | None) -> None:
    """Run each of WATCHES when something of it is due, deliver alerts, and sleep in between, until it is stopped.

    Without WATCHES, those in the folder "watches" are run, also those that are added later. Ctrl-C or SIGTERM once finishes
    what is in flight, twice stops at once. While it is at work, `afterprint run` on the same archive ends with exit code 3.

    \b
    Example: afterprint watch watches/demo.toml
    """
    from archive.running import stoppable
    from archive.watching import Watching

    with stoppable() as stop:
        Watching(lambda: watches or watches_in_folder(), context.archive, stop, workers=workers).go_on()
    click.echo("Stopped; the next start goes on from here.")


@click.group("import", short_help="Bring in captures and leads of others.")
def import_command() -> None:
    """Bring in captures that other programs made, and addresses that others found."""


@import_command.command("warc")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
@click.pass_obj
def import_warc(context: Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Import the records of WARC and ARC FILES: every healthy response a capture, every broken one reported.

    Importing a file twice adds nothing.

    \b
    Example: afterprint import warc collection.warc.gz
    """
    from archive.importing import FileReport, import_files
    from archive.running import stoppable
    from archive.store import Store

    def report(file: FileReport) -> None:
        if as_json:
            return
        skipped = sum(file.skipped.values())
        click.echo(f"{file.path}: {file.added} added, {file.known} known, {file.broken} broken, {skipped} skipped")
        for record in file.broken_records:
            click.echo(
                f"  broken record at {record.offset}{f' of {record.member}' if record.member else ''}: {record.reason}"
            )

    with Store(context.archive) as store, stoppable() as stop:
        done = import_files(store, files, report, stop=stop)
    if as_json:
        print_json(
            {
                "run": done.run.id,
                "state": done.run.state,
                "added": done.added,
                "known": done.known,
                "broken": done.broken,
                "files": [
                    {
                        "file": file.path,
                        "added": file.added,
                        "known": file.known,
                        "broken": [
                            {"offset": r.offset, "member": r.member, "reason": r.reason} for r in file.broken_records
                        ],
                        "skipped": file.skipped,
                    }
                    for file in done.files
                ],
            }
        )
        return
    click.echo(f"{done.added} captures added, {done.known} known already, {done.broken} broken records.")
    click.echo("Next: afterprint process")


import_command.add_command(import_leads)
