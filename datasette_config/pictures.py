"""Where lines and points of the inline SVGs stand. Pure numbers and words; the templates draw and escape them.

All measures are in units of the picture's own view box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from archive.collate_descent import Node
from archive.diff import Row

#: Height of a line of a tree, step to the right, and room for a name.
LINE, STEP, NAME = 30, 34, 300
#: Lines of a tree that are drawn; the list below it has all.
MOST_LINES = 80


def tree(root: Node, names: Sequence[str]) -> dict[str, Any]:
    """A tree as lines of text under each other, each joined to the line of its parent."""
    lines: list[dict[str, Any]] = []

    def add(node: Node, depth: int, parent: int | None) -> None:
        place = len(lines)
        lines.append(
            {
                "kind": node.kind,
                "column": node.column,
                "name": names[node.column] if node.column is not None else "",
                "x": 12 + depth * STEP,
                "y": 18 + place * LINE,
                "parent_y": None if parent is None else 18 + parent * LINE,
            }
        )
        for child in node.children:
            add(child, depth + 1, place)

    add(root, 0, None)
    shown = lines[:MOST_LINES]
    deepest = max(line["x"] for line in shown)
    return {
        "lines": shown,
        "width": deepest + NAME,
        "height": 18 + len(shown) * LINE,
        "left_out": len(lines) - len(shown),
        "step": STEP,
    }


#: Width of the strip above a comparison.
STRIP = 1000


def strip(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A comparison as a strip: each paragraph as wide as it is long, neighbours of one kind together if unchanged."""
    pieces: list[dict[str, Any]] = []
    number = 0
    for row in rows:
        size = max(20, len(row.new_text or row.old_text))
        if row.kind != "equal":
            number += 1
            pieces.append({"kind": row.kind, "size": size, "change": number})
        elif pieces and pieces[-1]["kind"] == "equal":
            pieces[-1]["size"] += size
        else:
            pieces.append({"kind": "equal", "size": size, "change": 0})
    total = sum(piece["size"] for piece in pieces) or 1
    at = 0.0
    for piece in pieces:
        piece["x"], piece["width"] = round(at, 2), round(STRIP * piece["size"] / total, 2)
        at += STRIP * piece["size"] / total
    return pieces


def histogram(sizes: Sequence[int], heats: Sequence[int], hottest: int) -> list[dict[str, float]]:
    """Paragraphs as bars: each as wide as it is long, and as high (0 to 100) as its hottest words are hot."""
    total = sum(sizes) or 1
    bars = []
    at = 0.0
    for size, heat in zip(sizes, heats, strict=True):
        width = STRIP * size / total
        bars.append({"x": round(at, 2), "width": round(width, 2), "height": round(100 * heat / max(3, hottest))})
        at += width
    return bars


# --- time axes --------------------------------------------------------------------------------------

#: Width of a time axis, and the margin on both sides in which a mark at the end still fits.
AXIS, MARGIN = 1000, 16


class Axis:
    """A stretch of time laid on the width of a picture."""

    def __init__(self, times: Sequence[str]) -> None:
        self.start: str | None = min(times, default=None)
        self.end: str | None = max(times, default=None)
        self._first = datetime.fromisoformat(self.start) if self.start else None
        whole = (datetime.fromisoformat(self.end) - self._first).total_seconds() if self.end and self._first else 0.0
        self._whole = whole

    def x(self, time: str) -> float:
        """Where a time stands; in the middle if all times are one."""
        if self._first is None or not self._whole:
            return AXIS / 2
        share = (datetime.fromisoformat(time) - self._first).total_seconds() / self._whole
        return round(MARGIN + (AXIS - 2 * MARGIN) * min(1.0, max(0.0, share)), 1)


def life(
    versions: Sequence[Mapping[str, Any]],
    changes: Mapping[int, Mapping[str, Any]],
    captures: Sequence[Mapping[str, Any]],
    states: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A page over time: its versions, as large as their change was grave, what stood between, and each capture."""
    axis = Axis([capture["captured_at"] for capture in captures])
    bands = []
    for state in states:
        if state["state"] in ("live", "moved"):
            continue
        # Of a removal the window is drawn too: from the last time it was there to the first time it was not.
        before = state["last_present_at"] or state["since"]
        gone = state["state"] in ("removed", "removed?")
        bands.append(
            {
                "state": "removed" if state["state"] == "removed" else "doubted" if gone else state["state"],
                "x": axis.x(state["since"]),
                "width": max(4.0, axis.x(state["until"]) - axis.x(state["since"])),
                "window": axis.x(before) if gone else None,
                "told": f"{state['state']}: {state['evidence']}",
            }
        )
    points = []
    for version in versions:
        change = changes.get(version["id"])
        points.append(
            {
                "number": version["number"],
                "x": axis.x(version["seen_from"]),
                "end": axis.x(version["seen_to"]),
                "radius": round(5 + 9 * (change["significance"] if change else 0.15), 2),
                "told": change["summary"] if change else "first seen",
            }
        )
    ticks = [
        {"x": axis.x(capture["captured_at"]), "good": capture["decision"] in ("new_version", "unchanged")}
        for capture in captures[-2000:]
    ]
    return {"start": axis.start, "end": axis.end, "bands": bands, "points": points, "ticks": ticks}


#: Height of one language's line in the picture of a story's spread.
LANE = 26


def spread(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """When the story came to which outlet: a line for each language, a mark for each page."""
    dated = [row for row in rows if row["since"]]
    axis = Axis([row["since"] for row in dated])
    lanes: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(dated, key=lambda row: str(row["since"])):
        lanes.setdefault(row["language"] or "", []).append(
            {"x": axis.x(row["since"]), "page_id": row["page_id"], "kind": row["kind"], "own": row["own"],
             "told": f"{row['outlet_name']}, {row['dated']} {row['since'][:16].replace('T', ' ')}"}
        )  # fmt: skip
    ranked = sorted(lanes.items(), key=lambda lane: (-len(lane[1]), lane[0]))
    return {
        "start": axis.start,
        "end": axis.end,
        "lanes": [
            {"language": language, "y": 14 + place * LANE, "marks": marks, "outlets": len(marks)}
            for place, (language, marks) in enumerate(ranked)
        ],
        "height": 14 + len(ranked) * LANE,
    }
