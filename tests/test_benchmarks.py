"""Every evaluation runs, on a few of its cases. The figures themselves belong to `benchmarks/README.md`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import (
    blocked,
    boilerplate,
    captures,
    diff,
    edits,
    extraction,
    page_versions,
    readers,
    story,
    syndication,
    tracked,
    warc_import,
)


def some(folder: Path, target: Path, lines: list[str], files: list[str]) -> Path:
    """A folder of the same format with only these lines of the index, and these files."""
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / name, target / name)
    (target / "index.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def index(folder: Path) -> list[str]:
    return (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()


def test_captures(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "web" / "captures"
    chosen, files = [], []
    for kind in ("same_text_other_html", "text_changed", "some_captures_bad"):
        # The first set that is labelled as changed changed in its teasers only.
        of_kind = [line for line in index(folder) if json.loads(line)["kind"] == kind][1:3]
        chosen += of_kind
        files += [capture["file"] for line in of_kind for capture in json.loads(line)["captures"]]
    figures = captures.main(some(folder, tmp_path, chosen, files))
    assert figures["same_text_one_version"] == 1.0
    assert figures["changed_detected"] == 1.0
    assert figures["false_edits"] == 0


def test_syndication(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "web" / "syndication"
    lines = [json.loads(line) for line in index(folder)]
    near = [line for line in lines if line.get("label") == "same_story_near_copy"][:3]
    not_ = [line for line in lines if line.get("label") == "shared_boilerplate_only"][:2]
    credited = [line for line in lines if line["type"] == "attribution" and line["canonical_points_elsewhere"]][:2]
    files = [line[side]["file"] for line in near + not_ for side in "ab"] + [line["file"] for line in credited]
    chosen = [json.dumps(line) for line in near + not_ + credited]
    figures = syndication.main(some(folder, tmp_path, chosen, files))
    assert figures["copies_found"] == 1.0
    assert figures["boilerplate_refused"] == 1.0


def test_warc_import(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "web" / "warc"
    small = [line for line in index(folder) if json.loads(line)["bytes"] < 20_000][:20]
    figures = warc_import.main(some(folder, tmp_path, small, [json.loads(line)["file"] for line in small]))
    assert figures["crashes"] == 0
    assert figures["captures"] > 0


def test_story(shared_data: Path) -> None:
    figures = story.main(shared_data / "story")
    assert figures["copies_found"] == 1.0
    assert figures["others_refused"] == 1.0


def test_boilerplate(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "web" / "daniel"
    lines = [line for line in index(folder) if json.loads(line)["host"].endswith("express.gr")][:6]
    (tmp_path / "daniel").mkdir()
    some(folder, tmp_path / "daniel", lines, [f"html/{json.loads(line)['id']}.html.gz" for line in lines])
    figures = boilerplate.main(tmp_path)
    assert figures["lines_learned"] >= 4
    assert figures["furniture_share"] == 1.0
    assert figures["copies_with"] <= figures["copies_without"]


def test_page_versions(shared_data: Path) -> None:
    figures = page_versions.main(shared_data / "web" / "page-versions")
    assert figures["important_flagged"] == 1.0
    assert figures["unimportant_quiet"] == 1.0


def test_blocked(shared_data: Path) -> None:
    assert blocked.main(shared_data / "web" / "blocked-snapshots")["right_side"] >= 0.95


def test_extraction(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "web" / "article-extraction-benchmark"
    lines = index(folder)[:4]
    (tmp_path / folder.name).mkdir()
    files = [f"html/{json.loads(line)['id']}.html.gz" for line in lines]
    figures = extraction.measure(some(folder, tmp_path / folder.name, lines, files), None, 0)
    assert figures["pages"] == 4
    assert figures["f1"] > 0.9


def test_edits() -> None:
    figures = edits.main(Path(edits.__file__).parent)
    assert figures["substantive_shown"] >= 0.98
    assert figures["harmless_quiet"] >= 0.98


def test_diff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "RUNS", 1)
    monkeypatch.setattr(diff, "DIFFLIB_RUNS", 1)
    monkeypatch.setattr(diff, "PARAGRAPHS", 40)
    assert set(diff.main()) >= {"light_ms", "heavy_ms", "times_difflib"}


def test_tracked(shared_data: Path) -> None:
    assert 0 <= tracked.main(shared_data / "web" / "tracked")["average_precision"] <= 1


def test_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "ROUNDS", 1)
    figures = readers.main(pages=8, hosts=4, seconds=3.0)
    assert figures["errors"] == 0
    assert figures["written"] > 0
    assert figures["pages_read"] > readers.READERS
