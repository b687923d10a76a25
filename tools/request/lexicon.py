"""The lexicon: what words mean, read from `tools/lexicon/*.toml`.

Each file holds one theme of English, or one other language (`fr.toml`), in tables named by the role its phrases play
in a sentence:

```
[descriptions]                                  # a state to reach
"cosy, cozy, snug" = "warmth+ brightness-.3"
[regions]                                       # a place
sky = "sky, skies, clouds"
```

Left of a meaning stand the phrases, comma-separated; `*` at a word's end stands for any ending. A meaning is a list
of attribute goals (`warmth+`, with a strength `warmth+.3`), colour goals (`sat:blue+`, `hue:green>orange`) and
effects (`time=dusk`). In the other tables the phrases stand on the right of the value they stand for. `similes`
speak only where something is likened to them ("like honey", "dipped in amber").

`common_words.txt` holds English words that are no slips of others; `common_words_license.txt` says how it was made,
from SCOWL, and under which licence.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

from tools.goals import Attribute, Colour, EffectKind
from tools.request.inflection import before_vowel, compared
from tools.request.words import british, plain, tokens

FOLDER = Path(__file__).parent.parent / "lexicon"
ENGLISH = "en"
COMPARATIVES = {"de": "er$", "nl": "er$", "pl": "ej$|ejsz|sz[yae]$", "ru": "ее$|ей$|че$|ше$"}
"""By language: how a comparative is told from a plain adjective, where its form shows it."""
MEANINGFUL = ("descriptions", "adjectives", "complaints", "verbs", "nouns", "dials", "faults", "colours", "similes")
"""Tables whose phrases stand left of a meaning; in the others the value stands left of its phrases."""
LIKENED = ("like", "made of", "colour of", "dipped in", "drenched in", "soaked in", "covered in", "light of")
"""What stands before a simile; it speaks in no other place."""
COMPARABLE = ("descriptions", "adjectives", "complaints")

_TERM = re.compile(r"(?P<name>[a-z]+)(?P<sign>[+-])(?P<strength>\.\d+|1)?")
_COLOUR_TERM = re.compile(
    r"(?P<kind>sat|hue):(?P<colour>[a-z]*)(?:(?P<sign>[+-])|>(?P<to>[a-z]+))(?P<strength>\.\d+|1)?"
)
_UNUSUAL = re.compile(r"[^A-Za-z0-9 '*-]|(.)\1\1|\b\w'|-$")
_ARTICLE = re.compile("^like (an? |the )?")
_EFFECT_TERM = re.compile(r"(?P<kind>[a-z]+)=(?P<value>\w+)")


class LexiconError(ValueError):
    """A lexicon file says something that cannot be understood."""


class Term(NamedTuple):
    """One attribute direction of a meaning."""

    attribute: Attribute
    direction: int
    strength: float = 0.6
    colour: Colour | None = None
    to_colour: Colour | None = None


class Scene(NamedTuple):
    """One effect of a meaning."""

    kind: EffectKind
    value: str


@dataclass(frozen=True)
class Entry:
    """A phrase's part in a sentence."""

    role: str
    """The table it stands in; for the table `grammar`, the key (`more`, `not`, `keep`)."""
    value: str = ""
    """What a region, intensity or colour stands for."""
    terms: tuple[Term, ...] = ()
    scenes: tuple[Scene, ...] = ()
    relative: bool = False
    """Whether it asks to go further than the photo is now ("warmer")."""
    plural: bool = False

    @property
    def explicit(self) -> bool:
        """Whether it says one thing plainly, rather than implying several."""
        return len(self.terms) == 1 and not self.scenes


@dataclass
class Node:
    """A step in a phrase: the words that may follow, by whole word and by beginning, and what ends here."""

    words: dict[str, "Node"] = field(default_factory=dict)
    stems: dict[str, "Node"] = field(default_factory=dict)
    entry: Entry | None = None

    def after(self, word: str) -> Iterator["Node"]:
        """The nodes that `word` leads to, the most exact first."""
        if exact := self.words.get(word):
            yield exact
        if self.stems:
            for cut in range(len(word), 0, -1):
                if stem := self.stems.get(word[:cut]):
                    yield stem


@dataclass
class Lexicon:
    """The phrases of one language over those of English."""

    root: Node = field(default_factory=Node)
    vocabulary: set[str] = field(default_factory=set)
    """Every whole word that occurs in a phrase."""

    def add(self, phrase: str, entry: Entry, *, over: bool = True) -> None:
        """Enter a phrase; with `over` it takes the place of an earlier meaning."""
        node = self.root
        for word in _parts(phrase):
            stemmed = word.endswith("*")
            branch = node.stems if stemmed else node.words
            node = branch.setdefault(word.rstrip("*"), Node())
            if not stemmed:
                self.vocabulary.add(word)
        if node is not self.root and (over or node.entry is None):
            node.entry = entry


@cache
def lexicon(language: str = ENGLISH) -> Lexicon:
    """Load the phrases of `language` (its file's name), over those of English."""
    built = Lexicon()
    for tables in _files().get(ENGLISH, []):
        _enter(built, tables, inflected=True)
    if language != ENGLISH:
        for tables in _files()[language]:
            _enter(built, tables, inflected=False)
    return built


@cache
def common_words() -> frozenset[str]:
    """English words of four letters and more that are never slips of others, whether the lexicon has them or not."""
    return frozenset((FOLDER / "common_words.txt").read_text(encoding="ascii").split())


