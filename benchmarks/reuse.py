"""How well does the matcher tell reuse from likeness, and show which passages correspond?

    python -m benchmarks.reuse DIR [--sample N] [--seed S] [--predict OUT] [--mistakes] [--processes N]

DIR holds `docs.jsonl` and `pairs.jsonl`, or `pairs_blind.jsonl` where there is no gold: then `--predict OUT` writes
predictions in the format of the data's own scorer, and nothing is scored. Every page is matched as in an archive that
tracks all source articles: beside its own source stand the five others that are most like the page.

Prints a table by the way the pairs came to be and, as its last line, one JSON object. The decision's weights were
fitted on the development half of such data; figures on that half that no fitted pair touched are those of
`python -m benchmarks.fit_match`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from archive.match import LABEL, encoder, match_all, page_language
from archive.match.candidates import unit_sentences
from archive.match.decide import Figures
from archive.match.matcher import measure
from archive.match.reading import Reading
from archive.types import Match, MatchKind, PageText, Story, StoryText

#: what the labels call the kinds; a kind that is missing here is no reuse
RELATIONS: dict[MatchKind, str] = {
    "copy": "copy",
    "rewrite": "copy",
    "excerpt": "excerpt",
    "translation": "translation",
    "translated_excerpt": "translated_excerpt",
    "related": "related",
    "mentions": "related",
    "quotes_only": "related",
    "unrelated": "unrelated",
}
DERIVED = {"copy", "excerpt", "translation", "translated_excerpt"}
#: Other source articles beside the one of the pair.
RIVALS = 5
#: Sentence vectors kept in memory: those of all sources and the pages at hand.
VECTORS = 400_000

Record = dict[str, Any]


def lines(path: Path) -> Iterable[Record]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def story_of(doc: Record) -> Story:
    text = StoryText(doc["text"], doc["lang"], "original", doc["id"], id=1)
    return Story(slug=doc["id"], title=doc.get("title") or "", texts=(text,))


def page_of(doc: Record) -> PageText:
    return PageText(f"https://example.org/{doc['id']}", doc["text"], title=doc.get("title") or None)


def is_scored_negative(pair: Record) -> bool:
    """Real pairs that people called the same story may hold reuse: no false alarms."""
    return pair["relation"] not in DERIVED and not (pair["kind"] == "semeval" and pair.get("overall", 9) <= 1.2)


# --- the archive that a page is matched in ---------------------------------------------------------------


@dataclass
class Sources:
    """All documents, and the source articles of all pairs with their document vectors by language."""

    docs: dict[str, Record]
    ids: list[str]
    tables: dict[str, tuple[list[str], np.ndarray]]

    @classmethod
    def of(cls, directory: Path, pairs: Sequence[Record]) -> Sources:
        docs = {doc["id"]: doc for doc in lines(directory / "docs.jsonl")}
        return cls(docs, sorted({pair["src"] for pair in pairs}), {})

    def index(self, vectors: Sequence[np.ndarray | None]) -> None:
        by_language: dict[str, list[tuple[str, np.ndarray]]] = defaultdict(list)
        for doc_id, vector in zip(self.ids, vectors, strict=True):
            if vector is not None:
                by_language[self.docs[doc_id]["lang"]].append((doc_id, vector))
        self.tables = {
            language: ([doc_id for doc_id, _ in found], np.stack([vector for _, vector in found]))
            for language, found in by_language.items()
        }

    def rivals(self, pair: Record) -> list[Story]:
        page = self.docs[pair["cand"]]
        vector = document_vector(page["text"], page_language(page_of(page)))
        ids, table = self.tables.get(self.docs[pair["src"]]["lang"], ([], np.zeros((0, 1))))
        if vector is None or not ids:
            return []
        nearest = (ids[place] for place in np.argsort(-(table @ vector), kind="stable"))
        others = [doc_id for doc_id in nearest if doc_id not in (pair["src"], pair["cand"])]
        return [story_of(self.docs[doc_id]) for doc_id in others[:RIVALS]]


def document_vector(text: str, language: str | None) -> np.ndarray | None:
    reading = Reading(text, language)
    if not reading.units:
        return None
    mean = reading.vectors.mean(axis=0)
    return mean / max(1e-6, float(np.linalg.norm(mean)))


_sources: Sources


def _begin(sources: Sources) -> None:
    global _sources
    _sources = sources
    encoder._KEPT = VECTORS


def _source_vectors(doc_id: str) -> tuple[list[str], np.ndarray]:
    """The sentences of a source article with their vectors, half as exact: so they are kept."""
    doc = _sources.docs[doc_id]
    reading = Reading(doc["text"], doc["lang"])
    return unit_sentences(reading), reading.vectors.astype(np.float16)


def _source_vector(doc_id: str) -> np.ndarray | None:
    doc = _sources.docs[doc_id]
    return document_vector(doc["text"], doc["lang"])


def _measured(pair: Record) -> Figures:
    docs = _sources.docs
    return measure(page_of(docs[pair["cand"]]), story_of(docs[pair["src"]]), _sources.rivals(pair))


def _matched(pair: Record) -> Match:
    docs = _sources.docs
    stories = [story_of(docs[pair["src"]]), *_sources.rivals(pair)]
    return match_all(page_of(docs[pair["cand"]]), stories, thorough=True)[0]


def measured(sources: Sources, pairs: Sequence[Record], processes: int) -> list[Figures]:
    """The figures of each pair, beside its rivals."""
    return _each(sources, pairs, processes, _measured)


def matched(sources: Sources, pairs: Sequence[Record], processes: int) -> list[Match]:
    """The match of each pair, beside its rivals."""
    return _each(sources, pairs, processes, _matched)


def _each(sources: Sources, pairs: Sequence[Record], processes: int, work: Any) -> list[Any]:
    _begin(sources)
    if processes <= 1:
        sources.index([_source_vector(doc_id) for doc_id in sources.ids])
        return [work(pair) for pair in pairs]
    # Forked, so that what is loaded is shared, the sources' vectors too; nothing has started threads yet.
    with get_context("fork").Pool(processes) as pool:
        for sentences, vectors in pool.imap_unordered(_source_vectors, sources.ids, chunksize=16):
            encoder.remember(sentences, vectors)
    sources.index([_source_vector(doc_id) for doc_id in sources.ids])
    with get_context("fork").Pool(processes, _begin, (sources,)) as pool:
        return pool.map(work, pairs, chunksize=max(1, len(pairs) // (8 * processes)))


# --- the scores ----------------------------------------------------------------------------------------------


def prediction(pair: Record, found: Match) -> Record:
    return {
        "pair": pair["pair"],
        "relation": RELATIONS[found.kind],
        "score": found.confidence if RELATIONS[found.kind] in DERIVED else 1 - found.confidence,
        "passages": [[p.story_start, p.story_end, p.page_start, p.page_end] for p in found.passages],
        "sents": [list(link) for p in found.passages for link in p.links],
    }


def _overlap(one: Sequence[int], other: Sequence[int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


class Plagdet:
    """The measure of the PAN text alignment task (Potthast and others 2010): precision, recall, granularity."""

    def __init__(self) -> None:
        self.precision: list[float] = []
        self.recall: list[float] = []
        self.granularity: list[int] = []

    def add(self, gold: Sequence[Sequence[int]], said: Sequence[Sequence[int]]) -> None:
        for these, those, out in ((gold, said, self.recall), (said, gold, self.precision)):
            for one in these:
                hits = [o for o in those if _overlap(one[:2], o[:2]) and _overlap(one[2:], o[2:])]
                covered = sum(_union([(max(one[i], o[i]), min(one[i + 1], o[i + 1])) for o in hits]) for i in (0, 2))
                out.append(covered / max(1, one[1] - one[0] + one[3] - one[2]))
                if these is gold and hits:
                    self.granularity.append(len(hits))

    @property
    def score(self) -> float:
        precision, recall = _mean(self.precision), _mean(self.recall)
        if not precision + recall:
            return 0.0
        return 2 * precision * recall / (precision + recall) / math.log2(1 + (_mean(self.granularity) or 1.0))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _union(spans: Iterable[tuple[int, int]]) -> int:
    total, end = 0, -1
    for start, stop in sorted(spans):
        if stop > max(start, end):
            total += stop - max(start, end)
            end = stop
    return total


def sentence_hits(gold: Sequence[Sequence[int]], said: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Gold links that were found, and said links that are gold: half of the shorter span on both sides."""

    def meet(one: Sequence[int], other: Sequence[int]) -> bool:
        return all(
            _overlap(one[i : i + 2], other[i : i + 2]) >= 0.5 * min(one[i + 1] - one[i], other[i + 1] - other[i])
            for i in (0, 2)
        )

    return sum(any(meet(g, s) for s in said) for g in gold), sum(any(meet(g, s) for g in gold) for s in said)


