"""The watches that a command acts for, with the archive that they belong to."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archive.cli._context import FOLDER, Context, usage_error, watches_in_folder

if TYPE_CHECKING:
    from archive.store import Store
    from crawler.watch import Watch


@contextmanager
def acting_for(
    context: Context, watches: Sequence[Path], remedy: str
) -> Iterator[tuple[Store, list[Watch], threading.Event]]:
    """The archive, to be written; those of *watches* whose stories it knows; what is set when the user says stop.

    Without *watches*, those in the folder "watches". One that the archive does not know belongs to another, or was never run.

    Raises:
        ConfigError: there is no watch, and what to do is *remedy*; or one cannot be read.
    """
    from archive.running import stoppable
    from crawler.watch import load_watch

    files = watches or watches_in_folder()
    if not files:
        raise usage_error(f'no watch is named, and there is none in the folder "{FOLDER}"', remedy)
    loaded = [load_watch(file) for file in files]
    with context.open(readonly=False) as store, stoppable() as stop:
        yield store, [watch for watch in loaded if store.story_by_slug(watch.slug) is not None], stop
