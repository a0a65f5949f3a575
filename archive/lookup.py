"""Finds the stories of a page and the pages of a story: asks the archive, weighs with `archive.match.candidates`.

One `Lookup` belongs to one connection. Of the stories it keeps in memory the titles and, once a page asks for them,
their vectors; texts are read when a story is a candidate, and the last few hundred are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from archive.extract import decode, parse
from archive.match import LABEL as MATCHER
from archive.match import candidates, match_all, prepare
from archive.match.candidates import Keys, SentenceIndex, StoredSentence, Titles
from archive.match.encoder import DIMENSIONS, ENCODER, Vectors, sentence_key
from archive.match.matcher import page_language
from archive.match.pointers import address
from archive.match.reading import Reading
from archive.match.republished import Beside, Head, read_head
from archive.store import Store, story_digest
from archive.types import Match, PageText, Story

LABEL = f"{MATCHER}; {candidates.LABEL}"
"""What the look-up tables are made under, the vectors apart: those are made under `ENCODER`."""

__all__ = ["ENCODER", "LABEL", "MATCHER", "Compared", "Found", "Lookup", "StoryMatch", "StoryTextVectors"]

STORIES_KEPT = 256
"""Stories in memory, with their texts as the matcher reads them: 100 kB each."""


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """What a page is to one story."""

    story_id: int
    #: digest of the texts it was compared with
    texts: str
    match: Match


@dataclass(frozen=True, slots=True)
class Compared:
    """A version after comparison with all stories that it may have to do with."""

    keys: Keys
    #: mean of its sentence vectors, empty if it has no sentence; None if they were not read
    vector: bytes | None
    #: of the stories it was fetched for all, of the others those to which it is something
    matches: tuple[StoryMatch, ...]
    #: the page asks for the stories' vectors, which are not all made yet: to be compared again once they are
    waits_for_vectors: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The stories that a page may have to do with."""

    keys: Keys
    stories: tuple[int, ...]
    #: the page as the look-up read it; the matcher goes on with it
    reading: Reading
    vector: bytes | None = None
    waits_for_vectors: bool = False


