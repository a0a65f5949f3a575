"""`afterprint doctor`: looks at the machine, the archive and the watches, and says what to do about what is wrong."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import click

from archive import lock, machine
from archive.cli._context import Context, print_json, watches_in_folder
from archive.exceptions import AfterprintError
from archive.health import disk_is_low

if TYPE_CHECKING:
    from archive.delivery import Receivers
    from archive.store import Store
    from crawler.watch import Watch

Verdict = Literal["ok", "look", "wrong"]

LEAST_PYTHON = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

CLOCK_ANSWERS = 200
"""The newest answers whose Date headers are laid beside our clock."""
CLOCK_WRONG = timedelta(seconds=60)
"""Servers keep their time by NTP; the median of several hosts is off by a second or two."""
CLOCK_LEAST_HOSTS = 3
"""One server's clock may be wrong by itself."""

LARGE_WAL = 1 << 30
"""A write-ahead log grows so large only while a reader keeps a transaction open for hours."""

CONNECT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    said: str
    remedy: str = ""


@click.command("doctor", short_help="Check the machine, the archive and the watches.")
@click.argument("watches", type=click.Path(dir_okay=False, path_type=Path), nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_obj
def doctor_command(context: Context, watches: tuple[Path, ...], as_json: bool) -> None:
    """Look at all that a crawl needs and that nobody looks at, and say what to do. Ends with exit code 1 if something is wrong.

    Without WATCHES, those in the folder "watches" are read. Nothing is fetched from outlets and nothing is written; mail
    servers and web services that a watch names are connected to, and told nothing.

    \b
    Example: afterprint doctor --json
    """
    files = watches or watches_in_folder()
    checks = list(check_all(context.archive, files))
    wrong = any(one.verdict == "wrong" for one in checks)
    if as_json:
        print_json({"ok": not wrong, "checks": [asdict(one) for one in checks]})
    else:
        for one in checks:
            color = {"ok": None, "look": "yellow", "wrong": "red"}[one.verdict]
            mark = {"ok": "ok", "look": "look", "wrong": "WRONG"}[one.verdict]
            click.secho(f"{mark:<6}{one.name}: {one.said}", fg=color if sys.stdout.isatty() else None)
            if one.remedy:
                click.echo(f"      {one.remedy}")
        click.echo("Something is wrong: see above." if wrong else "All is well.")
    sys.exit(1 if wrong else 0)


def check_all(archive: Path, files: Sequence[Path]) -> Iterator[Check]:
    """All checks, in the order in which one rests on the other."""
    yield _python()
    yield _packages()
    loaded: list[Watch] = []
    yield from _watches(files, loaded)
    yield from _browser(files)
    for watch in loaded:
        yield from _receivers(watch.slug, watch.alerts.receivers)
    yield _disk(archive)
    yield from _file(archive)
    if archive.exists():
        yield from _archive(archive)


# --- the machine -------------------------------------------------------------------------------------


def _python() -> Check:
    said = f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    if sys.version_info < LEAST_PYTHON:
        return Check("Python", "wrong", said, "Install Python 3.11 or newer, then: make setup")
    return Check("Python", "ok", said)


def _packages() -> Check:
    from packaging.requirements import Requirement

    unmet = []
    try:
        wanted = [Requirement(line) for line in requires("afterprint") or ()]
    except PackageNotFoundError:
        return Check("packages", "wrong", "afterprint itself is not installed", "Run: make setup")
    for one in wanted:
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(one.name)
        except PackageNotFoundError:
            unmet.append(f"{one.name} is absent")
        else:
            if not one.specifier.contains(found, prereleases=True):
                unmet.append(f"{one.name} is {found}, wanted {one.specifier}")
    if unmet:
        return Check("packages", "wrong", "; ".join(unmet), "Install what requirements.lock says: make setup")
    return Check("packages", "ok", f"{len(wanted)} requirements are met")


def _browser(files: Sequence[Path]) -> Iterator[Check]:
    asking = [file for file in files if _asks_for_browser(file)]
    if not asking:
        return
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        said = f"{asking[0]} asks for a browser, and none of {', '.join(BROWSERS)} is here"
        yield Check("browser", "wrong", said, "Install Chromium from your system's packages: apt install chromium")
    else:
        yield Check("browser", "ok", found)


def _asks_for_browser(file: Path) -> bool:
    def says(value: Any) -> bool:
        if isinstance(value, dict):
            return value.get("browser") is True or any(says(one) for one in value.values())
        return isinstance(value, list) and any(says(one) for one in value)

    try:
        return says(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False  # what is wrong with the file, the check of watches says


def _disk(archive: Path) -> Check:
    try:
        free, size = machine.free_bytes(archive), machine.size_of(archive)
    except OSError as error:
        return Check("disk", "wrong", f"{archive.parent} cannot be looked at: {error}", "Does the folder exist?")
    said = f"{free >> 20:,} MB free, the archive has {size >> 20:,} MB"
    if disk_is_low(free, size):
        return Check(
            "disk", "wrong", said, "Make room, or move the archive: a full disk stops the crawl, and loses nothing."
        )
    return Check("disk", "ok", said)


# --- watches and whom they tell ----------------------------------------------------------------------


def _watches(files: Sequence[Path], loaded: list[Watch]) -> Iterator[Check]:
    from crawler.watch import load_watch

    if not files:
        yield Check("watches", "look", "none is named, and there is none in the folder “watches”", "afterprint add URL")
    for file in files:
        try:
            watch = load_watch(file)
        except AfterprintError as error:
            yield Check(str(file), "wrong", f"{error.place}: {error.cause}", error.remedy)
            continue
        loaded.append(watch)
        notices = list(watch.notices)
        if not watch.politeness.contact:
            notices.append("no [politeness] contact: webmasters will see no address to write to")
        yield Check(str(file), "look" if notices else "ok", "; ".join(notices) or "in order")


def _receivers(slug: str, receivers: Receivers) -> Iterator[Check]:
    if (hook := receivers.webhook) is not None:
        parts = urlsplit(hook.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        yield _receiver(f"{slug}: webhook", hook.secret_env, parts.hostname or "", port)
    if (mail := receivers.mail) is not None:
        yield _receiver(f"{slug}: mail", mail.password_env, mail.host, mail.port)
    if (command := receivers.command) is not None:
        program = command.arguments[0]
        if shutil.which(program) is None:
            yield Check(f"{slug}: command", "wrong", f"there is no program {program!r}", "Name it with its whole path.")
        else:
            yield Check(f"{slug}: command", "ok", program)


def _receiver(name: str, variable: str, host: str, port: int) -> Check:
    if variable and not os.environ.get(variable):
        remedy = "Set it where the program is started: for systemd, in the file that EnvironmentFile= names."
        return Check(name, "wrong", f"the environment variable {variable} is empty", remedy)
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        remedy = "Alerts wait and are tried again for a week: afterprint alerts"
        return Check(name, "wrong", f"{host}:{port} cannot be reached: {error}", remedy)
    return Check(name, "ok", f"{host}:{port} answers")


# --- the archive -------------------------------------------------------------------------------------


def _file(archive: Path) -> Iterator[Check]:
    if not archive.exists():
        yield Check("archive", "look", f"{archive} is not there yet", "afterprint init, or the first run makes it.")
        return
    mode = archive.stat().st_mode
    if not os.access(archive, os.R_OK | os.W_OK):
        yield Check("archive", "wrong", f"{archive} may not be read and written by this user", f"ls -l {archive}")
    elif not os.access(archive.resolve().parent, os.W_OK):
        said = f"{archive.resolve().parent} may not be written to, and SQLite keeps its log beside the file"
        yield Check("archive", "wrong", said, "Give this user the folder: chown")
    elif mode & stat.S_IWOTH:
        yield Check("archive", "look", f"{archive} may be written by everybody", f"chmod o-w {archive}")
    else:
        yield Check("archive", "ok", f"{archive}, {stat.filemode(mode)}")


def _archive(archive: Path) -> Iterator[Check]:
    from archive.store import Store
    from archive.times import utc_now

    try:
        with Store(archive, create=False, readonly=True) as store:
            yield _schema(store)
            yield _log(store, archive)
            yield _clock(store)
            yield from _locks(store, archive)
            for row in store.stuck_deliveries():
                said = f"{row['alerts']} alerts wait since {row['since'][:16]}, tried {row['attempts']} times: {row['last_error']}"
                yield Check(f"alerts by {row['channel']}", "wrong", said, "Mend it, then: afterprint alerts --deliver")
            for found in store.health(utc_now()):
                since = f" (since {found.since[:16].replace('T', ' ')} UTC)" if found.since else ""
                name = f"{found.about} {found.name}".strip()
                yield Check(name, found.level, f"{found.what}{since}", found.remedy)
    except (AfterprintError, sqlite3.Error) as error:
        cause = error.cause if isinstance(error, AfterprintError) else str(error)
        remedy = error.remedy if isinstance(error, AfterprintError) else "Bring it up to date: afterprint init"
        yield Check("archive", "wrong", cause, remedy)


def _schema(store: Store) -> Check:
    if unlike := store.unlike_fresh():
        said = f"not as this version makes it: {', '.join(unlike[:5])}{' …' if len(unlike) > 5 else ''}"
        return Check("schema", "wrong", said, "Back it up, then bring it up to date: afterprint init")
    return Check("schema", "ok", "up to date")


def _log(store: Store, archive: Path) -> Check:
    if (mode := store.journal_mode()) != "wal":
        said = f"the journal mode is {mode}: readers and the crawl would wait for each other"
        return Check("write-ahead log", "look", said, "The next run sets it; a copy made with `backup` has none.")
    log = archive.with_name(f"{archive.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > LARGE_WAL:
        said = f"it has grown to {size >> 20:,} MB"
        return Check("write-ahead log", "look", said, "A program has the archive open for hours: close it.")
    return Check("write-ahead log", "ok", f"{size >> 10:,} kB")


def _clock(store: Store) -> Check:
    behind = []
    for _, at, header in store.server_clocks(CLOCK_ANSWERS):
        try:
            date = parsedate_to_datetime(header)
        except ValueError:
            continue
        behind.append((date.replace(tzinfo=date.tzinfo or UTC) - at).total_seconds())
    if len(behind) < CLOCK_LEAST_HOSTS:
        return Check("clock", "ok", "too few hosts were asked to compare it with theirs")
    off = median(behind)
    said = f"{abs(off):.0f} s {'behind' if off > 0 else 'ahead of'} the clocks of {len(behind)} hosts"
    if abs(off) >= CLOCK_WRONG.total_seconds():
        remedy = "Keep the time by NTP: timedatectl set-ntp true. Captures so far carry the wrong time, and say so by their Date."
        return Check("clock", "wrong", said, remedy)
    return Check("clock", "ok", said)


def _locks(store: Store, archive: Path) -> Iterator[Check]:
    held = {work: pid for work in ("run", "crawl", "process") if (pid := lock.holder(archive, work)) is not None}
    for work, pid in held.items():
        if pid.isdigit() and not _is_alive(int(pid)):
            said = f"held for process {pid}, which is gone: a child of it holds it"
            path = archive.with_name(f"{archive.name}.{work}.lock")
            yield Check(f"lock of {work}", "wrong", said, f"Find the child and end it: fuser {path}")
        else:
            yield Check(f"lock of {work}", "ok", f"process {pid} is at work")
    if "crawl" not in held:
        for run in store.running_runs():
            said = f"run {run['id']} says that it is at work, and nobody holds the lock: it was killed"
            yield Check("runs", "look", said, "Nothing is lost; the next run goes on and closes its row.")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
