"""A page against a story: is the story's text on it, how much, in which words, and who says so.

::

    page ──► same language ──► shared word sequences? ──no──► names and figures shared? ──no──► unrelated
       │                            │ yes                          │ yes
       │                         lexical.align ──(no copy)──► semantic.align
       │
       └──► other language ──► names, figures, credit, links? (script and language may forbid to ask) ──no──► unrelated
                                    │ yes
                                 semantic.align
    passages, credit, pointers ──► decide.Figures ──► decide.RULES ──► Match

Most pages are unrelated, so each step costs more than the one before and is reached by fewer pages: a fingerprint
comparison takes microseconds, the words of a page 1 ms, its sentence vectors 70 ms.

Same-language and cross-language matching, passages, and the decision are apart: `lexical`, `semantic`, `decide`.
"""

from __future__ import annotations

from archive.match.matcher import LABEL, PreparedStory, match, match_all, page_language, prepare

__all__ = ["LABEL", "PreparedStory", "match", "match_all", "page_language", "prepare"]
