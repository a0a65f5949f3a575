"""Commands that show: Datasette on the archive, the bundled newsroom, and the demo of both."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli._context import Context

if TYPE_CHECKING:
    from archive.store import Store

PORT = 8001


@click.command("serve", short_help="Browse the archive in Datasette.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", "-p", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.pass_obj
def serve_command(context: Context, host: str, port: int) -> None:
    """Start Datasette on the archive, with the reading pages. Works beside a crawl. Ctrl-C ends it.

    \b
    Example: afterprint serve --port 8002
    """
    _announce(context, f"http://{host}:{port}")
    _serve(context.archive, host, port)


def serve_if_worthwhile(context: Context, port: int) -> None:
    """Serve the archive in place of this process, unless it holds no version yet."""
    with context.open() as store:
        if not store.counts()["version"]:
            click.echo("No article has been read yet, so there is nothing to serve.")
            return
    _announce(context, f"http://127.0.0.1:{port}")
    click.echo("Ctrl-C ends it.\n")
    _serve(context.archive, "127.0.0.1", port)


def _announce(context: Context, base: str) -> None:
    with context.open() as store:
        for line in _worth_looking_at(store, base):
            click.echo(line)


def _serve(archive: Path, host: str, port: int) -> None:
    from datasette_config.serve import serve_arguments

    sys.stdout.flush()
    arguments = [sys.executable, "-m", "datasette", *serve_arguments(archive, host, port)]
    os.execv(sys.executable, arguments)  # Datasette takes over the terminal


def _worth_looking_at(store: Store, base: str) -> list[str]:
    """The address, and three things worth looking at in this archive."""
    database = f"{base}/{store.path.stem}"
    lines = [f"The archive is at {base}/-/afterprint"]
    copies: list[dict[str, Any]] = []
    for story in store.stories():
        assert story.id is not None
        lines.append(f"  The story and its copies:      {database}/-/story/{story.slug}")
        copies += store.story_pages(story.id)
        break
    change = store.weightiest_change()
    if change is not None:
        link = f"{database}/-/compare?a={change['old_version_id']}&b={change['new_version_id']}"
        lines.append(f"  What one outlet changed:       {link}")
    translated = next((page for page in copies if page["kind"] == "translation"), None)
    shown = translated or next((page for page in copies if page["versions"] > 1), None)
    if shown is not None:
        what = "A translation, side by side:" if translated else "A page and its versions:"
        lines.append(f"  {what:<31}{database}/-/page/{shown['page_id']}")
    return lines


@click.command("newsroom", short_help="Serve invented outlets to practise on.")
@click.option("--port", "-p", type=click.IntRange(0, 65535), default=8701, show_default=True)
@click.option("--traps", is_flag=True, help="Also link the slow, endless and explosive pages.")
def newsroom_command(port: int, traps: bool) -> None:
    """Serve invented outlets with an article, its copies, and later edits. Enter performs the next act; Ctrl-C ends it.

    \b
    Example: afterprint newsroom
    """
    from crawler.newsroom.__main__ import run

    sys.exit(run(port, traps=traps))


@click.command("demo", short_help="The whole way, on the bundled newsroom.")
@click.option(
    "--port", "-p", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Port for Datasette."
)
@click.option("--no-serve", is_flag=True, help="End after the crawls.")
@click.pass_obj
def demo_command(context: Context, port: int, no_serve: bool) -> None:
    """Open the bundled newsroom, crawl its story, let it edit and withdraw articles, crawl again, and serve the archive.

    \b
    Example: afterprint --archive demo.db demo
    """
    code = _play(context.archive)
    click.echo()
    if code <= 1 and not no_serve:
        serve_if_worthwhile(context, port)
    _announce(context, f"http://127.0.0.1:{port}")
    sys.exit(code)


def _play(archive: Path) -> int:
    """Crawl the newsroom in each of its three acts."""
    from archive.cli._progress import summary_lines
    from archive.running import run
    from crawler.newsroom import serve
    from crawler.newsroom.story import demo_newsroom, demo_watch

    room = demo_newsroom()
    code = 0
    with serve(room, port=0) as server, tempfile.TemporaryDirectory() as folder:
        watch = Path(folder) / "demo.toml"
        watch.write_text(demo_watch(server.port), encoding="utf-8")
        click.secho(f"The newsroom is open at {server.url()}: {len(room.outlets)} outlets, one story.", bold=True)
        act = None
        while True:
            if act is not None:
                click.secho(f"\nAct {room.act}: {act.title}", bold=True)
            result = run(watch, archive, again=act is not None)
            for line in summary_lines(result.summary):
                click.echo(line)
            code = max(code, result.exit_code)
            if result.stopped or result.exit_code > 1:
                break
            act = room.next_act()
            if act is None:
                break
    return code
