"""Thousands of stories: how fast does a page find those that may stand on it, and does it find the right ones?

    python -m benchmarks.candidates [--stories 10000] [--data DIR]
    python -m benchmarks.candidates --recall DIR [--sample 800]

The first builds two archives, with a tenth of the stories and with all, and looks pages up in them, in a process of
its own each. Stories and pages are recombined from the sentences of DIR's `docs.jsonl`, half of the words exchanged
so that no two share wording by chance; without DIR from sentences of invented words. A tenth of the pages carries a
run of sentences of a story. Encoding 250,000 sentences takes a quarter of an hour, so the stories' vectors are mixed
from pairs of vectors of real sentences; the pages' own are made by the encoder.

The second tracks the articles of the pool `tracked_en` of DIR (`docs.jsonl`, `pairs.jsonl`, `pools.jsonl`) and looks up
pages of its `stream` that hold one of them: a find counts if the article is among the candidates.

All times are CPU times of one process. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SENTENCES = 25
"""In a story and in a page: some 3,500 characters."""
EXCHANGED = 0.5
"""Share of the words: with fewer, texts made of the same sentences would be candidates, and rightly so."""
VECTORS = 2000
DERIVED = frozenset(("copy", "excerpt", "translation", "translated_excerpt"))


# --- made texts ------------------------------------------------------------------------------------------


def lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def sentence_pool(data: Path | None) -> list[str]:
    from archive.text import sentences

    if data is not None:
        texts = [doc["text"] for doc in lines(data / "docs.jsonl") if doc["lang"] == "en"]
        return [one for text in texts for span in sentences(text) if 60 < len(one := span.of(text)) < 300]
    rng = random.Random(7)
    letters = "etaoinshrdlucmfwyp"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    pool = []
    for _ in range(20_000):
        words = rng.choices(vocabulary, weights, k=rng.randint(14, 30))
        words = [word.capitalize() if rng.random() < 0.05 else word for word in words]
        pool.append(" ".join(words).capitalize() + ".")
    return pool


def made_text(rng: random.Random, pool: list[str], vocabulary: list[str]) -> list[str]:
    text = []
    for sentence in rng.sample(pool, SENTENCES):
        words = sentence.split()
        for place in range(1, len(words)):
            if rng.random() < EXCHANGED:
                words[place] = rng.choice(vocabulary)
        text.append(" ".join(words))
    return text


def made_texts(count: int, pool: list[str], seed: int) -> Iterator[list[str]]:
    rng = random.Random(seed)
    # Without the first words, which have a capital letter without being names.
    vocabulary = [word for sentence in pool[:5000] for word in sentence.split()[1:]]
    for _ in range(count):
        yield made_text(rng, pool, vocabulary)


# --- an archive that tracks them ----------------------------------------------------------------------------


def build(path: Path, count: int, data: Path | None) -> float:
    """An archive with so many stories, all in the look-up, without vectors. Returns the seconds it took to index them."""
    from archive.store import Store
    from archive.types import Story, StoryText

    pool = sentence_pool(data)
    with Store(path) as store, store.transaction():
        for number, sentences in enumerate(made_texts(count, pool, 1)):
            text = StoryText("\n".join(sentences), "en", "original", "file:text.txt")
            url = f"https://outlet{number % 97}.example/2026/{number}/a-story"
            store.save_story(Story(f"story-{number}", sentences[0][:60], urls=(url,), texts=(text,)), NOW)
    start = time.process_time()
    index(path)
    return time.process_time() - start


def index(path: Path) -> None:
    from archive.lookup import ENCODER, LABEL, Lookup
    from archive.match.candidates import story_pointers
    from archive.store import Store, story_digest

    with Store(path) as store:
        store.begin_lookup(LABEL, ENCODER)
        lookup = Lookup(store)
        story_ids = store.stories_to_index()
        text_ids = store.texts_to_index(story_ids)
        for begin in range(0, len(text_ids), 200):
            with store.transaction():
                for text_id, keys in lookup.keys_of_story_texts(text_ids[begin : begin + 200]):
                    store.index_story_text(text_id, keys.fingerprints, keys.signals, keys.latin)
        with store.transaction():
            for story_id in story_ids:
                story = store.story(story_id)
                store.index_story(story, story_digest(story), story_pointers(story))


def mix_vectors(path: Path, data: Path | None) -> None:
    """Give every story text the vectors of as many sentences, mixed from real ones."""
    import numpy as np

    from archive.match import candidates
    from archive.match.encoder import encode
    from archive.store import Store

    pool = encode(random.Random(3).sample(sentence_pool(data), VECTORS))
    rng = np.random.default_rng(5)
    with Store(path) as store:
        text_ids = store.story_texts_without_vectors()
        for begin in range(0, len(text_ids), 200):
            with store.transaction():
                for text_id in text_ids[begin : begin + 200]:
                    a, b = pool[rng.integers(len(pool), size=(2, SENTENCES))]
                    vectors = a + np.float32(0.6) * b
                    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                    stored = candidates.stored_sentences(vectors)
                    sentences = {f"{text_id}-{place}".encode(): one for place, one in enumerate(stored)}
                    whole = candidates.to_blob(candidates.document_vector(vectors))
                    store.add_story_vectors(text_id, whole, sentences)


# --- pages looked up --------------------------------------------------------------------------------------------


def measure(path: Path, count: int, data: Path | None, pages: int, embedded: int) -> Record:
    """Look pages up, by their words alone if *embedded* is 0, else with their vectors."""
    from threadpoolctl import threadpool_limits

    from archive.lookup import Lookup
    from archive.store import Store
    from archive.types import PageText

    threadpool_limits(1)

    class Forced(Lookup):
        """Reads the sentences of all pages, or of none; counts those of which it would."""

        would = 0

        def _worth_embedding(self, *arguments: Any) -> bool:
            self.would += super()._worth_embedding(*arguments)
            return bool(embedded)

    wanted = embedded or pages
    pool = sentence_pool(data)
    rng = random.Random(11)
    texts = list(made_texts(wanted, pool, 2))
    with Store(path, readonly=True) as store:
        carried = {}
        for number in range(0, wanted, 10):
            story = store.story(rng.randrange(count) + 1)
            carried[number] = story.id
            texts[number][5:10] = story.texts[0].text.split("\n")[8:13]
        stream = [
            PageText(f"https://page.example/{n}", "\n".join(text), "en", "A page") for n, text in enumerate(texts)
        ]
        del texts, pool
        lookup = Forced(store)
        lookup.refresh(1)
        lookup.find(stream[0])  # loads the model and the vectors
        found_right = candidates = lookup.would = 0
        start = time.process_time()
        for number, page in enumerate(stream):
            found = lookup.find(page)
            candidates += len(found.stories)
            found_right += carried.get(number) in found.stories
        seconds = time.process_time() - start
    return {
        "ms_per_page": round(seconds / wanted * 1000, 3),
        "pages_per_second": round(wanted / seconds, 1),
        "characters_per_page": round(sum(len(page.text) for page in stream) / wanted),
        "would_be_embedded": round(lookup.would / wanted, 3),
        "candidates_per_page": round(candidates / wanted, 2),
        "carried_found": round(found_right / len(carried), 3),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def speed(options: argparse.Namespace) -> Record:
    result: Record = {"stories": options.stories}
    # A process a step: the memory of one must not count for the next.
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool,
    ):
        for name, count in (("tenth", options.stories // 10), ("all", options.stories)):
            path = Path(folder) / f"{name}.db"
            seconds = pool.submit(build, path, count, options.data).result()
            words = pool.submit(measure, path, count, options.data, options.pages, 0).result()
            pool.submit(mix_vectors, path, options.data).result()
            meaning = pool.submit(measure, path, count, options.data, options.pages, options.embedded).result()
            megabytes = round(path.stat().st_size / 1e6)
            result[name] = {"index_seconds": round(seconds, 1), "mb": megabytes, "words": words, "meaning": meaning}
            print(name, json.dumps(result[name]), flush=True)
    for kind in ("words", "meaning"):
        grown = result["all"][kind]["ms_per_page"] / result["tenth"][kind]["ms_per_page"] - 1
        result[f"growth_{kind}"] = round(grown, 3)
    return result


# --- the right ones? -----------------------------------------------------------------------------------------------


def recall(options: argparse.Namespace) -> Record:
    from archive.lookup import Lookup
    from archive.store import Store
    from archive.text import latin_share
    from archive.types import PageText, Story, StoryText

    directory: Path = options.recall
    docs = {doc["id"]: doc for doc in lines(directory / "docs.jsonl")}
    pools = {pool["pool"]: pool["docs"] for pool in lines(directory / "pools.jsonl")}
    stream = set(pools["stream"])
    # Two that are English by their label only: for a story in other letters every page's sentences would be read.
    tracked = [doc_id for doc_id in pools["tracked_en"] if latin_share(docs[doc_id]["text"][:500]) >= 0.5]
    sources: dict[str, dict[str, str]] = defaultdict(dict)
    for pair in lines(directory / "pairs.jsonl"):
        if pair["relation"] in DERIVED and pair["cand"] in stream and pair["src"] in set(tracked):
            sources[pair["cand"]][pair["src"]] = pair["kind"]
    chosen = sorted(sources)
    if options.sample and options.sample < len(chosen):
        chosen = random.Random(options.seed).sample(chosen, options.sample)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recall.db"
        with Store(path) as store:
            with store.transaction():
                for doc_id in tracked:
                    doc = docs[doc_id]
                    text = StoryText(doc["text"], doc["lang"], "original", "file:text.txt")
                    store.save_story(Story(doc_id, doc["title"] or "", texts=(text,)), NOW)
            index(path)
            lookup = Lookup(store)
            text_ids = store.story_texts_without_vectors()
            for begin in range(0, len(text_ids), 50):
                with store.transaction():
                    for one in lookup.vectors_of_story_texts(text_ids[begin : begin + 50]):
                        store.add_story_vectors(one.story_text_id, one.whole, one.sentences)
            lookup.refresh(1)
            names = {story.id: story.slug for story in store.stories()}
            seen: Counter[str] = Counter()
            hits: Counter[str] = Counter()
            count = embedded = 0
            start = time.process_time()
            for doc_id in chosen:
                doc = docs[doc_id]
                page = PageText(f"https://page.example/{doc_id}", doc["text"], doc["lang"], doc["title"])
                found = lookup.find(page)
                slugs = {names[story_id] for story_id in found.stories}
                count += len(slugs)
                embedded += found.vector is not None
                for source, kind in sources[doc_id].items():
                    seen[kind] += 1
                    hits[kind] += source in slugs
                    if options.mistakes and source not in slugs:
                        print(doc_id, source, kind, doc["lang"], "embedded" if found.vector is not None else "by words")
            seconds = time.process_time() - start
    return {
        "tracked": len(tracked),
        "pages": len(chosen),
        "recall": {kind: round(hits[kind] / seen[kind], 4) for kind in sorted(seen)},
        "pairs": dict(sorted(seen.items())),
        "embedded_share": round(embedded / len(chosen), 3),
        "candidates_per_page": round(count / len(chosen), 2),
        "ms_per_page": round(seconds / len(chosen) * 1000, 1),
    }


def main(arguments: list[str] | None = None) -> Record:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=1000, help="pages looked up by their words")
    parser.add_argument("--embedded", type=int, default=150, help="pages looked up with their vectors")
    parser.add_argument("--data", type=Path, help="a folder with docs.jsonl to recombine")
    parser.add_argument("--recall", type=Path, help="a folder with docs.jsonl, pairs.jsonl and pools.jsonl")
    parser.add_argument("--sample", type=int, default=800, help="pages for --recall, 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistakes", action="store_true", help="print what --recall does not find")
    options = parser.parse_args(arguments)
    result = recall(options) if options.recall else speed(options)
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    main()
