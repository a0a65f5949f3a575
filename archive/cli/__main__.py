"""`python -m archive.cli`: the same as `afterprint`, where the command is not on the path."""

from __future__ import annotations

from archive.cli import main

if __name__ == "__main__":
    main(prog_name="afterprint")
