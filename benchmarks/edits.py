"""Do edits that change what an article says rank above those that do not?

    python -m benchmarks.edits [FOLDER]

FOLDER holds one or more `*edits.jsonl`, one JSON object a line:

| key | what it is |
|---|---|
| kind | "count", "duration", "date", "claim" (an adjective, negation or hedge), "object" (what a thing was of, or another thing), or any other name; a name that starts with "harmless" says that the edit changes nothing |
| language | BCP 47 |
| old, new | the text before and after, paragraphs separated by one line break |
| fields | optional: {name: [old, new]} of the fields that `archive.diff.VersionText` has |

Without FOLDER the edits of this project are read: five edits that the filters of other trackers call boring, forty more
of each kind, and sixty harmless ones, in English, Dutch, German, French and Spanish, all in articles written for this.
Shown is what reaches `NOTABLE`, the threshold of every list of changes; the rest is still kept, below.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.diff import NOTABLE, VersionText, diff


@dataclass(frozen=True)
class LabelledEdit:
    kind: str
    language: str
    old: VersionText
    new: VersionText

    @property
    def harmless(self) -> bool:
        return self.kind.startswith("harmless")


def read_edits(folder: Path) -> Iterator[LabelledEdit]:
    for file in sorted(folder.rglob("*edits.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield _edit(json.loads(line))


def _edit(entry: Mapping[str, object]) -> LabelledEdit:
    language = str(entry.get("language") or "")
    fields = entry.get("fields") or {}
    assert isinstance(fields, Mapping)
    old, new = (
        VersionText(
            **{"language": language or None, "text": str(entry[side])}
            | {name: values[place] for name, values in fields.items()}
        )
        for place, side in enumerate(("old", "new"))
    )
    return LabelledEdit(str(entry["kind"]), language, old, new)


def main(folder: Path) -> dict[str, float | int]:
    edits = list(read_edits(folder))
    if not edits:
        sys.exit(f"no *edits.jsonl in {folder}")
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    misses = []
    for edit in edits:
        change = diff(edit.old, edit.new)
        shown = change.significance >= NOTABLE
        right[edit.kind, edit.language].append(shown != edit.harmless)
        if shown == edit.harmless:
            marks = "; ".join(
                f"[{run.old.strip()[:60]}] → [{run.new.strip()[:60]}]"
                for row in change.rows
                for run in row.runs
                if run.op != "equal"
            )
            misses.append(f"{edit.kind}, {edit.language}, {change.significance}: {marks}  {change.reasons}")
    languages = sorted({edit.language for edit in edits})
    print(f"{'kind':<30}" + "".join(f"{language or '?':>9}" for language in languages))
    for kind in dict.fromkeys(edit.kind for edit in edits):
        cells = [right.get((kind, language), []) for language in languages]
        print(f"{kind:<30}" + "".join(f"{f'{sum(cell)} of {len(cell)}' if cell else '':>9}" for cell in cells))
    print(f"\n{len(misses)} not as called for")
    for miss in misses:
        print(f"  {miss}")
    figures: dict[str, float | int] = {}
    for name, harmless in (("substantive_shown", False), ("harmless_quiet", True)):
        found = [one for edit in edits if edit.harmless == harmless for one in [edit.kind]]
        kinds = set(found)
        good = sum(sum(cell) for (kind, _), cell in right.items() if kind in kinds)
        figures[name] = round(good / len(found), 4) if found else 1.0
        figures[name.split("_")[0]] = len(found)
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]) if len(sys.argv) == 2 else Path(__file__).parent)
