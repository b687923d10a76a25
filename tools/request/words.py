"""Tokens of a text: words, single ideographs, numbers and the marks between clauses, each as written and as compared.

Words are compared in lower case without accents, because people leave accents out. Chinese and Japanese have no spaces:
each character is a token, and phrases are found over them like phrases over words.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

LONGEST = 500
"""A request is a sentence; of a longer text, this many tokens are read."""

Kind = Literal["word", "number", "soft", "colon", "hard"]
"""What a token is; `soft` marks (commas) part clauses, `hard` ones (full stops) part sentences."""

_MARKS = "\u0300-\u036f\u0900-\u0903\u093a-\u0963"
_IDEOGRAPH = "[\u3040-\u30ff\u3400-\u9fff]"
_LETTER = f"(?:(?!{_IDEOGRAPH})[^\\W_]|[{_MARKS}])"
_TOKEN = re.compile(
    rf"""(?P<bw>\bb\s?[&/]\s?w\b)
    |(?P<arrow>->|=>|→|➡)
    |(?P<percent>%)
    |(?P<side>\b(?:minus|plus)\b(?=\s*(?:\d|an?\b|half|one|two|three|ten)))
    |(?P<number>(?<![\w])[+\-−]?(?:\d+(?:[.,/]\d+)?|(?<!\.)\.\d+)(?!{_LETTER}))
    |(?P<sign>(?<=\w)(?:\++|-+)(?=\s|$|,))
    |(?P<cjk>{_IDEOGRAPH})
    |(?P<word>{_LETTER}+(?:['’`]{_LETTER}+)*)
    |(?P<hard>[.!?;\n。！？；…।]+)
    |(?P<colon>[:：])
    |(?P<soft>[,，、/()\[\]"“”«»|&+•—–]|(?<=\s)-(?=\s))""",
    re.VERBOSE | re.IGNORECASE,
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_STRETCH = re.compile(r"([oe])\1{2,}|([^\W\d])\2{2,}")
_ELIDED = re.compile(r"^(l|d|j|m|n|s|t|c|qu|un|all|dell|nell|sull)['’`](.{2,})$", re.IGNORECASE)


class Token(NamedTuple):
    """A token and where it stands."""

    text: str
    """As compared: lower case, without accents and apostrophes."""
    kind: Kind
    start: int
    end: int


def plain(text: str) -> str:
    """Return `text` as it is compared: lower case, no accents, no apostrophes, no stretched letters ("sooo")."""
    if text.isascii():
        return british(_STRETCH.sub(r"\1\1\2", text.lower().replace("'", "").replace("`", "")))
    folded = _ACCENTS.sub("", unicodedata.normalize("NFD", text.lower()))
    folded = unicodedata.normalize("NFC", folded).replace("ß", "ss").replace("ı", "i")
    return _STRETCH.sub(r"\1\1\2", re.sub("['’`]", "", folded))


def british(text: str) -> str:
    """Return `text` in the lexicon's one spelling of colour and grey."""
    return text.replace("color", "colour").replace("gray", "grey")


def tokens(text: str) -> list[Token]:
    """Cut `text` into its first `LONGEST` tokens."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        if len(found) >= LONGEST:
            break
        found.extend(_tokens_of(match))
    return found


def _tokens_of(match: re.Match[str]) -> list[Token]:
    group, written, start, end = match.lastgroup, match[0], match.start(), match.end()
    match group:
        case "hard":
            return [Token(written, "hard", start, end)]
        case "soft":
            return [Token("and" if written in "&+" else written, "word" if written in "&+" else "soft", start, end)]
        case "colon":
            return [Token(written, "colon", start, end)]
        case "number":
            return [Token(written.replace("−", "-").replace(",", "."), "number", start, end)]
        case "bw" | "percent" | "arrow":
            return [Token({"bw": "bw", "percent": "percent", "arrow": "to"}[group], "word", start, end)]
        case "sign" | "side":
            return [Token("up" if written[0] in "+pP" else "down", "word", start, end)]
    if elided := _ELIDED.match(written):
        cut = start + elided.start(2)
        return [Token(plain(elided[1]), "word", start, cut - 1), Token(plain(elided[2]), "word", cut, end)]
    return [Token(plain(written), "word", start, end)]
