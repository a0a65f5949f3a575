"""What every command shares: the archive's path, errors as messages, lazily loaded commands."""

from __future__ import annotations

import difflib
import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.exceptions import AfterprintError, ConfigError

if TYPE_CHECKING:
    from archive.store import Store

COMMANDS = {
    "init": "working",
    "add": "working",
    "add-text": "telling",
    "check": "working",
    "queries": "queries",
    "leads": "leads",
    "crawl": "working",
    "process": "working",
    "run": "working",
    "watch": "working",
    "import": "working",
    "match": "comparing",
    "alerts": "alerting",
    "status": "reading",
    "doctor": "doctoring",
    "explain": "reading",
    "diff": "reading",
    "serve": "showing",
    "publish": "publishing",
    "withhold": "publishing",
    "verify": "evidence",
    "export": "evidence",
    "backup": "evidence",
    "manifest": "proving",
    "timestamps": "proving",
    "prune": "proving",
    "newsroom": "showing",
    "demo": "showing",
}
"""Command -> the module that holds it, in the order of a user's day."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the options of the group say."""

    archive: Path

    def open(self, *, readonly: bool = True) -> Store:
        """The archive, which must exist. Raises StoreError."""
        from archive.store import Store

        return Store(self.archive, create=False, readonly=readonly)


class Group(click.Group):
    """Loads a command's module when the command is asked for, and turns our errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"archive.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f"There is no command {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AfterprintError as error:
            click.secho(f"Error: {error}", err=True, fg="red" if sys.stderr.isatty() else None)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("\nStopped at once. What was written stands; the next run goes on from there.", err=True)
            ctx.exit(130)  # as shells report a program that Ctrl-C ended


FOLDER = Path("watches")
"""Where watches usually are: see `afterprint add`."""


def watches_in_folder() -> tuple[Path, ...]:
    """The watches that a command takes if none is named."""
    return tuple(sorted(FOLDER.glob("*.toml")))


def print_json(value: object) -> None:
    """One JSON document on standard output; times and paths as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def usage_error(cause: str, remedy: str) -> ConfigError:
    """A complaint about an argument."""
    return ConfigError(cause, remedy=remedy)
