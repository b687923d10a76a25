"""From tokens to items: at every token the longest phrase of the lexicon, read through determiners and small typos."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from tools.request.lexicon import COMPARATIVES, ENGLISH, Entry, Lexicon, Node, Term, common_words, lexicon, vocabularies
from tools.request.spelling import mended
from tools.request.words import Token, tokens

_DETERMINERS = frozenset(
    (
        *("the", "a", "an", "my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those"),
        *("all", "some", "any", "of"),
    )
)
"""Words that may stand inside a phrase: "crush the blacks" is "crush blacks"."""
_FOREIGN_DETERMINERS = frozenset(
    (
        *("el", "la", "los", "las", "un", "una", "unos", "unas", "lo", "le", "les", "une", "des", "du", "de", "der"),
        *("die", "das", "den", "dem", "ein", "eine", "einen", "einer", "il", "gli", "i", "o", "os", "as", "um", "uma"),
        *("het", "een"),
    )
)
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
}
MENDED = 40
"""Of this many unknown words the spelling is looked at."""
SKIPPED = 2
"""This many determiners may stand between two words of a phrase."""
_KELVIN = re.compile(r"(\d{4,5})k")
COOL, WARM = 4500, 5800
"""A white balance set to so many kelvins or fewer cools a photo, to so many or more it warms it."""
_YEAR = re.compile(r"(1[89]\d|200)\d")
_YEAR_LEADS = frozenset(("it", "its", "like", "circa", "imagine", "look", "looks", "be"))


@dataclass(eq=False)
class Item:
    """A phrase with a role, an unknown word, or a mark between clauses."""

    text: str
    """As written."""
    start: int
    end: int
    entry: Entry | None = None
    mark: str = ""
    """`soft`, `colon` or `hard` for a mark between clauses."""
    used: bool = False
    """Whether it went into a goal, an effect or a keep."""

    @property
    def role(self) -> str:
        """The entry's role; empty for unknown words and marks."""
        return self.entry.role if self.entry else ""

    @property
    def value(self) -> str:
        """The entry's value."""
        return self.entry.value if self.entry else ""


def items(text: str) -> list[Item]:
    """Cut `text` into items."""
    found = tokens(text)
    language = _language(found)
    known = lexicon(language)
    skippable = _DETERMINERS if language == ENGLISH else _DETERMINERS | _FOREIGN_DETERMINERS
    words = _spelled(found, language)
    read: list[Item] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.kind not in ("word", "number"):
            read.append(Item(token.text, token.start, token.end, mark=token.kind))
            at += 1
            continue
        end, entry = _longest(words, found, at, known, skippable)
        end = max(end, at + 1)
        if entry is None:
            entry = _measured(token) or _compared(words[at], known) or _derived(words[at], known)
        if entry and entry.role in ("adjectives", "complaints") and _is_comparative(words[at], language):
            entry = replace(entry, relative=True)
        start, stop = token.start, found[end - 1].end
        read.append(Item(text[start:stop], start, stop, entry))
        at = end
    return read


def _compared(word: str, known: Lexicon) -> Entry | None:
    """The entry of an adjective whose comparative no file lists: `rougher` is further in the way of `rough`."""
    stem = word.removesuffix("est").removesuffix("er")
    if stem == word or len(stem) < 3:
        return None
    for base in (stem, stem + "e", stem[:-1]):
        entry = _described(base, known)
        if entry:
            return replace(entry, relative=True)
    return None


def _derived(word: str, known: Lexicon) -> Entry | None:
    """The entry of a word made from an adjective: `coldness`, `gloominess`, `coldish`, `overwarm`, `undersaturated`."""
    for ending in ("iness", "ness", "ish"):
        base = word.removesuffix(ending) + ("y" if ending == "iness" else "")
        if word.endswith(ending) and len(base) > 2 and (entry := _described(base, known)):
            noun = ending.endswith("ness") and entry.role in ("adjectives", "complaints")
            return replace(entry, role="nouns") if noun else entry
    for prefix, sign in (("over", -1), ("under", 1)):
        if word.startswith(prefix) and (entry := _described(word.removeprefix(prefix), known)) and entry.terms:
            cured = tuple(term._replace(direction=sign * term.direction) for term in entry.terms)
            return Entry("faults", "", cured, relative=True)
    return None


