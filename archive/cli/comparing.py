"""Commands on texts and pages that are in no archive: one against one, one against many."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli._context import Context, print_json, usage_error
from archive.cli._fetching import Manners, fetch, fetch_options
from archive.diff_terminal import printable
from archive.exceptions import AfterprintError, ConfigError

if TYPE_CHECKING:
    from archive.comparing import Document
    from archive.types import Match, Passage

_FIRST = {"story_first": "A", "page_first": "B", "undecided": None}


@click.command("match", short_help="What texts or pages are to a text.")
@click.argument("sides", metavar="STORY PAGE…", nargs=-1, required=True)
@click.option("--language-a", metavar="CODE", help='Language of the first, as "nl", if it cannot be told.')
@click.option("--outlet", default="", help="Who published the first, as credit lines name it.")
@fetch_options
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def match_command(
    context: Context,
    sides: tuple[str, ...],
    language_a: str | None,
    outlet: str,
    contact: str,
    allow_private: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what each PAGE is to STORY: its kind, how much of either, how sure, and why.

    Each is a text file, a saved web page, or a URL, which is fetched politely and not kept.
    The name of a story alone matches that story against the whole archive.

    \b
    Examples: afterprint match original.txt copy.html https://example.org/another
              afterprint match motherboard
    """
    from archive.comparing import compare

    if len(sides) == 1:
        _match_archive(context, sides[0], as_json)
        return
    documents = _documents(sides, Manners(contact, allow_private), quiet=as_json)
    story = documents[0]
    if isinstance(story, AfterprintError):
        raise story
    rows: list[dict[str, Any]] = []
    for name, page in zip(sides[1:], documents[1:], strict=True):
        if isinstance(page, AfterprintError):
            rows.append({"page": name, "error": page.cause, "remedy": page.remedy})
            continue
        found = compare(story, page, language_a=language_a, outlet=outlet)
        rows.append({"page": name, **_match_json(found, story, page)})
    if as_json:
        print_json({"story": _document_json(story, language_a), "pages": rows})
    else:
        _print_rows(rows)
    sys.exit(1 if any("error" in row for row in rows) else 0)


def _match_archive(context: Context, name: str, as_json: bool) -> None:
    from archive.urls import is_http

    known: list[str] = []
    is_side = is_http(name) or Path(name).exists()
    if context.archive.exists() or not is_side:
        with context.open() as store:
            known = [story.slug for story in store.stories()]
    if name not in known:
        if is_side:
            raise usage_error(
                f"{name} alone has nothing to compare with",
                "Give the original and at least one page: afterprint match ORIGINAL PAGE",
            )
        stories = f"It knows: {', '.join(known)}." if known else "It knows none yet. Next: afterprint add URL"
        raise ConfigError(f"there is no story {name!r} in this archive", place=str(context.archive), remedy=stories)
    from archive.cli.working import match_story

    match_story(context, name, as_json=as_json)


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    width = max(len(str(row["page"])) for row in rows)
    for row in rows:
        name = printable(f"{row['page']:<{min(width, 60)}}")
        if "error" in row:
            click.echo(f"{name}  not compared: {printable(row['error'])}")
            if row["remedy"]:
                click.echo(f"    {printable(row['remedy'])}")
            continue
        kind = str(row["kind"]).replace("_", " ")
        click.secho(
            f"{name}  {kind:<18}  {row['coverage_story']:4.0%} of the story  {row['coverage_page']:4.0%} of the page"
            f"  confidence {row['confidence']:.2f}",
            bold=True,
        )
        click.echo(f"    {printable(row['explanation'])}")


# --- one against one ---------------------------------------------------------------------------------------


def explain_two(
    a: str,
    b: str,
    *,
    language_a: str | None,
    language_b: str | None,
    outlet: str,
    manners: Manners,
    as_json: bool,
) -> None:
    """Print what *b* is to *a*, with the words of both sides."""
    from archive.comparing import came_first, compare
    from archive.types import COPY_KINDS

    documents = _documents((a, b), manners, quiet=as_json)
    for document in documents:
        if isinstance(document, AfterprintError):
            raise document
    story, page = (document for document in documents if not isinstance(document, AfterprintError))
    found = compare(story, page, language_a=language_a, language_b=language_b, outlet=outlet)
    first = came_first(story, page, found) if found.kind in COPY_KINDS else None
    if as_json:
        print_json(
            {
                "a": _document_json(story, language_a),
                "b": _document_json(page, language_b),
                "match": _match_json(found, story, page),
                "came_first": None
                if first is None
                else {"verdict": _FIRST[first.verdict], "why": first.why, "notes": first.notes},
            }
        )
        return
    for letter, document, language in (("A", story, language_a), ("B", page, language_b)):
        click.echo(f"{letter}  {printable(_about(document, language))}")
    click.echo()
    click.secho(f"{found.kind.replace('_', ' ')}, confidence {found.confidence:.2f}", bold=True)
    click.echo(f"  {printable(found.explanation)}")
    click.echo(f"  Credit: {_credit(found, outlet or story.outlet)}")
    for line in signal_lines(found.evidence):
        click.echo(f"  {line}")
    if first is not None:
        side = _FIRST[first.verdict]
        click.echo(f"  First:  {f'{side}, for ' if side else ''}{printable(first.why)}")
    for number, passage in enumerate(found.passages, start=1):
        _print_passage(number, passage, story.text, page.text)


