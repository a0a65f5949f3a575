"""Commands that only read."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from archive.cli._context import Context, print_json, usage_error
from archive.cli._fetching import Manners, fetch_options
from archive.cli.comparing import explain_two, signal_lines
from archive.diff_terminal import printable

if TYPE_CHECKING:
    from archive.store import Store


@click.command("status", short_help="What is watched, what was found, what is due.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def status_command(context: Context, as_json: bool) -> None:
    """Say for each story what was found, what is due, and what its last run came to; and what is wrong, with the remedy.

    \b
    Example: afterprint status --json
    """
    with context.open() as store:
        report = _status(store)
    if as_json:
        print_json(report)
        return
    if not report["stories"]:
        click.echo("No story is watched yet.\nNext: afterprint add URL")
        return
    for story in report["stories"]:
        _print_story(story)
    if report["unread"]:
        click.echo(f"{report['unread']} captures wait to be read.\nNext: afterprint process")
    for host in report["held_hosts"]:
        click.echo(f"{host['host']} is left alone until {host['retry_at']}: {printable(host['reason'] or '')}")
    for found in report["findings"]:
        color = "red" if found["level"] == "wrong" and sys.stdout.isatty() else None
        subject = f"{found['about']} {found['name']}".strip()
        click.secho(f"{found['level'].capitalize()}: {printable(subject)}: {printable(found['what'])}", fg=color)
        click.echo(f"  {found['remedy']}")


def _status(store: Store) -> dict[str, Any]:
    from archive.extract import LABEL
    from archive.times import utc_now

    now = utc_now()
    stories: list[dict[str, Any]] = []
    for story in store.stories():
        assert story.id is not None
        frontier = store.frontier_state(story.id, now)
        run = store.last_run(story.slug)
        stories.append(
            {
                "story": story.slug,
                "title": story.title,
                "texts": [{"language": t.language, "role": t.role, "source": t.source} for t in story.texts],
                "kinds": store.kinds(story.id),
                "due": frontier.due,
                "leased": frontier.leased,
                "later": frontier.later,
                "new_pages": frontier.new_pages,
                "next_due": frontier.next_due,
                "last_run": None
                if run is None
                else {
                    "id": run.id,
                    "state": run.state,
                    "started_at": run.started_at,
                    "finished_at": run.finished_at,
                    "fetched": run.fetched,
                    "new": run.new,
                    "unchanged": run.unchanged,
                    "failed": run.failed,
                    "skipped": run.skipped,
                    "failing_sources": store.failing_sources(run.id),
                    "empty_sources": store.empty_sources(run.id),
                },
                "alarms": store.alarms(story.slug),
            }
        )
    return {
        "archive": str(store.path),
        "stories": stories,
        "counts": store.counts(),
        "unread": store.count_to_read(LABEL),
        "held_hosts": store.held_hosts(now),
        "findings": [asdict(found) for found in store.health(now)],
    }


def _print_story(story: dict[str, Any]) -> None:
    click.secho(f"{story['story']}: {printable(story['title'])}", bold=True)
    if not story["texts"]:
        click.echo("  No reference text yet: the first good capture of a named URL becomes it.")
    kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in story["kinds"].items())
    click.echo(f"  Pages     {kinds or 'none read yet'}")
    next_due = f", next {story['next_due']:%Y-%m-%d %H:%M} UTC" if story["next_due"] else ""
    count = story["new_pages"]
    new_pages = f" ({count} new pages, the likeliest first: afterprint leads {story['story']})" if count else ""
    click.echo(f"  Frontier  {story['due']} due{new_pages}, {story['later']} later{next_due}")
    run = story["last_run"]
    if run is None:
        click.echo("  Last run  none")
        return
    failed = ", ".join(f"{count} {name}" for name, count in run["failed"].items())
    click.echo(
        f"  Last run  {run['started_at']:%Y-%m-%d %H:%M} UTC, {run['state']}: {run['fetched']} fetched, {run['new']} new, "
        f"{run['unchanged']} unchanged{f', failed: {failed}' if failed else ''}"
    )
    for source in run["failing_sources"]:
        told = printable(f"{source['query']}: {source['reason']}")
        click.echo(f"  {_OUTCOMES[source['outcome']]:<9} {source['source']} {told}")
    if run["empty_sources"]:
        click.echo(f"  Nothing   found by {', '.join(f'{name} ({n})' for name, n in run['empty_sources'].items())}")
    for alarm in story["alarms"]:
        click.secho(f"  Alarm     {printable(alarm)}", bold=True)


_OUTCOMES = {
    "failed": "Down",
    "unreadable": "Unclear",
    "refused": "Refused",
    "limited": "Limited",
    "not_asked": "Not asked",
}
"""What became of a source that gave nothing -> the word for it."""


@click.command("explain", short_help="Why a page was matched, or not; or what B is to A.")
@click.argument("url", metavar="URL | A B")
@click.argument("b", metavar="", required=False)
@click.option("--language-a", metavar="CODE", help='Language of A, as "nl", if it cannot be told; only with B.')
@click.option("--language-b", metavar="CODE", help="Language of B.")
@click.option("--outlet", default="", help="Who published A, as credit lines name it; only with B.")
@fetch_options
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def explain_command(
    context: Context,
    url: str,
    b: str | None,
    language_a: str | None,
    language_b: str | None,
    outlet: str,
    contact: str,
    allow_private: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say all that is known of URL: who named it, what came of fetching it, what it is to each story, with the passages.

    With A and B, say what B is to A without any archive: the verdict, the credit, and the words of both sides.
    Each is a text file, a saved web page, or a URL, which is fetched politely and not kept.

    \b
    Examples: afterprint explain https://example.org/a-copy
              afterprint explain original.txt https://example.org/a-copy
    """
    if b is not None:
        explain_two(
            url,
            b,
            language_a=language_a,
            language_b=language_b,
            outlet=outlet,
            manners=Manners(contact, allow_private),
            as_json=as_json,
        )
        return
    with context.open() as store:
        report = store.explain(url)
    if as_json:
        print_json(report)
    elif report is not None:
        _print_explanation(report)
    if report is None:
        if not as_json:
            click.echo(f"The archive never heard of {url}.")
            click.echo("Next: name it under [sources] pages in a watch, and run that.")
        sys.exit(1)


