"""Where nothing should be written."""

from __future__ import annotations

from pathlib import Path

from archive.cli._context import Context, usage_error


def refuse(context: Context, out: Path, force: bool) -> None:
    """Raises ConfigError if nothing should be written to *out*."""
    if out.exists() and context.archive.exists() and out.samefile(context.archive):
        raise usage_error(f"{out} is the archive itself", "Name another file.")
    if out.exists() and not force:
        raise usage_error(f"{out} exists", "Name another file, or add --force.")
    if not out.resolve().parent.is_dir():
        raise usage_error(f"there is no folder {out.parent}", "Make it first.")
