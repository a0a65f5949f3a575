"""`python -m crawler.egg OUT.egg`: the project as Scrapyd takes it.

An egg is a zip of the packages with its metadata beside them. It is made here by hand: setuptools is giving up `bdist_egg`.
It holds the project alone; what the project needs must be installed where Scrapyd runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

PACKAGES = ("archive", "crawler", "datasette_config")

ENTRY_POINTS = "[scrapy]\nsettings = crawler.settings\n"
"""How Scrapyd finds the settings, and through them the spiders."""


def write_egg(out: Path) -> int:
    """Write the egg to *out*. Returns the number of files in it."""
    root = Path(__file__).resolve().parent.parent
    known = metadata("afterprint")
    with ZipFile(out, "w", ZIP_DEFLATED) as egg:
        egg.writestr(
            "EGG-INFO/PKG-INFO", f"Metadata-Version: 2.1\nName: {known['Name']}\nVersion: {known['Version']}\n"
        )
        egg.writestr("EGG-INFO/entry_points.txt", ENTRY_POINTS)
        egg.writestr("EGG-INFO/top_level.txt", "\n".join(PACKAGES) + "\n")
        egg.writestr("EGG-INFO/zip-safe", "\n")
        number = 4
        for file in _files(root):
            egg.write(file, str(file.relative_to(root)))
            number += 1
    return number


def _files(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m crawler.egg OUT.egg")
    out = Path(sys.argv[1])
    print(f"{out}: {write_egg(out)} files")  # noqa: T201


if __name__ == "__main__":
    main()