class Lookup:
    """The stories as pages find them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._generation = -1
        self._stories: OrderedDict[int, tuple[Story, str]] = OrderedDict()
        self._titles = Titles(())
        self._count = self._latin = self._other = 0
        self._all_stories: frozenset[int] = frozenset()
        self._documents: tuple[list[int], Vectors] | None = None
        self._sentences: SentenceIndex | None = None

    def refresh(self, generation: int) -> None:
        """Forget what is in memory of the stories if they have changed since *generation* had another value."""
        if generation == self._generation:
            return
        self._generation = generation
        self._stories.clear()
        self._titles = Titles(self._store.title_pointers())
        self._count, self._latin, self._other = self._store.story_text_count()
        self._all_stories = self._store.stories_in_lookup()
        self._documents = self._sentences = None

    # --- a page ---

    def compare(self, version_id: int) -> Compared:
        """Compare a version with every story that it may have to do with."""
        page = self._store.page_text(version_id)
        asked_for = self._store.stories_fetched_for(version_id)
        found = self.find(page, asked_for)
        if found.waits_for_vectors:
            return Compared(found.keys, None, (), waits_for_vectors=True)
        story_ids = sorted({*asked_for, *found.stories})
        loaded = [self._story(story_id) for story_id in story_ids]
        # Once its sentences are read there is no cost left to save by comparing fewer of them.
        thorough = found.vector is not None
        stories = [story for story, _ in loaded]
        beside = partial(self._beside, version_id, page)
        matches = match_all(page, stories, thorough=thorough, reading=found.reading, beside=beside) if loaded else []
        return Compared(
            found.keys,
            found.vector,
            tuple(
                StoryMatch(story_id, texts, match)
                for story_id, (_, texts), match in zip(story_ids, loaded, matches, strict=True)
                if match.kind != "unrelated" or story_id in asked_for
            ),
        )

    def find(self, page: PageText, known: Collection[int] = ()) -> Found:
        """The stories that *page* may have to do with, by wording, pointers, names and figures, and meaning.

        Its sentences are not read for their meaning where it is to be compared with all stories anyway: with those
        *known*, or found by cheaper signs.
        """
        reading = Reading(page.text, None, page.repeated)
        keys = candidates.page_keys(reading)
        store = self._store
        if not self._count:
            return Found(keys, (), reading)
        shared = store.story_texts_sharing(keys.fingerprints, candidates.COMMON_FINGERPRINT)
        weights = candidates.signal_weights(
            store.story_texts_by_signals(keys.signals, candidates.common(self._count), candidates.MOST_HOLDERS),
            self._count,
        )
        texts = candidates.by_wording(shared, weights)
        stories = store.stories_pointed_at(candidates.page_pointers(page)) | self._titles.named_by(reading, page.title)
        stories.update(store.stories_of_texts(texts).values())
        vector = None
        if not self._all_stories <= stories.union(known) and self._worth_embedding(keys, shared, weights):
            if store.lacks_vectors():
                return Found(keys, (), reading, waits_for_vectors=True)
            texts.update(candidates.heaviest(weights, candidates.MOST_BY_SIGNALS))
            reading.language = page_language(page)
            vector = candidates.to_blob(candidates.document_vector(reading.vectors)) if reading.units else b""
            texts.update(self._by_vectors(reading))
            stories.update(store.stories_of_texts(texts).values())
        return Found(keys, tuple(sorted(stories)), reading, vector)

    def _worth_embedding(self, keys: Keys, shared: dict[int, int], weights: dict[int, float]) -> bool:
        if self._other if keys.latin else self._latin:
            return True  # names are written otherwise there
        return candidates.stands_out(candidates.unexplained(weights, shared, len(keys.fingerprints)))

    def _by_vectors(self, reading: Reading) -> set[int]:
        if not reading.units:
            return set()
        if self._documents is None or self._sentences is None:
            self._load_vectors()
        assert self._documents is not None
        assert self._sentences is not None
        ids, documents = self._documents
        if not ids:
            return set()
        near = [
            ids[row] for row in candidates.nearest_documents(candidates.document_vector(reading.vectors), documents)
        ]
        sentences = self._sentences.nearest(reading.vectors, reading.levels)
        by_sentence = self._store.texts_of_sentences(sentences, candidates.COMMON_SENTENCE)
        texts = list(dict.fromkeys((*near, *by_sentence[: candidates.NEAREST_STORIES])))
        stored = self._store.sentences_of_texts(texts)
        return candidates.strongest(candidates.strengths(reading.vectors, reading.levels, stored))

    def _load_vectors(self) -> None:
        ids: list[int] = []
        parts: list[Vectors] = []
        for some, blobs in self._store.document_vectors():
            ids += some
            parts.append(candidates.from_blobs(blobs))
        self._documents = ids, np.concatenate(parts) if parts else np.zeros((0, DIMENSIONS), dtype=np.float32)
        self._sentences = SentenceIndex(self._store.sentence_count())
        for sentence_ids, pivots, levels, blobs in self._store.sentence_vectors():
            self._sentences.add(sentence_ids, pivots, levels, blobs)

    def _story(self, story_id: int) -> tuple[Story, str]:
        if story_id in self._stories:
            self._stories.move_to_end(story_id)
        else:
            story = self._store.story_as_published(story_id)
            self._stories[story_id] = story, story_digest(story)
            self._give_vectors(story)
            while len(self._stories) > STORIES_KEPT:
                self._stories.popitem(last=False)
        return self._stories[story_id]

    def _give_vectors(self, story: Story) -> None:
        """Have the matcher use the sentence vectors that the archive holds, instead of making them again."""
        for text in prepare(story).texts:
            keys = [sentence_key(sentence) for sentence in candidates.unit_sentences(text.reading)]
            blobs = self._store.vectors_by_key(keys)
            if blobs:
                text.reading.__dict__.setdefault("vectors", candidates.from_blobs(blobs))

    # --- a story ---

    def search(self, story_id: int, texts: str, *, after: int = 0) -> list[int]:
        """The compared versions above *after* that a story may have to do with, in order of id.

        By vectors only those are found whose sentences were read.
        """
        store = self._store
        story, _ = self._story(story_id)
        count = store.text_count()
        found: set[int] = set()
        vectors: list[Vectors] = []
        for text in prepare(story).texts:
            keys = candidates.story_keys(text.reading)
            shared = store.texts_sharing(keys.fingerprints)
            weights = candidates.signal_weights(store.texts_by_signals(keys.signals, candidates.common(count)), count)
            found |= candidates.by_wording(shared, weights)
            found.update(
                page
                for page in candidates.heaviest(weights, candidates.MOST_TEXTS_BY_SIGNALS)
                if candidates.enough_signals(weights[page])
            )
            if "vectors" in text.reading.__dict__ and len(text.reading.vectors):
                vectors.append(candidates.document_vector(text.reading.vectors))
        found.update(store.texts_with_words(_needles(story), candidates.long_title(story)))
        if vectors:
            found |= self._texts_near(np.stack(vectors))
        return store.versions_to_search(story_id, found, MATCHER, texts, after=after)

    def _texts_near(self, vectors: Vectors) -> set[int]:
        """The page texts nearest to any of these mean vectors."""
        best: list[list[tuple[float, int]]] = [[] for _ in vectors]
        for ids, blobs in self._store.text_vectors():
            cosines = candidates.from_blobs(blobs) @ vectors.T
            for place, row in enumerate(cosines.T):
                scored = best[place] + list(zip(row.tolist(), ids, strict=True))
                best[place] = sorted(scored, reverse=True)[: candidates.NEAREST_DOCUMENTS]
        return {text for scored in best for _, text in scored}

    def unread_for(self, story_id: int) -> list[int]:
        """Page texts that a story could be found in by meaning alone, and whose sentences were never read."""
        story, _ = self._story(story_id)
        latins = {candidates.story_keys(text.reading).latin for text in prepare(story).texts}
        return sorted({text for latin in latins for text in self._store.texts_without_vector(not latin)})

    def compare_with(self, version_ids: Sequence[int], story_id: int) -> list[StoryMatch]:
        """What each of these versions is to one story."""
        story, texts = self._story(story_id)
        found = []
        for version_id in version_ids:
            page = self._store.page_text(version_id)
            match = match_all(page, [story], beside=partial(self._beside, version_id, page))[0]
            found.append(StoryMatch(story_id, texts, match))
        return found

    def _beside(self, version_id: int, page: PageText) -> Beside:
        """What the archive knows of a page besides its text: its head, lines outside of the article, the feed that led to it."""
        lead = self._store.feed_lead(version_id)
        source = self._store.source_of_version(version_id)
        if source is None:
            return Beside(lead=lead)
        tree = parse(decode(self._store.body(source.body_sha256), source.content_type))
        head = read_head(tree, source.final_url, page.text) if tree is not None else Head()
        return Beside(head, lead)

    # --- what the look-up is made of ---

    def keys_of_story_texts(self, story_text_ids: Collection[int]) -> list[tuple[int, Keys]]:
        """What these story texts are found by."""
        found = []
        for story_text_id in story_text_ids:
            text = self._store.story_text(story_text_id)
            found.append((story_text_id, candidates.story_keys(Reading(text.text, text.language))))
        return found

    def vectors_of_story_texts(self, story_text_ids: Collection[int]) -> list[StoryTextVectors]:
        """The vectors of these story texts, whole and by sentence."""
        found = []
        for story_text_id in story_text_ids:
            text = self._store.story_text(story_text_id)
            reading = Reading(text.text, text.language)
            vectors = reading.vectors
            keys = map(sentence_key, candidates.unit_sentences(reading))
            sentences = dict(zip(keys, candidates.stored_sentences(vectors), strict=True))
            whole = candidates.to_blob(candidates.document_vector(vectors)) if len(vectors) else b""
            found.append(StoryTextVectors(story_text_id, whole, sentences))
        return found

    def vectors_of_texts(self, extraction_ids: Collection[int]) -> list[tuple[int, bytes]]:
        """The mean vectors of these page texts."""
        found = []
        for extraction_id in extraction_ids:
            version_id = self._store.version_of_text(extraction_id)
            if version_id is None:
                found.append((extraction_id, b""))
                continue
            page = self._store.page_text(version_id)
            reading = Reading(page.text, page_language(page), page.repeated)
            whole = candidates.to_blob(candidates.document_vector(reading.vectors)) if reading.units else b""
            found.append((extraction_id, whole))
        return found


@dataclass(frozen=True, slots=True)
class StoryTextVectors:
    """A story text by meaning."""

    story_text_id: int
    #: mean of its sentence vectors; empty if it has no sentence
    whole: bytes
    #: by the key of the sentence
    sentences: dict[bytes, StoredSentence]


def _needles(story: Story) -> list[str]:
    """What stands in an address of the story, whatever its scheme, host prefix and query."""
    return [key for url in story.urls if "/" in (key := address(url))] + [short for short in story.short_ids if short]