def macro_f1(gold: Sequence[str], said: Sequence[str]) -> float:
    """The mean over the relations of their F1."""
    scores = []
    for relation in sorted(set(gold)):
        both = sum(g == s == relation for g, s in zip(gold, said, strict=True))
        scores.append(2 * both / max(1, gold.count(relation) + list(said).count(relation)))
    return _mean(scores)


def adjusted_rand(gold: Sequence[int], said: Sequence[int]) -> float:
    """Adjusted Rand index of two clusterings (Hubert and Arabie 1985)."""
    pairs = lambda counts: sum(n * (n - 1) / 2 for n in counts)  # noqa: E731
    both = pairs(Counter(zip(gold, said, strict=True)).values())
    ours, theirs = pairs(Counter(gold).values()), pairs(Counter(said).values())
    expected = ours * theirs / max(1.0, pairs([len(gold)]))
    most = (ours + theirs) / 2
    return (both - expected) / (most - expected) if most != expected else 1.0


def clusters(ids: Sequence[str], links: Iterable[tuple[str, str]]) -> list[int]:
    """A cluster number for each id: what links connect."""
    home = {one: one for one in ids}

    def root(one: str) -> str:
        while home[one] != one:
            home[one] = home[home[one]]
            one = home[one]
        return one

    for one, other in links:
        home[root(one)] = root(other)
    numbers: dict[str, int] = {}
    return [numbers.setdefault(root(one), len(numbers)) for one in ids]