def _about(document: Document, language: str | None) -> str:
    spoken = language or document.language or "language unknown"
    about = f"{document.source}  ({spoken}, {len(document.text.split())} words"
    about += f", dated {document.published})" if document.published else ")"
    return f"{about}  {document.title}" if document.title else about


def _credit(found: Match, outlet: str) -> str:
    if found.credit is None:
        return "none found"
    named = f"names {found.credit.name}" if found.credit.name else f"does not name {outlet}"
    if not outlet:
        named = "who published A is not known; say it with --outlet"
    return f"“{printable(found.credit.text)}” ({found.credit.language}; {named})"


def signal_lines(evidence: Mapping[str, object]) -> Iterator[str]:
    """The signs of republication among a match's evidence, a line each: how much each carries, what it is, and where."""
    signals = evidence.get("signals")
    for number, signal in enumerate(signals if isinstance(signals, list) else ()):
        place = signal["place"]
        where = place if isinstance(place, str) else f"characters {place[0]} to {place[1]}"
        notes = f" ({'; '.join(signal['notes'])})" if signal["notes"] else ""
        weight = "not believed" if signal["weight"] == "none" else signal["weight"]
        head = "Signs:  " if number == 0 else " " * 8
        kind = signal["kind"].replace("_", " ")
        yield printable(f"{head}{weight}: {kind} in the {where}, {_line(signal['words'], 120)}{notes}")


def _print_passage(number: int, passage: Passage, story: str, page: str) -> None:
    quoted = ", a quotation" if passage.quotation else ""
    click.echo(f"\n  {number}. {passage.method}, likeness {passage.likeness:.2f}{quoted}")
    # Where sentences follow, they have all the words; the passage then only says from where to where.
    width = 160 if passage.links else None
    click.echo(f"     A  {_line(story[passage.story_start : passage.story_end], width)}")
    click.echo(f"     B  {_line(page[passage.page_start : passage.page_end], width)}")
    for link in passage.links:
        click.echo(f"        · A  {_line(story[link.story_start : link.story_end])}")
        click.echo(f"          B  {_line(page[link.page_start : link.page_end])}")


def _line(text: str, width: int | None = None) -> str:
    line = printable(" ".join(text.split()))
    if width is None or len(line) <= width:
        return line
    return f"{line[: width // 2 - 2]} … {line[-width // 2 + 2 :]}"


# --- reading the arguments -----------------------------------------------------------------------------------


def _documents(names: Sequence[str], manners: Manners, *, quiet: bool) -> list[Document | AfterprintError]:
    """What stands in each of *names*, or why it cannot be compared. A missing file ends the command at once."""
    from archive.comparing import read
    from archive.urls import is_http

    local: dict[str, Document | AfterprintError] = {}
    for name in names:
        if is_http(name):
            continue
        if "://" in name:
            raise usage_error(f"{name!r} is no http(s) URL", "Give a file, or a URL that begins with https://.")
        try:
            local[name] = read(Path(name))
        except ConfigError as error:
            if not Path(name).is_file():
                raise
            local[name] = error
    fetched = fetch([name for name in names if is_http(name)], manners, quiet=quiet)
    return [fetched[name] if name in fetched else local[name] for name in names]


# --- as JSON -------------------------------------------------------------------------------------------------


def _document_json(document: Document, language: str | None) -> dict[str, Any]:
    return {
        "source": document.source,
        "url": document.url or None,
        "captured_at": document.captured_at,
        "language": language or document.language,
        "title": document.title,
        "outlet": document.outlet or None,
        "published": document.published,
        "characters": len(document.text),
    }


def _match_json(found: Match, story: Document, page: Document) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "coverage_story": found.coverage_story,
        "coverage_page": found.coverage_page,
        "similarity": found.similarity,
        "confidence": found.confidence,
        "matcher": found.label,
        "explanation": found.explanation,
        "credit": None
        if found.credit is None
        else {"text": found.credit.text, "names": found.credit.name or None, "language": found.credit.language},
        "evidence": dict(found.evidence),
        "passages": [
            {
                "story_start": passage.story_start,
                "story_end": passage.story_end,
                "page_start": passage.page_start,
                "page_end": passage.page_end,
                "likeness": passage.likeness,
                "method": passage.method,
                "quotation": passage.quotation,
                "story_words": story.text[passage.story_start : passage.story_end],
                "page_words": page.text[passage.page_start : passage.page_end],
                "sentences": [
                    {
                        **link._asdict(),
                        "story_words": story.text[link.story_start : link.story_end],
                        "page_words": page.text[link.page_start : link.page_end],
                    }
                    for link in passage.links
                ],
            }
            for passage in found.passages
        ],
    }
