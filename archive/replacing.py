"""A file that stands in its place only once it is whole. Contains no business logic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.exceptions import StoreError


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A file beside *out*, to be written. It takes the place of *out* at the end; what fails leaves *out* as it was.

    Raises:
        StoreError: it could not be written.
    """
    part = out.with_name(f"{out.name}.part")
    try:
        part.unlink(missing_ok=True)  # of one that was killed
        yield part
        part.replace(out)
    except OSError as error:
        raise StoreError(str(error.strerror), place=str(out), remedy="Nothing was left there.") from error
    finally:
        part.unlink(missing_ok=True)
