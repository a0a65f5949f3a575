"""Who may import whom. Imports go downwards only, and pure modules touch nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PURE = {
    "archive.types", "archive.exceptions", "archive.urls", "archive.text", "archive.search", "archive.markup",
    "archive.titles", "archive.extract", "archive.extract_json", "archive.extract_lines", "archive.extract_links", "archive.extract_text", "archive.quality", "archive.versions", "archive.diff", "archive.diff_align", "archive.diff_edits", "archive.diff_fields", "archive.diff_furniture", "archive.diff_lexicon",
    "archive.diff_tokens", "archive.diff_words", "archive.corrections", "archive.collate", "archive.collate_pairs", "archive.collate_additions",
    "archive.collate_places", "archive.collate_evidence", "archive.collate_descent", "archive.collate_languages",
    "archive.diff_weigh", "archive.diff_terminal", "archive.alerts", "archive.health", "archive.references", "archive.memory", "archive.came_first", "archive.plausibility", "archive.availability",
    "archive.match", "crawler.schedule", "crawler.discovery", "crawler.newsroom.newsroom",
}  # fmt: skip
"""Modules, and packages with all in them, that decide and do not act."""

IMPURE_MODULES = {
    "sqlite3",
    "sqlite_utils",
    "socket",
    "requests",
    "httpx",
    "urllib.request",
    "time",
    "scrapy",
    "datasette",
}

PROGRAM = {"archive.cli", "archive.running", "archive.watching"}
"""The `afterprint` program: the one place that knows all parts, and the only one in archive that knows the crawler."""


def modules() -> list[tuple[str, Path]]:
    found = []
    for package in ("archive", "crawler", "datasette_config"):
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), file))
    return found


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize(("name", "file"), modules(), ids=[name for name, _ in modules()])
def test_imports_go_downwards(name: str, file: Path) -> None:
    seen = imports(file)
    if within(name, {"archive"}) and not within(name, PROGRAM):
        assert not {
            one for one in seen if within(one, {"scrapy", "datasette", "crawler", "datasette_config", *PROGRAM})
        }
    if within(name, {"crawler"}):
        assert not {one for one in seen if within(one, {"datasette", "datasette_config", *PROGRAM})}
    if within(name, {"datasette_config"}):
        assert not {one for one in seen if within(one, {"scrapy", "crawler", "archive.store", *PROGRAM})}


@pytest.mark.parametrize(
    ("name", "file"),
    [(name, file) for name, file in modules() if within(name, PURE)],
    ids=lambda value: str(value)[-40:],
)
def test_pure_modules_touch_nothing(name: str, file: Path) -> None:
    assert not {one for one in imports(file) if within(one, IMPURE_MODULES)}


def test_only_the_store_holds_sql() -> None:
    statements = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ")
    allowed = {"archive.store", "archive.schema", "datasette_config"}
    for name, file in modules():
        if within(name, allowed):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.lstrip().startswith(statements), f"{file}:{node.lineno}"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from archive.cli import main; main(['--help'], standalone_mode=False);"
        "heavy = {'scrapy', 'trafilatura', 'numpy', 'datasette', 'sqlite_utils', 'lxml'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