_FIRST = {"story_first": "the story", "page_first": "the page", "undecided": "undecided"}


def _print_explanation(report: dict[str, Any]) -> None:
    click.secho(report["url"], bold=True)
    for lead in report["leads"]:
        rank = f", place {lead['rank']}" if lead["rank"] else ""
        click.echo(f"  Named by   {lead['source']} {printable(lead['query'])}{rank} on {lead['first_seen']}")
        if lead["score"] is not None:
            click.echo(f"             likely {lead['score']:.2f}: {printable(lead['score_reason'] or '')}")
    for capture in report["captures"]:
        outcome = capture["error_class"] or f"HTTP {capture['status']}"
        why = capture["why"] or capture["error_detail"] or "not read yet"
        click.echo(f"  Capture {capture['id']:<4} {capture['captured_at']}  {outcome}: {printable(why)}")
    if not report["captures"]:
        frontier = report["frontier"]
        click.echo(f"  Never fetched; due {frontier['due_at']}." if frontier else "  Never fetched.")
    if any(version["withheld_since"] for version in report["versions"]):
        click.echo("  Withheld   What it says is not shown. Who decided it: afterprint withhold --list")
    for version in report["versions"]:
        click.echo(
            f"  Version {version['number']} (id {version['id']})  seen {version['seen_from']} to {version['seen_to']}: "
            f"{_short(version['title'] or '')}"
        )
    for match in report["matches"]:
        click.echo()
        kind = match["kind"].replace("_", " ")
        click.secho(
            f"  {match['story']}, version {match['version_number']}: {kind}, confidence {match['confidence']:.2f}",
            bold=True,
        )
        click.echo(f"  {printable(match['explanation'])}")
        if match["came_first"]:
            why = f", {printable(match['came_first_why'])}" if match["came_first_why"] else ""
            click.echo(f"  First: {_FIRST[match['came_first']]}{why}")
            for note in match["came_first_notes"]:
                click.echo(f"         {printable(note)}")
        for line in signal_lines(match["evidence"]):
            click.echo(f"  {line}")
        for passage in match["passages"]:
            quoted = ", a quotation" if passage["quotation"] else ""
            click.echo(f"    {passage['number']}. {passage['method']}, likeness {passage['likeness']:.2f}{quoted}")
            click.echo(f"       story: {_short(passage['story_words'])}")
            click.echo(f"       page:  {_short(passage['page_words'])}")
    if report["versions"] and not report["matches"]:
        click.echo("  Not matched: no story had a reference text when it was read. Next: afterprint process")


