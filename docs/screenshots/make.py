"""Pictures of the reading pages, made from the demo newsroom.

    python docs/screenshots/make.py             plays the demo, serves its archive, and writes *.png beside this file

Needs Chromium (Debian: apt-get install chromium), as the browser tests do. Takes a minute. Every picture is 1280 pixels
wide, in the light scheme; its colours are reduced to a palette of at most 256, which keeps it below 150 kB.
"""

from __future__ import annotations

import sqlite3
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.datasette_config.chromium import CHROMIUM, OPTIONS, serving  # noqa: E402

WIDTH, HEIGHT = 1280, 960


def pages(archive: Path) -> dict[str, str]:
    """What is pictured: name of the file, and address."""
    db = sqlite3.connect(archive)

    def one(sql: str) -> tuple[int, ...]:
        row: tuple[int, ...] | None = db.execute(sql).fetchone()
        if row is None:
            sys.exit(f"The demo's archive has nothing to picture for: {sql}")
        return row

    edit = one("SELECT old_version_id, new_version_id FROM changes ORDER BY words_added DESC LIMIT 1")
    copy = one("SELECT story_text_id, version_id FROM story_pages WHERE kind = 'copy' ORDER BY similarity LIMIT 1")
    translated = one(
        "SELECT story_text_id, version_id FROM story_pages WHERE kind = 'translation' ORDER BY page_id LIMIT 1"
    )
    page = one("SELECT page_id FROM changes GROUP BY page_id ORDER BY count(*) DESC, page_id LIMIT 1")
    base = f"/{archive.stem}/-"
    return {
        "home": "/-/afterprint",
        "story": f"{base}/story/demo",
        "kept": f"{base}/story/demo/kept",
        "heat": f"{base}/story/demo/heat",
        "descent": f"{base}/story/demo/descent",
        "compare": f"{base}/compare?a={edit[0]}&b={edit[1]}",
        "outlets": f"{base}/compare?a=text:{copy[0]}&b={copy[1]}&view=side&changes=1",
        "languages": f"{base}/compare?a=text:{translated[0]}&b={translated[1]}",
        "timeline": f"{base}/page/{page[0]}",
        "changes": f"{base}/changes?min=0",
        "search": f"{base}/search?q=ferry+board",
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        archive = Path(folder) / "demo.db"
        demo = [sys.executable, "-m", "archive.cli", "--archive", str(archive), "demo", "--no-serve"]
        played = subprocess.run(demo, cwd=ROOT, capture_output=True, text=True)
        if played.returncode > 1:  # 1: some sources failed, as the newsroom wants it
            sys.exit(f"{played.stdout}{played.stderr}The demo ended with {played.returncode}.")
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*OPTIONS, "--disable-lcd-text"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        with serving(archive) as address:
            for name, path in pages(archive).items():
                page.goto(f"{address}{path}")
                picture = with_palette(page.screenshot())
                file = Path(__file__).parent / f"{name}.png"
                file.write_bytes(picture)
                sys.stdout.write(f"{file.relative_to(ROOT)}  {len(picture) // 1000} kB  {path}\n")
        chromium.close()


# --- PNG, so far as Chromium writes it --------------------------------------------------------------


def with_palette(png: bytes) -> bytes:
    """The same picture with the 256 colours that it has most of; the others become the nearest of these."""
    width, height, rows = _pixels(png)
    counted = Counter(pixel for row in rows for pixel in row)
    palette = [colour for colour, _ in counted.most_common(256)]
    index = {colour: place for place, colour in enumerate(palette)}
    for colour in counted:
        if colour not in index:
            index[colour] = min(
                range(len(palette)),
                key=lambda place: sum((a - b) ** 2 for a, b in zip(palette[place], colour, strict=True)),
            )
    data = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", bytes(part for colour in palette for part in colour))]
    chunks += [(b"IDAT", zlib.compress(data, 9)), (b"IEND", b"")]
    return png[:8] + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _pixels(png: bytes) -> tuple[int, int, list[list[bytes]]]:
    """Width, height and the rows of an 8-bit RGB picture that is not interlaced."""
    at, data, header = 8, b"", b""
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        header = body if kind == b"IHDR" else header
        data += body if kind == b"IDAT" else b""
        at += size + 12
    width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if (depth, interlaced) != (8, 0) or colours not in (2, 6):
        raise ValueError("not a picture as Chromium writes it")
    step = 3 if colours == 2 else 4
    raw, stride = zlib.decompress(data), width * step
    before = bytearray(stride)
    rows = []
    for y in range(height):
        start = y * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], line, before, step)
        rows.append([bytes(line[x : x + 3]) for x in range(0, stride, step)])
        before = line
    return width, height, rows


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> None:
    """Undo a filter of PNG (0 none, 1 left, 2 above, 3 their mean, 4 Paeth's) in place."""
    for x in range(len(line)) if kind else ():
        left = line[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        up = above[x]
        if kind == 4:
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
        else:
            near = (left, up, (left + up) // 2)[kind - 1]
        line[x] = (line[x] + near) & 255


if __name__ == "__main__":
    main()
