"""Small typos mended, cautiously: a request is better read with a word left out than with a word made up.

A word is mended only where it has at least five letters, is in no vocabulary, begins with the right letter and is one
edit (a letter too many, missing, wrong, or two swapped) from a word that is; long words may be a little further off.
"""

from collections.abc import Iterator, Set
from difflib import SequenceMatcher
from string import ascii_lowercase

SHORTEST, LONGEST = 5, 20
LONG = 8
"""From this length, likeness `LIKE` is enough."""
LIKE = 0.9


def mended(word: str, known: Set[str]) -> str:
    """Return the word of `known` that `word` is a typo of, or `word` itself."""
    if not (SHORTEST <= len(word) <= LONGEST and word.isalpha() and word.isascii()):
        return word
    near = {edit for edit in _edits(word) if edit in known and len(edit) >= SHORTEST - 1}
    if not near and len(word) >= LONG:
        near = {each for each in known if each[:2] == word[:2] and len(each) >= LONG and _likeness(word, each) >= LIKE}
    return max(sorted(near), key=lambda each: _likeness(word, each), default=word)


def _edits(word: str) -> Iterator[str]:
    """Every word one slip away; the first letter may only be swapped with the second."""
    yield word[1] + word[0] + word[2:]
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            yield head + letter + tail[1:]


def _likeness(word: str, known: str) -> float:
    return SequenceMatcher(None, word, known).ratio()
