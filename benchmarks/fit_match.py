"""Fit the decision of the matcher on labelled pairs, and say how well it does on pairs it was not fitted on.

    python -m benchmarks.fit_match DIR [--write] [--folds 8]

DIR holds `docs.jsonl` and `pairs.jsonl`. Every pair is measured beside the five source articles most like the page,
as in an archive that tracks them all. Cross-validated by source article: all pairs of one article are in one fold.
Prints a table and, as its last line, one JSON object; `--write` puts the weights, fitted on all pairs, into
`archive/match/model.json`. Needs scikit-learn, which nothing else here does:
`pip install scikit-learn`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from archive.match import encoder, model
from archive.match.decide import Figures
from benchmarks.reuse import DERIVED, Record, Sources, is_scored_negative, lines, measured

MODEL = Path(__file__).parents[1] / "archive" / "match" / "model.json"
#: Inverse strength of the regularisation; .1 to 1 tried: within .001 F1.
STRENGTH = 0.3

Features = Callable[[Figures], dict[str, float]]


def beside(figures: Figures) -> dict[str, float]:
    return {**model.evidence(figures), **model.rivalry(figures.beside)}


def extent(figures: Figures) -> dict[str, float]:
    features = {**model.evidence(figures), **model.extent(figures)}
    wanted = (*model.EXTENT, "worded_story", "worded_page") if figures.same_language else model.EXTENT
    return {name: features[name] for name in wanted}


def subject(figures: Figures) -> dict[str, float]:
    features = model.evidence(figures)
    return {name: features[name] for name in model.SUBJECT}


def fit(rows: list[dict[str, float]], labels: np.ndarray) -> dict[str, Any]:
    names = list(rows[0])
    pipeline = _pipeline().fit(_table(rows, names), labels)
    scaler, logistic = pipeline[0], pipeline[1]
    return {
        "intercept": round(float(logistic.intercept_[0]), 4),
        "terms": {
            name: [round(float(value), 4) for value in term]
            for name, *term in zip(names, logistic.coef_[0], scaler.mean_, scaler.scale_, strict=True)
        },
    }


def held_out(rows: list[dict[str, float]], labels: np.ndarray, groups: list[str], folds: int) -> np.ndarray:
    """For each row the probability by a model that saw no pair of its source article."""
    table = _table(rows, list(rows[0]))
    given = np.zeros(len(labels))
    for train, test in GroupKFold(folds).split(table, labels, groups):
        given[test] = _pipeline().fit(table[train], labels[train]).predict_proba(table[test])[:, 1]
    return given


def _pipeline() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=4000))


def _table(rows: list[dict[str, float]], names: list[str]) -> np.ndarray:
    return np.array([[row[name] for name in names] for row in rows])


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
    scored = [
        (pair, one)
        for pair, one in zip(pairs, figures, strict=True)
        if pair["relation"] in DERIVED or is_scored_negative(pair)
    ]
    models: dict[str, Any] = {}
    result: Record = {}
    for where, same in (("across", False), ("within", True)):
        here = [(pair, one) for pair, one in scored if one.same_language is same]
        derived = np.array([pair["relation"] in DERIVED for pair, _ in here])
        taken = [(pair, one) for pair, one in here if pair["relation"] in DERIVED]
        whole = np.array([pair["relation"] in ("copy", "translation") for pair, _ in taken])
        apart = [(pair, one) for pair, one in here if pair["relation"] not in DERIVED]
        near = np.array([pair["relation"] == "related" for pair, _ in apart])
        for name, rows, labels, features in (
            (f"derived_{where}", here, derived, model.evidence),
            (f"derived_{where}_rivals", here, derived, beside),
            (f"whole_{where}", taken, whole, extent),
            (f"related_{where}", apart, near, subject),
        ):
            table = [features(one) for _, one in rows]
            models[name] = fit(table, labels)
            given = held_out(table, labels, [pair["src"] for pair, _ in rows], options.folds)
            result[name] = _report(name, given, labels, model.LEAST_DERIVED if name.startswith("derived") else 0.5)
    if options.write:
        digest = hashlib.sha256(json.dumps(models, sort_keys=True).encode()).hexdigest()[:8]
        MODEL.write_text(json.dumps({"fitted": digest, "encoder": encoder.ENCODER, "models": models}, indent=1) + "\n")
        print(f"Wrote {MODEL.name} ({digest}).")
    print(json.dumps(result))


def _report(name: str, given: np.ndarray, labels: np.ndarray, cut: float) -> Record:
    said = given >= cut
    hits, alarms = int((said & labels).sum()), int((said & ~labels).sum())
    figures = {
        "pairs": len(labels),
        "f1": round(2 * hits / max(1, int(said.sum()) + int(labels.sum())), 4),
        "fpr": round(alarms / max(1, int((~labels).sum())), 4),
        "calibration_error": round(calibration_error(given, labels), 4),
    }
    print(f"{name:24} {figures}")
    return figures


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
