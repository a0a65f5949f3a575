"""An archive in Datasette: as an object for tests, and as the command line of a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasette.app import Datasette

from datasette_config.plugin import load_configuration


def make_datasette(path: str | Path, **options: Any) -> Datasette:
    """A Datasette that serves the archive at *path*, with our settings; *options* go to its constructor."""
    settings = {**load_configuration()["settings"], **options.pop("settings", {})}
    return Datasette([str(path)], settings=settings, **options)


def serve_arguments(db_path: str | Path, host: str = "127.0.0.1", port: int = 8001) -> list[str]:
    """Arguments for `python -m datasette`.

    The archive is opened mutable, never with `-i`: beside a crawl, an immutable connection would not see the
    write-ahead log and report a damaged file. Datasette opens it read-only all the same.
    """
    arguments = ["serve", str(db_path), "--host", host, "--port", str(port)]
    for name, value in load_configuration()["settings"].items():
        arguments += ["--setting", name, str(value).lower() if isinstance(value, bool) else str(value)]
    return arguments
