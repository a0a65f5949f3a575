"""Reading a URL without keeping it: one polite crawl into an archive that is thrown away."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive.exceptions import AfterprintError

if TYPE_CHECKING:
    from archive.comparing import Document
    from archive.store import CaptureToRead, Store

F = TypeVar("F", bound=Callable[..., Any])

_SAVE_IT = "Open it in a browser, save the page, and give that file instead."


@dataclass(frozen=True, slots=True)
class Manners:
    """How a fetch behaves: the same words as in a watch's [politeness]."""

    contact: str = ""
    allow_private: tuple[str, ...] = ()


def fetch_options(command: F) -> F:
    """The options of commands that may fetch."""
    for option in (
        click.option("--allow-private", multiple=True, metavar="ADDRESS", help="A private address that may be opened."),
        click.option("--contact", default="", help="Your URL or mail address, told to the servers asked."),
    ):
        command = option(command)
    return command


def fetch(urls: Sequence[str], manners: Manners, *, quiet: bool = False) -> dict[str, Document | AfterprintError]:
    """What stands at each of *urls*, or why it cannot be read.

    The crawler does it: robots.txt, delays and refused addresses are its business.

    Raises:
        AfterprintError: the crawl itself failed.
    """
    from archive.store import Store

    wanted = list(dict.fromkeys(urls))
    if not wanted:
        return {}
    if not quiet:
        click.echo(f"Fetching {wanted[0] if len(wanted) == 1 else f'{len(wanted)} pages'} …", err=True)
    with tempfile.TemporaryDirectory(prefix="afterprint-") as folder:
        archive = Path(folder) / "archive.db"
        watch = Path(folder) / "pages.toml"
        watch.write_text(_watch(wanted, manners), encoding="utf-8")
        command = [sys.executable, "-m", "crawler", str(watch), "--archive", str(archive)]
        crawl = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if crawl.returncode not in (0, 1) or not archive.exists():
            lines = [line for line in crawl.stderr.strip().splitlines() if line.strip()]
            raise AfterprintError(
                f"the fetch failed: {lines[-1].removeprefix('Error: ') if lines else 'no reason was given'}",
                place=wanted[0],
                remedy=_SAVE_IT,
            )
        with Store(archive, create=False, readonly=True) as store:
            return _read(store, wanted)


def _watch(urls: Sequence[str], manners: Manners) -> str:
    # JSON strings and lists of strings are TOML too.
    return "\n".join(
        (
            f"url = {json.dumps(urls[0])}",
            "[sources]",
            f"pages = {json.dumps(urls[1:])}",
            "follow_copies = false",
            "search = false",
            "[politeness]",
            f"contact = {json.dumps(manners.contact)}",
            f"allow_private = {json.dumps(manners.allow_private)}",
            "",
        )
    )


def _read(store: Store, urls: Sequence[str]) -> dict[str, Document | AfterprintError]:
    from archive.extract import LABEL
    from archive.urls import url_key

    # The last answer counts: a server that said "later" was asked again.
    captures = {url_key(capture.url): capture for capture in store.captures_to_read(LABEL, limit=20 * len(urls))}
    found: dict[str, Document | AfterprintError] = {}
    for url in urls:
        try:
            found[url] = _document(store, url, captures.get(url_key(url)))
        except AfterprintError as error:
            found[url] = error
    return found


def _document(store: Store, url: str, capture: CaptureToRead | None) -> Document:
    from archive.comparing import read_html
    from archive.extract import extract
    from archive.quality import judge, may_be_html
    from archive.times import to_text

    if capture is None:
        raise AfterprintError("it was not fetched in time", place=url, remedy=f"Try again later. {_SAVE_IT}")
    if capture.error_class == "robots":
        raise AfterprintError("robots.txt forbids to fetch it", place=url, remedy=_SAVE_IT)
    if capture.error_class == "guard":
        raise AfterprintError(
            "a private or forbidden address", place=url, remedy="If it is yours, name it with --allow-private."
        )
    if capture.status is None:
        raise AfterprintError(
            f"no answer ({capture.error_class})", place=url, remedy="Check the address and your connection."
        )
    readable = capture.body_sha256 is not None and may_be_html(capture.media_type)
    header = next((value for name, value in capture.headers if name == "content-type"), None)
    body = store.body(capture.body_sha256) if readable and capture.body_sha256 is not None else b""
    extraction = extract(body, capture.final_url, header) if body else None
    quality = judge(
        status=capture.status,
        headers=capture.headers,
        media_type=capture.media_type,
        url=capture.url,
        final_url=capture.final_url,
        extraction=extraction,
    )
    if not quality.good:
        reasons = ", ".join(reason.replace("_", " ") for reason in quality.reasons)
        raise AfterprintError(f"what answered is no article ({reasons})", place=url, remedy=_SAVE_IT)
    return read_html(
        body, source=url, url=capture.final_url or url, content_type=header, captured_at=to_text(capture.at)
    )
