"""The fitted part of a decision: from named figures to a probability.

Eight logistic regressions, small enough to read: is the page derived from the story (across languages and within one,
each with and without rivals); if so, is it the whole or an excerpt; if not, is it about the same. Their weights are data,
`model.json`, fitted by `python -m benchmarks.fit_match DIR --write` on labelled pairs; each feature is one line below.
Boosted trees reach .002 more F1 on the same pairs, cross-validated, but cannot say why, and may learn how the pairs were made.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.match.decide import Figures
    from archive.match.rivals import Rivalry
    from archive.match.subject import Subject

#: From this probability on a page is said to be derived: F1 is flat from .5 to .75, false alarms are not.
LEAST_DERIVED = 0.7
#: With fewer rivals, being ahead of them says little.
ENOUGH_RIVALS = 5


@dataclass(frozen=True, slots=True)
class Logistic:
    """One logistic regression over standardised features."""

    intercept: float
    #: feature -> (weight, mean, spread)
    terms: Mapping[str, tuple[float, float, float]]

    def probability(self, features: Mapping[str, float]) -> float:
        total = self.intercept + sum(self.parts(features).values())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def parts(self, features: Mapping[str, float]) -> dict[str, float]:
        """What each feature adds to the logit."""
        return {name: weight * (features[name] - mean) / spread for name, (weight, mean, spread) in self.terms.items()}


#: Models by name: "derived", "derived_rivals", "whole" and "related", each "across" or "within" languages.
Fits = Mapping[str, Logistic]


@functools.cache
def models() -> dict[str, Logistic]:
    """The fitted models by name."""
    return read(json.loads((files("archive.match") / "model.json").read_text("utf-8"))["models"])


def read(written: Mapping[str, Any]) -> dict[str, Logistic]:
    """Models by name, from what `benchmarks.fit_match` writes."""
    return {
        name: Logistic(model["intercept"], {feature: tuple(term) for feature, term in model["terms"].items()})
        for name, model in written.items()
    }


@functools.cache
def fitted() -> str:
    """Names the fit: part of `archive.match.LABEL`."""
    return str(json.loads((files("archive.match") / "model.json").read_text("utf-8"))["fitted"])


def derived(figures: Figures, fits: Fits | None = None) -> float:
    """The probability that the page took its text from the story, as far as its sentences tell."""
    fits = fits or models()
    where = "within" if figures.same_language else "across"
    features = evidence(figures)
    alone = fits[f"derived_{where}"].probability(features)
    rivals = figures.beside.rivals
    if not rivals:
        return alone
    beside = fits[f"derived_{where}_rivals"].probability({**features, **rivalry(figures.beside)})
    return beside if rivals >= ENOUGH_RIVALS else min(alone, beside)


def whole(figures: Figures, fits: Fits | None = None) -> float:
    """The probability that a derived page is the story, whole or abridged, and not an excerpt in another article."""
    where = "within" if figures.same_language else "across"
    return (fits or models())[f"whole_{where}"].probability({**evidence(figures), **extent(figures)})


def related(figures: Figures, fits: Fits | None = None) -> float:
    """The probability that a page that is not derived tells of what the story tells."""
    where = "within" if figures.same_language else "across"
    return (fits or models())[f"related_{where}"].probability(evidence(figures))


def evidence(f: Figures) -> dict[str, float]:
    """The features of the derived-or-not models, from the figures of one comparison; the other models take some of them."""
    fewer = max(1, min(f.story_sentences, f.page_sentences))
    ratio = max(-2.0, min(2.0, math.log((f.page_sentences + 1) / (f.story_sentences + 1))))
    names_missing, figures_missing = f.names_compared - f.names_agreeing, f.figures_compared - f.figures_agreeing
    features = {
        "links": _log(f.links),
        "best_run": _log(f.best_run),
        "longest_passage": _log(f.longest_passage),
        "passages": _log(f.passages),
        "link_mean": f.link_mean,
        "best_mean": f.best_mean,
        "best_total": f.best_mean * math.sqrt(f.best_run),
        "first_score": f.top_scores[0],
        "second_score": f.top_scores[1],
        "third_score": f.top_scores[2],
        "strong_links": _log(f.strong_links),
        "linked_story": f.linked_story,
        "linked_page": f.linked_page,
        "linked_most": max(f.linked_story, f.linked_page),
        "linked_least": min(f.linked_story, f.linked_page),
        "order": f.order if f.links >= 3 else 0.0,
        "soft_story": f.soft_story,
        "soft_page": f.soft_page,
        "soft": f.soft,
        "document_cosine": f.document_cosine,
        "figures_agreeing": _log(f.figures_agreeing),
        "figures_missing": _log(figures_missing),
        "figure_share": (f.figures_agreeing + 0.5) / (f.figures_compared + 1),
        "figures_shared": f.figures_shared_share,
        "names_agreeing": _log(f.names_agreeing) if f.latin else 0.0,
        "names_missing": _log(names_missing) if f.latin else 0.0,
        "name_share": (f.names_agreeing + 0.5) / (f.names_compared + 1) - 0.5 if f.latin else 0.0,
        "names_shared": f.names_shared_share if f.latin else 0.0,
        "latin": float(f.latin),
        "best_signals": _log(f.best_signals),
        "opening_figures_differ": float(f.opening_figures_differ),
        "quote_share": f.quote_share,
        "at_both_ends": float(f.at_both_ends),
        "ratio": ratio,
        "unlike_lengths": abs(ratio),
        "short": float(fewer <= 3),
        "sentences": _log(fewer),
        "mean_times_links": f.link_mean * _log(f.links),
        "mean_times_linked": f.link_mean * max(f.linked_story, f.linked_page),
        **_subject(f.subject),
    }
    if f.same_language:
        features |= {
            "longest_own_run": _log(f.longest_own_run),
            "a_run": float(f.longest_own_run >= 15),
            "dense_words": _log(f.dense_words),
            "equal_words": _log(f.equal_words),
            "worded_story": f.worded_story,
            "worded_page": f.worded_page,
            "worded_most": max(f.worded_story, f.worded_page),
            "worded_likeness": f.worded_likeness,
        }
    return features


def rivalry(found: Rivalry) -> dict[str, float]:
    """What the other stories at hand add: a form that one organisation fills in again fits all of them alike.

    That another story has far more of the page is no sign that this one has a part in it, so `ahead` is cut off.
    """
    return {
        "beaten": found.beaten,
        "clearly_beaten": found.clearly_beaten,
        "ahead": max(-0.05, min(0.15, found.ahead)),
        "clear": found.clear,
        "lead": max(-0.3, min(0.3, found.lead)),
        "own_links": _log(found.own_links),
    }


def extent(f: Figures) -> dict[str, float]:
    """How much of both texts corresponds, and how much of it word for word."""
    return {
        "covered_story": f.coverage_story,
        "covered_page": f.coverage_page,
        "covered_most": max(f.coverage_story, f.coverage_page),
        "covered_both": f.coverage_story * f.coverage_page,
        "reach": f.reach,
        "kept_story": min(1.0, f.equal_words / max(1, f.story_words)),
        "kept_page": min(1.0, f.equal_words / max(1, f.page_words)),
    }


def _subject(s: Subject) -> dict[str, float]:
    return {
        "document_excess": s.document_excess,
        "centred": s.centred,
        "specific": s.specific,
        "best_pairs": s.best_pairs,
        "counterparts": s.counterparts,
        "openings": s.openings,
        "leads": s.leads,
        "opening_elsewhere": s.opening_elsewhere,
        "names_cosine": s.names,
        "main_names": s.main_names,
    }


#: The features of the whole-or-excerpt models.
EXTENT = (
    "covered_story", "covered_page", "linked_story", "linked_page", "linked_most", "linked_least", "links", "best_run",
    "sentences", "ratio", "link_mean",
)  # fmt: skip
#: More of them for two texts in one language.
EXTENT_WITHIN = (
    "worded_story", "worded_page", "worded_likeness", "kept_story", "kept_page", "covered_most", "covered_both", "reach",
)  # fmt: skip


#: The features of the related-or-not models.
SUBJECT = (
    "soft", "document_cosine", "figures_shared", "latin", "document_excess", "centred", "specific", "best_pairs",
    "counterparts", "openings", "leads", "opening_elsewhere", "names_cosine", "main_names",
)  # fmt: skip


def _log(count: float) -> float:
    return math.log1p(max(0.0, count))