@cache
def vocabularies() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """By language: the whole words of its own files, and its word beginnings."""
    found = {}
    for language, files in _files().items():
        words = {
            word for tables in files for phrases, _, _ in _rows(tables) for each in phrases for word in _parts(each)
        }
        stems = tuple(word[:-1] for word in words if word.endswith("*"))
        found[language] = (frozenset(word for word in words if not word.endswith("*")), stems)
    return found


Tables = dict[str, dict[str, str]]


@cache
def _files() -> dict[str, list[Tables]]:
    """The files' tables by language, themes before languages of their own."""
    found: dict[str, list[Tables]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise LexiconError(f"{path.name}: {error}") from error
        found.setdefault(path.stem if len(path.stem) == 2 else ENGLISH, []).append(content)
    return found


def _rows(tables: Tables) -> Iterator[tuple[list[str], str, str]]:
    """Each row's phrases, table and value."""
    for table, rows in tables.items():
        for left, right in rows.items():
            phrases, value = (left, right) if table in MEANINGFUL else (right, left)
            found = [phrase.strip() for phrase in phrases.split(",")]
            yield (
                [f"{lead} {each}" for each in found for lead in LIKENED] if table == "similes" else found,
                table,
                value,
            )


def _entry(table: str, value: str) -> Entry:
    match table:
        case "grammar":
            return Entry(value)
        case "regions" | "intensities" | "stops" | "colours":
            return Entry(table, value)
    terms, scenes = meaning(value)
    return Entry(table, value, terms, scenes, relative=table in ("verbs", "faults"))


@cache
def meaning(text: str) -> tuple[tuple[Term, ...], tuple[Scene, ...]]:
    """Read a meaning, such as `warmth+ haze-.3 sat:blue+ time=dusk`.

    Raises:
        LexiconError: where a term is not understood.
    """
    terms: list[Term] = []
    scenes: list[Scene] = []
    for word in text.split():
        if match := _COLOUR_TERM.fullmatch(word):
            terms.append(_colour_term(match))
        elif match := _TERM.fullmatch(word):
            name = _one_of(match["name"], get_args(Attribute), word)
            terms.append(Term(name, _direction(match), float(match["strength"] or 0.6)))
        elif match := _EFFECT_TERM.fullmatch(word):
            scenes.append(Scene(_one_of(match["kind"], get_args(EffectKind), word), match["value"]))
        else:
            raise LexiconError(
                f"{word!r} is not a meaning; write warmth+, haze-.3, sat:blue+, hue:green>red or time=dusk"
            )
    return tuple(terms), tuple(scenes)


def _colour_term(match: re.Match[str]) -> Term:
    colour = _one_of(match["colour"], get_args(Colour), match[0]) if match["colour"] else None
    strength = float(match["strength"] or 0.6)
    if match["kind"] == "hue":
        return Term("hue", 1, strength, colour, _one_of(match["to"], get_args(Colour), match[0]))
    return Term("colour", _direction(match), strength, colour)


def _direction(match: re.Match[str]) -> int:
    return 1 if match["sign"] == "+" else -1


def _one_of(name: str, names: tuple[Any, ...], term: str) -> Any:
    if name not in names:
        raise LexiconError(f"{term!r}: {name!r} is not one of {', '.join(map(str, names))}")
    return name


@cache
def _parts(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as compared; a trailing `*` stays."""
    if phrase.isascii() and not _UNUSUAL.search(phrase):
        return tuple(british(phrase.lower()).replace("'", "").replace("-", " ").split())
    found: list[str] = []
    for piece in phrase.replace("-", " ").split():
        stem = piece.endswith("*")
        words = [token.text for token in tokens(piece.rstrip("*")) if token.kind in ("word", "number")]
        if stem and words:
            words[-1] += "*"
        found.extend(words)
    return tuple(found)


def _enter(built: Lexicon, tables: Tables, *, inflected: bool) -> None:
    for phrases, table, value in _rows(tables):
        entry = _entry(table, value)
        comparatives = {form for phrase in phrases for form in compared(phrase)} if table in COMPARABLE else set()
        for phrase in phrases:
            compares = phrase in comparatives or (table in COMPARABLE and phrase.endswith(("ier", "lighter")))
            further = replace(entry, relative=True) if compares else entry
            built.add(phrase, further, over=entry.role != "filler")
            if table == "similes" and phrase.startswith("like "):
                built.add(_ARTICLE.sub("", phrase), replace(entry, role="likeness"), over=False)
            if inflected and phrase.isascii() and phrase.isalpha():
                for form, changed in _forms(plain(phrase), entry):
                    built.add(form, changed, over=False)


def _forms(word: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """English inflections of a single word, so that they need not be listed."""
    match entry.role:
        case "adjectives" | "complaints" | "descriptions" if _compares(word, entry.role):
            yield from ((form, replace(entry, relative=True)) for form in compared(word))
        case "verbs":
            stem = before_vowel(word)
            yield from ((form, entry) for form in (word + "s", stem + "ed", stem.removesuffix("i") + "ing"))
        case "faults":
            yield word + "s", entry
            meant = tuple(term._replace(direction=-term.direction) for term in entry.terms)
            yield from ((form, Entry("adjectives", "", meant, relative=True)) for form in compared(word))
        case "nouns" | "dials" | "object" | "unreal":
            yield word + "s", entry
        case "colours":
            yield word + "s", replace(entry, plural=True)
            yield before_vowel(word) + "er", replace(entry, relative=True)


def _compares(word: str, role: str) -> bool:
    return word.endswith("y") or (role != "descriptions" and len(word) <= 7)
