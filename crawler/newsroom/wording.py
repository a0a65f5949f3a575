"""Helpers for texts that stand in source files. Contains no business logic."""

from __future__ import annotations


def unwrap(text: str) -> str:
    r"""Join the lines of each paragraph; paragraphs are separated by an empty line.

    >>> unwrap('''
    ... One
    ... two.
    ...
    ... Three.
    ... ''')
    'One two.\n\nThree.'
    """
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(" ".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs)


def revise(text: str, *changes: tuple[str, str]) -> str:
    """Replace each old wording by the new one. It must occur exactly once: an edit that misses is an error.

    >>> revise("a b c", ("b", "x"))
    'a x c'
    """
    for old, new in changes:
        found = text.count(old)
        if found != 1:
            raise ValueError(f"{old!r} occurs {found} times, expected once")
        text = text.replace(old, new)
    return text


def pick(text: str, *numbers: int) -> str:
    r"""The paragraphs with these numbers, counted from 1.

    >>> pick("a\n\nb\n\nc", 1, 3)
    'a\n\nc'
    """
    paragraphs = text.split("\n\n")
    return "\n\n".join(paragraphs[number - 1] for number in numbers)
