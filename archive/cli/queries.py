"""The command that shows what is asked: `afterprint queries`."""

from __future__ import annotations

import textwrap
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli._context import print_json

if TYPE_CHECKING:
    from crawler.discovery.search import Question

_KINDS = {
    "user": "added by you",
    "url": "addresses of the work",
    "short_id": "ids of the work",
    "phrase": "phrases that stand in few other texts",
    "credit": "credit lines",
    "title": "titles",
    "names": "names and figures that survive translation",
    "event": "related coverage",
}


@click.command("queries", short_help="What the sources are asked, and why.")
@click.argument("watch", type=click.Path(path_type=Path))
@click.option("--language", "-l", multiple=True, metavar="CODE", help="Only questions in this language. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the order in which they are asked.")
def queries_command(watch: Path, language: tuple[str, ...], as_json: bool) -> None:
    """Show the questions made from the article of WATCH, by language and kind, each with its reason. Asks nobody.

    Add your own in the watch file, and strike out what is of no use; a part of a question can be struck too:

    \b
      [questions]
      add = ["nuclear blackmail taboo"]
      strike = ["Kremlin", "This article originally appeared on VICE"]

    \b
    Examples: afterprint queries watches/demo.toml
              afterprint queries watches/demo.toml --language nl --json
    """
    from crawler.discovery.questions import questions
    from crawler.watch import load_watch

    loaded = load_watch(watch)
    made = questions(loaded.story, added=loaded.questions.add, struck=loaded.questions.strike)
    if language:
        made = tuple(question for question in made if question.language in language)
    if as_json:
        print_json([{"kind": q.kind, "language": q.language, "text": q.text, "why": q.why} for q in made])
        return
    if not made:
        click.echo("No question could be made: the watch has no text, no title and no address of the work.")
        return
    for line in _lines(made):
        click.echo(line)
    if not loaded.story.texts:
        click.echo("\nNo reference text is at hand, so there are no phrases yet. Add one: afterprint add-text --help")


def _lines(made: tuple[Question, ...]) -> list[str]:
    order = {language: place for place, language in enumerate(dict.fromkeys(q.language for q in made))}
    lines: list[str] = []
    for language, in_language in groupby(
        sorted(made, key=lambda q: (q.language is not None, order[q.language])), key=lambda q: q.language
    ):
        lines.append(click.style(f"\n{language or 'any language'}".lstrip("\n" if not lines else ""), bold=True))
        for kind, of_kind in groupby(in_language, key=lambda q: q.kind):
            lines.append(f"  {_KINDS[kind]}")
            for question in of_kind:
                lines.append(f"    {question.text}")
                lines += textwrap.wrap(question.why, 100, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return lines