def _short(text: str, width: int = 160) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= width else f"{line[: width // 2 - 2]} … {line[-width // 2 + 2 :]}"


@click.command("diff", short_help="What changed between two versions.")
@click.argument("a")
@click.argument("b", required=False)
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def diff_command(context: Context, a: str, b: str | None, as_json: bool) -> None:
    """Show what changed from version A to version B: their ids, or URLs for the newest version of a page.

    A URL alone compares the last two versions of its page.

    \b
    Examples: afterprint diff 4 9
              afterprint diff https://example.org/a-copy
              afterprint diff https://example.org/original https://example.net/copy
    """
    from archive import diff
    from archive.diff_terminal import render_terminal

    with context.open() as store:
        old, new = _sides(store, a, b)
        for side in (old, new):
            if side["withheld_since"]:
                raise usage_error(f"what {side['url']} says is withheld", "Who decided it: afterprint withhold --list")
        old_text, new_text = store.version_text(old["id"]), store.version_text(new["id"])
    change = diff.diff(old_text, new_text)
    same_label = old["extractor"] == new["extractor"]
    same_language = old["language"] == new["language"]
    if as_json:
        print_json(
            {
                "old": old,
                "new": new,
                "same_extractor": same_label,
                "same_language": same_language,
                "summary": change.summary if same_language else None,
                "similarity": change.similarity if same_language else None,
                "words_added": change.words_added,
                "words_removed": change.words_removed,
                "moves": change.moves,
                "significance": change.significance,
                "reasons": change.reasons,
                "fields": change.fields,
                "diff_hash": change.diff_hash,
            }
        )
        return
    for sign, side in (("---", old), ("+++", new)):
        click.echo(
            f"{sign} {printable(side['url'])}  version {side['number']} (id {side['id']}), seen {side['seen_from']} to {side['seen_to']}"
        )
    if not same_label:
        click.echo("Read by two extractors: differences may be theirs, not the outlet's. Next: afterprint process")
    if not same_language:
        click.echo(
            f"Two languages ({old['language']}, {new['language']}): words do not compare. "
            f"Next: afterprint explain {new['url']}"
        )
        return
    width = shutil.get_terminal_size((100, 24)).columns
    click.echo(render_terminal(change, color=sys.stdout.isatty(), width=width))


def _sides(store: Store, a: str, b: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    if b is not None:
        return _side(store, a), _side(store, b)
    if a.isdecimal():
        raise usage_error("one version alone has nothing to compare with", "Give two ids, or a URL.")
    versions = store.versions_of_url(a)
    if len(versions) < 2:
        raise usage_error(
            f"{a} has {len(versions)} version{'' if len(versions) == 1 else 's'} here, and a comparison takes two",
            f"See what is known of it: afterprint explain {a}",
        )
    return versions[-2], versions[-1]


def _side(store: Store, name: str) -> dict[str, Any]:
    if name.isdecimal():
        row = store.version_row(int(name))
        if row is None:
            raise usage_error(f"there is no version {name}", "afterprint explain URL lists the versions of a page.")
        return row
    versions = store.versions_of_url(name)
    if not versions:
        raise usage_error(f"{name} has no version here", f"See why: afterprint explain {name}")
    return versions[-1]