#: Kinds whose page as a whole is the source article in other words: a cluster of copies.
CLUSTERED = ("verbatim", "edited", "abridged", "paraphrase", "paraphrase_mt")


def cluster_ari(pairs: Sequence[Record], found: Sequence[Match], docs: dict[str, Record]) -> float:
    """Same-language copies and singletons of the pairs, clustered by gold and by what was said of the same pairs."""
    here = [
        (pair, one)
        for pair, one in zip(pairs, found, strict=True)
        if docs[pair["src"]]["lang"] == docs[pair["cand"]]["lang"]
        and (pair["kind"] in CLUSTERED or is_scored_negative(pair))
    ]
    ids = sorted({doc_id for pair, _ in here for doc_id in (pair["src"], pair["cand"])})
    gold = clusters(ids, ((pair["src"], pair["cand"]) for pair, _ in here if pair["kind"] in CLUSTERED))
    said = clusters(ids, ((pair["src"], pair["cand"]) for pair, one in here if one.kind in ("copy", "rewrite")))
    return adjusted_rand(gold, said)


def report(pairs: list[Record], found: list[Match], seconds: float, docs: dict[str, Record]) -> Record:
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    passages: dict[bool, Plagdet] = {True: Plagdet(), False: Plagdet()}
    links: dict[bool, list[int]] = {True: [0, 0, 0, 0], False: [0, 0, 0, 0]}
    for pair, one in zip(pairs, found, strict=True):
        same = docs[pair["src"]]["lang"] == docs[pair["cand"]]["lang"]
        by_kind[("same  " if same else "other ") + pair["kind"]][one.kind] += 1
        if pair["passages"]:
            said = prediction(pair, one)
            passages[same].add(pair["passages"], said["passages"])
            hits = sentence_hits(pair["sents"], said["sents"])
            for place, count in enumerate((hits[0], len(pair["sents"]), hits[1], len(said["sents"]))):
                links[same][place] += count
    for kind in sorted(by_kind):
        print(f"{kind:28} {sum(by_kind[kind].values()):5}  {dict(by_kind[kind].most_common())}")

    said = [RELATIONS[one.kind] for one in found]
    scored = [
        (pair["relation"], one)
        for pair, one in zip(pairs, said, strict=True)
        if pair["relation"] in DERIVED or is_scored_negative(pair)
    ]
    hits = sum(gold in DERIVED and one in DERIVED for gold, one in scored)
    alarms = sum(gold not in DERIVED and one in DERIVED for gold, one in scored)
    positives = sum(gold in DERIVED for gold, _ in scored)

    def found_of(*kinds: str, language: str | None = None) -> float:
        wanted = [
            one in DERIVED
            for pair, one in zip(pairs, said, strict=True)
            if pair["kind"] in kinds and language in (None, docs[pair["cand"]]["lang"])
        ]
        return round(_mean(wanted), 4)

    def f1_of_links(same: bool) -> float:
        hit, gold, right, all_said = links[same]
        return round(2 * hit * right / max(1, hit * all_said + right * gold), 4)

    return {
        "label": LABEL,
        "pairs": len(pairs),
        "f1": round(2 * hits / max(1, 2 * hits + alarms + positives - hits), 4),
        "fpr": round(alarms / max(1, len(scored) - positives), 4),
        "precision": round(hits / max(1, hits + alarms), 4),
        "recall": round(hits / max(1, positives), 4),
        "relation_macro_f1": round(macro_f1([gold for gold, _ in scored], [one for _, one in scored]), 4),
        "translation_recall": found_of("translation", "translation_real"),
        "translation_recall_nl": found_of("translation", "translation_real", language="nl"),
        "translation_recall_nl_abridged": found_of("translation_abridged", language="nl"),
        "translated_excerpt_recall": found_of("translation_excerpt"),
        "plagdet_mono": round(passages[True].score, 4),
        "plagdet_cross": round(passages[False].score, 4),
        "sentence_f1_mono": f1_of_links(True),
        "sentence_f1_cross": f1_of_links(False),
        "cluster_ari": round(cluster_ari(pairs, found, docs), 4),
        "pages_per_second": round(len(pairs) / max(1e-9, seconds), 2),
        "recall_by_kind": {
            kind: found_of(kind) for kind in sorted({p["kind"] for p in pairs if p["relation"] in DERIVED})
        },
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="pairs to try, 0 for all (default)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--predict", type=Path, metavar="OUT", help="write what eval_reuse.py reads")
    parser.add_argument("--mistakes", action="store_true", help="print the pairs that came out wrong")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)

    labelled = options.directory / "pairs.jsonl"
    pairs = list(lines(labelled if labelled.exists() else options.directory / "pairs_blind.jsonl"))
    if options.sample and options.sample < len(pairs):
        pairs = random.Random(options.seed).sample(pairs, options.sample)
    pairs.sort(key=lambda pair: pair["src"])
    sources = Sources.of(options.directory, pairs)
    start = time.monotonic()
    found = matched(sources, pairs, options.processes)
    seconds = time.monotonic() - start
    if options.predict:
        with options.predict.open("w", encoding="utf-8") as file:
            for pair, one in zip(pairs, found, strict=True):
                file.write(json.dumps(prediction(pair, one)) + "\n")
        print(f"{len(pairs)} predictions in {options.predict}")
    if not pairs or "relation" not in pairs[0]:
        print(json.dumps({"label": LABEL, "pairs": len(pairs), "pages_per_second": round(len(pairs) / seconds, 2)}))
        return
    if options.mistakes:
        for pair, one in zip(pairs, found, strict=True):
            if (RELATIONS[one.kind] in DERIVED) != (pair["relation"] in DERIVED):
                print(pair["pair"], pair["kind"], pair["src"], pair["cand"], one.kind, "|", one.explanation[:200])
    print(json.dumps(report(pairs, found, seconds, sources.docs)))


if __name__ == "__main__":
    main()
