"""How long does it take to compare two versions of a long article, beside difflib?

    python -m benchmarks.diff

Articles of 3,000 words in 50 paragraphs are invented (Zipf-distributed words, names, figures, punctuation; the seeds are
fixed), edited lightly (3 % of the words, one paragraph added, one removed, one moved) and rewritten heavily (35 % of the
paragraphs dropped, 25 % of the words touched, a block of six moved).

`light_ms` and `heavy_ms` are the whole of `archive.diff.diff_texts`: paragraphs, words, moves, significance with its
reasons, summary, hash. `laid_out` is the part that difflib does too: `archive.diff_align.lay_out`, words cut included.
`difflib.SequenceMatcher(autojunk=False)` gets the same texts in the same run, cut in two ways:

| tokens | what they are |
|---|---|
| words, spaces | words, spaces and signs each for itself, as word diffs mostly do, and as the figures of other engines were taken |
| our tokens | as `archive.diff_tokens` cuts: white space stays with the word before it. It is the space, which stands everywhere, that makes difflib quadratic; without it difflib is quick, if blind to moves |

Times are processor time, medians of several runs. `times_difflib` is difflib on words and spaces against laying out,
the smaller of light and heavy; `times_difflib_our_tokens` the same on our tokens.
"""

from __future__ import annotations

import difflib
import json
import random
import re
import statistics
import time
from collections.abc import Callable
from functools import partial

from archive.diff import diff_texts
from archive.diff_align import lay_out
from archive.diff_tokens import cut

SEED = 20230120
PARAGRAPHS = 50
RUNS = 15
"""Each on another article: nothing is remembered from the run before but words."""
DIFFLIB_RUNS = 3
"""difflib takes seconds a run."""

_SYLLABLES = ("ba", "ko", "mi", "ter", "lan", "des", "vor", "ing", "ra", "so", "ne", "pul", "tri", "kan", "fel", "ost")


def _vocabulary() -> list[str]:
    """Words of a language of its own, the short ones first."""
    one = random.Random(SEED)
    words = {"".join(one.choices(_SYLLABLES, k=one.randint(1, 4))) for _ in range(6_000)}
    return sorted(words, key=lambda word: (len(word), word))


_WORDS = _vocabulary()
# Zipf and Mandelbrot: the commonest word is every fifteenth or so, as "the" is.
_WEIGHTS = [1 / (rank + 2.7) for rank in range(1, len(_WORDS) + 1)]


class Writer:
    """Invents text that has the word frequencies of news."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def word(self) -> str:
        kind = self.random.random()
        if kind < 0.02:
            return str(self.random.randint(2, 2_500))
        found = self.random.choices(_WORDS, _WEIGHTS)[0]
        return found.capitalize() if kind < 0.07 else found

    def sentence(self) -> str:
        words = [self.word() for _ in range(self.random.randint(8, 28))]
        commas = {self.random.randrange(3, len(words)) for _ in range(len(words) // 11)}
        text = " ".join(word + "," * (place in commas) for place, word in enumerate(words[:-1]))
        return f"{text[:1].upper()}{text[1:]} {words[-1]}."

    def paragraph(self, words: int) -> str:
        text = self.sentence()
        while len(text.split()) < words:
            text += " " + self.sentence()
        return text

    def touched(self, paragraph: str, share: float) -> str:
        return " ".join(self.word() if self.random.random() < share else word for word in paragraph.split(" "))


def invent(seed: int) -> tuple[str, str, str]:
    """An article, its light edit and its heavy rewrite."""
    writer = Writer(seed)
    article = [writer.paragraph(48) for _ in range(PARAGRAPHS)]
    light = [writer.touched(paragraph, 0.03) for paragraph in article]
    light.insert(30, light.pop(5))
    light.insert(12, writer.paragraph(48))
    del light[40]
    heavy = [writer.touched(paragraph, 0.25) for paragraph in article if writer.random.random() >= 0.35]
    block = heavy[3:9]
    del heavy[3:9]
    heavy[15:15] = block
    return "\n".join(article), "\n".join(light), "\n".join(heavy)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1_000


def spaced(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def ours(text: str) -> list[str]:
    return [key for line in text.split("\n") for key in cut(line).keys]


CUTTINGS = {"words, spaces": spaced, "our tokens": ours}


def by_difflib(old: list[str], new: list[str]) -> object:
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def main() -> dict[str, float]:
    texts = [invent(SEED + number) for number in range(RUNS + 1)]
    diff_texts(*texts.pop()[:2])  # imports, and what is known of the commonest words, are paid once a process
    figures: dict[str, float] = {}
    ratios: dict[str, list[float]] = {name: [] for name in CUTTINGS}
    print(f"{RUNS} articles of about {len(texts[0][0].split())} words in {PARAGRAPHS} paragraphs; milliseconds\n")
    print(f"{'edit':<8}{'whole':>8}{'laid out':>10}  {'difflib on':<16}{'tokens':>8}{'ms':>8}{'times':>7}")
    summaries = []
    for place, name in ((1, "light"), (2, "heavy")):
        whole = statistics.median(timed(partial(diff_texts, pair[0], pair[place])) for pair in texts)
        laid = statistics.median(timed(partial(lay_out, pair[0], pair[place])) for pair in texts)
        figures[f"{name}_ms"] = round(whole, 1)
        figures[f"{name}_laid_out_ms"] = round(laid, 1)
        summaries.append(f"{name}: {diff_texts(texts[0][0], texts[0][place]).summary}")
        for cutting, tokens in CUTTINGS.items():
            pairs = [(tokens(pair[0]), tokens(pair[place])) for pair in texts[:DIFFLIB_RUNS]]
            theirs = statistics.median(timed(partial(by_difflib, *pair)) for pair in pairs)
            ratios[cutting].append(theirs / laid)
            sides = f"{whole:>8.1f}{laid:>10.1f}"
            print(f"{name:<8}{sides}  {cutting:<16}{len(pairs[0][0]):>8}{theirs:>8.0f}{theirs / laid:>7.0f}")
    print("\n" + "\n".join(summaries))
    figures["times_difflib"] = round(min(ratios["words, spaces"]), 1)
    figures["times_difflib_our_tokens"] = round(min(ratios["our tokens"]), 1)
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    main()
