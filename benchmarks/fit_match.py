"""Fit the decision of the matcher on labelled pairs, and say how well it does on pairs it was not fitted on.

    python -m benchmarks.fit_match DIR [--write] [--folds 8]

DIR holds `docs.jsonl` and `pairs.jsonl`. Every pair is measured beside the five source articles most like the page,
as in an archive that tracks them all. Cross-validated by source article: all pairs of one article are in one fold.
Prints a table of the models and of the whole decision, rules included, on the pairs that no fit saw, and as its last
line one JSON object; `--write` puts the weights, fitted on all pairs, into `archive/match/model.json`. Needs
scikit-learn, which nothing else here does: `pip install scikit-learn`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from archive.match import encoder, model
from archive.match.decide import Figures, decide
from benchmarks.reuse import DERIVED, RELATIONS, Record, Sources, is_scored_negative, lines, macro_f1, measured

MODEL = Path(__file__).parents[1] / "archive" / "match" / "model.json"
#: Inverse strength of the regularisation; .1 to 10 tried: within .002 F1, the fewest false alarms at 3.
STRENGTH = 3.0


@dataclass(frozen=True)
class Case:
    """A labelled pair with its figures."""

    pair: Record
    figures: Figures

    @property
    def is_derived(self) -> bool:
        return self.pair["relation"] in DERIVED


def beside(figures: Figures) -> dict[str, float]:
    return {**model.evidence(figures), **model.rivalry(figures.beside)}


def extent(figures: Figures) -> dict[str, float]:
    features = {**model.evidence(figures), **model.extent(figures)}
    wanted = (*model.EXTENT, *model.EXTENT_WITHIN) if figures.same_language else model.EXTENT
    return {name: features[name] for name in wanted}


def subject(figures: Figures) -> dict[str, float]:
    features = model.evidence(figures)
    return {name: features[name] for name in model.SUBJECT}


@dataclass(frozen=True)
class Question:
    """What one model answers: of which pairs, what is a yes, and by which features."""

    name: str
    same_language: bool
    asked: Callable[[Case], bool]
    yes: Callable[[Case], bool]
    features: Callable[[Figures], dict[str, float]]
    cut: float = 0.5

    def of(self, cases: Sequence[Case]) -> list[Case]:
        return [case for case in cases if case.figures.same_language is self.same_language and self.asked(case)]

    def labels(self, cases: Sequence[Case]) -> np.ndarray:
        return np.array([self.yes(case) for case in cases])


QUESTIONS = tuple(
    Question(f"{name}{ending}".replace("@", where), same, *asked)
    for where, same in (("across", False), ("within", True))
    for name, ending, *asked in (
        ("derived_@", "", lambda case: True, lambda case: case.is_derived, model.evidence, model.LEAST_DERIVED),
        ("derived_@", "_rivals", lambda case: True, lambda case: case.is_derived, beside, model.LEAST_DERIVED),
        ("whole_@", "", lambda c: c.is_derived, lambda c: c.pair["relation"] in ("copy", "translation"), extent),
        ("related_@", "", lambda c: not c.is_derived, lambda c: c.pair["relation"] == "related", subject),
    )
)


def fit(rows: list[dict[str, float]], labels: np.ndarray) -> dict[str, Any]:
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows])
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=4000)).fit(table, labels)
    scaler, logistic = pipeline[0], pipeline[1]
    return {
        "intercept": round(float(logistic.intercept_[0]), 4),
        "terms": {
            name: [round(float(value), 4) for value in term]
            for name, *term in zip(names, logistic.coef_[0], scaler.mean_, scaler.scale_, strict=True)
        },
    }


def fit_all(cases: Sequence[Case]) -> dict[str, dict[str, Any]]:
    found = {}
    for question in QUESTIONS:
        here = question.of(cases)
        found[question.name] = fit([question.features(case.figures) for case in here], question.labels(here))
    return found


def held_out(cases: Sequence[Case], folds: int) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """By fits that saw no pair of the same source article: each model's probabilities, and the relation said, by pair."""
    given: dict[str, dict[str, float]] = {question.name: {} for question in QUESTIONS}
    said: dict[str, str] = {}
    groups = [case.pair["src"] for case in cases]
    for train, test in GroupKFold(folds).split(groups, groups=groups):
        fits = model.read(fit_all([cases[place] for place in train]))
        unseen = [cases[place] for place in test]
        for question in QUESTIONS:
            for case in question.of(unseen):
                probability = fits[question.name].probability(question.features(case.figures))
                given[question.name][case.pair["pair"]] = probability
        for case in unseen:
            said[case.pair["pair"]] = RELATIONS[decide(case.figures, fits).kind]
    return given, said


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--write", action="store_true", help="put the weights into archive/match/model.json")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sample", type=int, default=0, help="pairs to use, 0 for all")
    options = parser.parse_args(arguments)

    pairs = sorted(lines(options.directory / "pairs.jsonl"), key=lambda pair: pair["src"])
    if options.sample:
        pairs = pairs[:: max(1, len(pairs) // options.sample)]
    sources = Sources.of(options.directory, pairs)
    figures = measured(sources, pairs, options.processes)
    cases = [
        Case(pair, one)
        for pair, one in zip(pairs, figures, strict=True)
        if pair["relation"] in DERIVED or is_scored_negative(pair)
    ]
    result = report(cases, *held_out(cases, options.folds))
    if options.write:
        models = fit_all(cases)
        digest = hashlib.sha256(json.dumps(models, sort_keys=True).encode()).hexdigest()[:8]
        MODEL.write_text(json.dumps({"fitted": digest, "encoder": encoder.ENCODER, "models": models}, indent=1) + "\n")
        print(f"Wrote {MODEL.name} ({digest}).")
    print(json.dumps(result))


def report(cases: Sequence[Case], given: dict[str, dict[str, float]], said: dict[str, str]) -> Record:
    result: Record = {}
    for question in QUESTIONS:
        here = question.of(cases)
        probabilities = np.array([given[question.name][case.pair["pair"]] for case in here])
        labels = question.labels(here)
        figures = {
            "pairs": len(here),
            **_counted(probabilities >= question.cut, labels),
            "calibration_error": round(calibration_error(probabilities, labels), 4),
        }
        print(f"{question.name:24} {figures}")
        result[question.name] = figures
    relations = [said[case.pair["pair"]] for case in cases]
    gold = [case.pair["relation"] for case in cases]
    table = Counter(zip(gold, relations, strict=True))
    for one in sorted(set(gold)):
        print(
            f"{one:24} said { ({other: table[one, other] for other in sorted(set(relations)) if table[one, other]}) }"
        )
    excerpts = [said[case.pair["pair"]] in DERIVED for case in cases if case.pair["kind"] == "translation_excerpt"]
    result["decision"] = {
        **_counted(np.array([one in DERIVED for one in relations]), np.array([one in DERIVED for one in gold])),
        "relation_macro_f1": round(macro_f1(gold, relations), 4),
        "translated_excerpt_recall": round(sum(excerpts) / max(1, len(excerpts)), 4),
    }
    print(f"{'decision':24} {result['decision']}")
    return result


def _counted(said: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    hits, alarms = int((said & labels).sum()), int((said & ~labels).sum())
    return {
        "f1": round(2 * hits / max(1, int(said.sum()) + int(labels.sum())), 4),
        "fpr": round(alarms / max(1, int((~labels).sum())), 4),
    }


def calibration_error(given: np.ndarray, labels: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: how far the share of true ones is from the probability, over *bins* bins."""
    place = np.minimum((given * bins).astype(int), bins - 1)
    return float(
        sum(
            (place == one).mean() * abs(given[place == one].mean() - labels[place == one].mean())
            for one in range(bins)
            if (place == one).any()
        )
    )


if __name__ == "__main__":
    main()
