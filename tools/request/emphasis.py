"""What "bring out the clouds" asks for: an emphasis is another thing in each place."""

from tools.request.clause import Clause
from tools.request.lexicon import Term, meaning
from tools.request.match import Item
from tools.request.words import plain

_EMPHASES = (
    *("bring out", "bring forward", "emphasise", "emphasize", "accentuate", "accent", "play up", "enhance", "enhanced"),
    *("lean into", "punch up", "magnify", "heighten", "amplify", "intensify", "exaggerate", "show off", "make more of"),
)
_EMPHASISED = {
    "sky": "contrast+ clarity+.4 brightness-.3",
    "background": "contrast+ clarity+.4",
    "foliage": "saturation+ clarity+.3",
    "skin": "brightness+ clarity+.2",
    "subject": "brightness+ contrast+.3",
}
"""By place, what makes it tell: form and a little depth in clouds, form in hills, colour in leaves, light on people."""


def emphasised(clause: Clause, direction: Item) -> tuple[Term, ...]:
    """What an emphasis of the clause's first such place asks for; nothing where it is no emphasis."""
    place = next((each.value for each in clause.places if each.value in _EMPHASISED), None)
    if place is None or not plain(direction.text).startswith(_EMPHASES):
        return ()
    return meaning(_EMPHASISED[place])[0]
