"""English endings: how an adjective is compared, and the stem that an ending is set to."""

import re


def compared(word: str) -> tuple[str, str]:
    """An adjective's comparative and superlative."""
    stem = before_vowel(word)
    return stem + "er", stem + "est"


def before_vowel(word: str) -> str:
    """The stem that takes -er or -ed: `wide` wid-, `happy` happi-, `dim` dimm-."""
    if word.endswith("e"):
        return word[:-1]
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "i"
    if len(word) <= 4 and re.search("[^aeiou][aeiou][bdgmnpt]$", word):
        return word + word[-1]
    return word
