"""The documentation says what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.cli._context import COMMANDS
from crawler.watch import _KEYS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def test_every_command_is_in_the_readme_and_no_other() -> None:
    named = set(re.findall(r"`afterprint ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    arguments = ["import", "warc", "--help"] if command == "import" else [command, "--help"]
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 0
    assert re.search(r"Examples?:", shown.output)


def test_every_reading_command_speaks_json() -> None:
    for command in ("status", "explain", "diff", "check"):
        assert "--json" in CliRunner().invoke(main, [command, "--help"]).output


def test_every_key_of_a_watch_is_documented_and_no_other() -> None:
    text = (ROOT / "docs" / "watch-file.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    known = {key for keys in _KEYS.values() for key in keys} - set(_KEYS)
    assert documented == known
    for section in _KEYS:
        assert not section or f"[{section}]" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_module_of_the_map_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for cell in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE):
        folder = ""
        for name in re.findall(r"`([^`]+)`", cell):
            path = name if "/" in name[:-1] or not folder else f"{folder}/{name}"
            folder = path.partition("/")[0] if "/" in path else folder
            assert list(ROOT.glob(path)), path


def test_the_wheel_knows_its_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in CliRunner().invoke(main, ["--version"]).output


def test_the_lock_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    for block in re.split(r"\n(?=\S)", lock):
        if "==" in block.partition("\n")[0]:
            assert "--hash=sha256:" in block, block[:60]
