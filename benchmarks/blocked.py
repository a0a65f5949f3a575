"""Are captures that block us told apart from captures that answer, and do real articles stay good?

    python -m benchmarks.blocked DIR

DIR holds `index.jsonl` with the project's own score of each record (0 to 1), and the records: status, headers, title,
length, addresses, some with their body. A record is on the right side if the score says good and so do we, or neither does.

- Good by the score: more than 0.5. The score is 0.5 for short error pages of a load balancer, on which no article stands.
- Good by us: the capture may stand as a side of a claim, as what the page said or as the site's own word that there is no
  such page. A 404 is no article and still an honest answer, and the project scores it as one.

Where DIR holds folders of saved pages as well (all of data/web), every page of those that hold articles is read and judged
as if it had answered 200: `false_alarms` is the share that was not called good, `pages` how many there were.
A few of them are no articles indeed; the list says what each was called.
"""

from __future__ import annotations

import gzip
import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.extract import extract
from archive.quality import GOOD, answer_of, judge, judge_answer, says_absent
from archive.types import Quality

GOOD_SCORE = 0.5
RECORDS = "blocked-snapshots"
ARTICLE_FOLDERS = (
    "article-extraction-benchmark", "daniel", "dutch", "encodings", "fundus", "htmldate", "misinformation-crawler",
    "newspaper4k", "page-versions", "postlight-parser", "readability", "syndication", "trafilatura-eval", "vice",
)  # fmt: skip
"""Folders in which every page, but for a few, is an article."""


@dataclass(frozen=True, slots=True)
class Record:
    file: str
    score: float
    quality: Quality

    @property
    def right(self) -> bool:
        return (self.quality.good or says_absent(self.quality)) == (self.score > GOOD_SCORE)


def read_records(folder: Path) -> Iterator[Record]:
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        file = folder / entry["file"]
        yield Record(entry["file"], entry["quality_score"], judge_record(file))


def judge_record(file: Path) -> Quality:
    """Our judgement of one record; by its head alone where its body was not kept."""
    told = json.loads(file.read_text(encoding="utf-8"))["data"]
    headers = tuple((name.lower(), str(value)) for name, value in (told["headers"] or {}).items())
    # A record names the page's first address; where it was sent on, the redirects name the last one.
    final_url = (told["source_metadata"] or {}).get("redirected_url") or told["url"]
    stored = file.with_suffix(".body")
    if stored.exists():
        body = stored.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        content_type = next((value for name, value in headers if name == "content-type"), None)
        return judge(
            status=told["status"], headers=headers, media_type=told["media_type"], url=told["url"], final_url=final_url,
            extraction=extract(body, final_url, content_type), body=body,
        )  # fmt: skip
    answer = answer_of(
        told["status"], headers, told["url"], final_url, title=told["title"], size=told["content_length"]
    )  # fmt: skip
    return judge_answer(answer) or GOOD


def pages_in(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*.gz")):
        # Beside the pages lie the outputs of other tools, and the article alone as somebody cut it out.
        if file.name not in ("expected.html.gz", "peer_outputs.json.gz"):
            yield file


def judge_page(file: Path) -> Quality:
    """Our judgement of one saved page, as if it had answered 200 at an article's address."""
    body = gzip.decompress(file.read_bytes())
    url = "https://example.org/2020/an-article-of-that-day"
    extraction = extract(body, url, None)
    return judge(
        status=200, headers=(), media_type="text/html", url=url, final_url=url, extraction=extraction, body=body
    )


def main(folder: Path) -> dict[str, float]:
    warnings.filterwarnings("ignore", module="dateutil")
    records = list(read_records(folder if (folder / "index.jsonl").exists() else folder / RECORDS))
    print(f"{'score':>6}  {'ours':>5}  {'':<6} record")
    for record in records:
        reasons = ", ".join(record.quality.reasons)
        print(
            f"{record.score:>6}  {record.quality.score:>5}  {'' if record.right else 'WRONG':<6} {record.file}  {reasons}"
        )
    figures: dict[str, float] = {
        "right_side": round(sum(record.right for record in records) / len(records), 4) if records else 1.0,
        "records": len(records),
        "wrong_records": sum(not record.right for record in records),
        "good_records": sum(record.score > GOOD_SCORE for record in records),
    }
    folders = [folder / name for name in ARTICLE_FOLDERS if (folder / name).is_dir()]
    if folders:
        alarms: Counter[str] = Counter()
        pages = 0
        print("\npages not called good")
        for one in folders:
            for file in pages_in(one):
                pages += 1
                quality = judge_page(file)
                if not quality.good:
                    alarms[one.name] += 1
                    print(f"    {one.name}/{file.relative_to(one)}: {', '.join(quality.reasons)}")
        figures |= {"false_alarms": round(alarms.total() / max(1, pages), 4), "pages": pages, "alarms": alarms.total()}
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
