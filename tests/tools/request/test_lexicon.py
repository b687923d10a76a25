"""The lexicon's files: one meaning for each phrase, and only names that exist."""

from typing import get_args

import pytest

from tools import region
from tools.goals import Colour
from tools.request import lexicon


def test_the_lexicon_means_one_thing_by_each_phrase_and_only_known_names() -> None:
    for language, files in lexicon._files().items():
        meant: dict[tuple[str, ...], lexicon.Entry] = {}
        for tables in files:
            for phrases, table, value in lexicon._rows(tables):
                entry = lexicon._entry(table, value)
                for phrase in phrases:
                    parts = lexicon._parts(phrase)
                    assert parts, (language, table, value)
                    earlier = meant.setdefault(parts, entry)
                    assert earlier == entry or "filler" in (earlier.role, entry.role), (language, phrase)
                if table == "colours":
                    assert set(value.split()) <= set(get_args(Colour))
                if table == "regions":
                    assert value in (*region.NAMES, "corners")


def test_a_bad_meaning_is_told() -> None:
    with pytest.raises(lexicon.LexiconError, match="warmht"):
        lexicon.meaning("warmht+")
