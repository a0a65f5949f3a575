"""The systemd units that are shipped are read by systemd without a complaint."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parent.parent / "contrib" / "systemd"
PROGRAM = "/opt/afterprint/.venv/bin/afterprint"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_units_verify(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)  # a program that is there
        (tmp_path / unit.name.replace("@", "@desk")).write_text(text, encoding="utf-8")
    for unit in sorted(tmp_path.iterdir()):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        complaints = [line for line in done.stderr.splitlines() if "afterprint" in line]
        assert not complaints, done.stderr
        assert done.returncode == 0, done.stderr


def test_units_start_commands_that_exist() -> None:
    from archive.cli._context import COMMANDS

    for unit in UNITS.glob("*.service"):
        (start,) = (line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart="))
        program, command = start.removeprefix("ExecStart=").split()
        assert program == PROGRAM
        assert command in COMMANDS