def _described(word: str, known: Lexicon) -> Entry | None:
    node = known.root.words.get(word)
    describes = node and node.entry and node.entry.role in ("descriptions", "adjectives", "complaints", "colours")
    return node.entry if node and describes else None


def _language(found: list[Token]) -> str:
    """The language whose own vocabulary covers most of the words; English where in doubt."""
    text = "".join(token.text for token in found)
    for language, script in _SCRIPTS.items():
        if script.search(text):
            return language
    words = Counter(token.text for token in found[:200] if token.kind == "word")
    english = lexicon().vocabulary
    if all(word in english or word in common_words() for word in words):
        return ENGLISH
    scores = {
        language: sum(n for word, n in words.items() if word in whole or (stems and word.startswith(stems)))
        for language, (whole, stems) in vocabularies().items()
    }
    scores[ENGLISH] += sum(n for word, n in words.items() if word in common_words() and word not in english)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > scores[ENGLISH] else ENGLISH


def _is_comparative(word: str, language: str) -> bool:
    return language in COMPARATIVES and bool(re.search(COMPARATIVES[language], word))


def _measured(token: Token) -> Entry | None:
    """`+15` and `-10` are directions, `7000K` is a white balance."""
    if token.kind == "number" and token.text[0] in "+-":
        return Entry("up" if token.text[0] == "+" else "down")
    if match := _KELVIN.fullmatch(token.text):
        kelvin = int(match[1])
        if not COOL < kelvin < WARM:
            return Entry("adjectives", "", (Term("warmth", 1 if kelvin >= WARM else -1),))
    return None


def _spelled(found: list[Token], language: str) -> list[str]:
    """The tokens' words in the lexicon's spelling: typos mended (the first of them), years as their decade."""
    known = lexicon(language)
    spelled: list[str] = []
    strange = 0
    for index, token in enumerate(found):
        word = token.text
        if _YEAR.fullmatch(word) and index and found[index - 1].text in _YEAR_LEADS:
            word = word[:3] + "0s"
        elif token.kind == "word" and word not in known.vocabulary and not any(known.root.after(word)):
            strange += 1
            word = _mended(word, language) if strange <= MENDED else word
        spelled.append(word)
    return spelled


@lru_cache(4096)
def _mended(word: str, language: str) -> str:
    if language == ENGLISH:
        plural_of = word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")
        return word if {word, plural_of} & common_words() else mended(word, lexicon().vocabulary)
    return mended(word, vocabularies()[language][0])


def _longest(
    words: list[str], found: list[Token], at: int, known: Lexicon, skippable: frozenset[str]
) -> tuple[int, Entry | None]:
    """The end and entry of the longest phrase that starts at `at`; end 0 where there is none."""
    best: tuple[int, Entry | None] = (0, None)
    open_nodes = [(at, known.root, 0)]
    while open_nodes:
        here, node, skipped = open_nodes.pop(0)
        if here >= len(words) or found[here].kind not in ("word", "number"):
            continue
        for following in _following(words[here], node, known, inside=here > at):
            if following.entry and here + 1 > best[0]:
                best = here + 1, following.entry
            open_nodes.append((here + 1, following, 0))
        if here > at and words[here] in skippable and skipped < SKIPPED:
            open_nodes.append((here + 1, node, skipped + 1))
    return best


def _following(word: str, node: Node, known: Lexicon, *, inside: bool) -> list[Node]:
    """The nodes after `word`; inside a phrase an unknown word nearly like the expected one will do."""
    exact = list(node.after(word))
    if exact or not inside or len(word) < 4 or word in known.vocabulary or word in common_words():
        return exact
    return [
        node.words[near] for near in get_close_matches(word, [each for each in node.words if len(each) > 3], 1, 0.8)
    ]
