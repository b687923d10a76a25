"""What is settled at a clause's end: a direction that no dial has taken, and moods that colour the whole clause."""

from tools.request.clause import ADJECTIVES, SIGNS, Clause, Tint, Wish, tones
from tools.request.emphasis import emphasised
from tools.request.lexicon import Term
from tools.request.match import Item
from tools.request.reading import Reading, turn_dial
from tools.request.small_words import is_comparative
from tools.request.telling import is_done_to
from tools.request.words import plain

AMOUNTS = frozenset(
    (
        "more",
        "some more",
        "extra",
        "not enough",
        "too little",
        "less",
        "fewer",
        "reduce",
        "too much",
        "too many",
        "a lot less",
    )
)
"""Directions that say how much there is of a thing, and not how light it is."""
SHORT = frozenset(
    (
        "not quite",
        "not really",
        "nowhere near",
        "not exactly",
        "not remotely",
        "not particularly",
        "doesnt look",
        "dont look",
        "doesnt seem",
    )
)
"""Negations that say how far something falls short."""
STATING = frozenset(("isnt", "arent", "wasnt", "werent", "aint"))
"""Negations that are a statement with it."""
_PULLS = ("pull down", "pull back", "push up", "push down", "hold back", "hold down", "knock back", "knock down")
LEVELS = frozenset(("up", "down", "lift", "raise", "bring up", "bring down", "take down", "lower", "drop", *_PULLS))
"""Directions that move the light where nothing else is named ("lift it")."""


def settle_direction(reading: Reading) -> None:
    """Let an open direction turn what stands before it, a colour, the neighbour's noun, the tones, or the light."""
    direction, clause, before = reading.open, reading.clause, reading.before
    if direction is None or direction.text.lower().endswith(" like"):
        return
    if not clause.places and before and (clause.has("pronoun") or clause.joint == "colon"):
        clause.places = tones(before)
    if wish := _turned_before(clause, direction):
        turn_dial(wish, direction)
    elif clause.wishes:
        return
    elif undecided := [tint for tint in clause.tints if _is_undecided(tint)]:
        for tint in undecided:
            tint.sign, direction.used = SIGNS[direction.role], True
    elif clause.tints:
        return
    elif (repeated := _repeated(clause, before)) and direction.role in ("more", "less"):
        clause.wishes.append(_new(repeated.item, repeated.terms, direction, clause))
        direction.used = True
    elif direction.role == "recover" and any(place.value in ("highlights", "sky") for place in clause.places):
        clause.wishes.append(_new(direction, (Term("highlights", -1),), direction, clause))
    elif (tones(clause) and not _wants_unknown(clause, direction)) or _moves_light(reading, direction):
        weighs = direction.role == "excess" and "heavy" in direction.text.lower()
        term = Term("brightness", -1 if weighs or _counts_shadow(clause, direction) else 1)
        clause.wishes.append(_new(direction, (term,), direction, clause))
    elif terms := emphasised(clause, direction):
        clause.wishes.append(_new(direction, terms, direction, clause))
    elif before and not clause.places and (named := [tint for tint in before.tints if _is_undecided(tint)]):
        for tint in named:
            tint.sign, direction.used = SIGNS[direction.role], True
    elif before and before.wishes and _is_alone(clause):
        direction.used = True
        if not before.wishes[-1].cures:
            turn_dial(before.wishes[-1], direction)
    elif clause.has("pronoun", "whole") and direction.text.lower() in LEVELS and _is_alone(clause):
        toned = any(item.text.lower() == "tone" for item in clause.items)
        terms = (Term("contrast", 1), Term("saturation", 1)) if toned else (Term("brightness", 1),)
        clause.wishes.append(_new(direction, terms, direction, clause))


def _turned_before(clause: Clause, direction: Item) -> Wish | None:
    """The wish that a direction after it turns: "contrast way down", "exposure ... lower", "make it pop less"."""
    if not clause.wishes:
        return None
    nouns = [wish for wish in clause.wishes if wish.item.role == "nouns" and not wish.directed]
    undecided = [wish for wish in clause.wishes if wish.sign == 0]
    last = clause.wishes[-1]
    turns = last.item.role in ADJECTIVES or (last.item.role == "verbs" and direction.role == "less")
    if turns and direction is clause.items[-1] and not is_done_to(clause, last.item):
        return last
    if nouns and nouns[-1].item.start < direction.start:
        return nouns[-1]
    return undecided[-1] if undecided else None


def _is_undecided(tint: Tint) -> bool:
    return not (tint.sign or tint.target or tint.complaint or tint.limit)


def _repeated(clause: Clause, before: Clause | None) -> Wish | None:
    """The noun that "less in the sky" takes over from the clause before it."""
    if not clause.places or before is None:
        return None
    return next((wish for wish in reversed(before.wishes) if wish.item.role in ("nouns", "dials")), None)


def _new(item: Item, terms: tuple[Term, ...], direction: Item, clause: Clause) -> Wish:
    sign = SIGNS[direction.role]
    return Wish(item, terms, (), sign=sign, relative=True, limit=clause.negated, start=direction.start)


def _counts_shadow(clause: Clause, direction: Item) -> bool:
    """Whether "less shadow" speaks of how much shadow there is, and not of how light the shadows are."""
    amount = direction.role in ("add", "remove", "cure") or direction.text.lower() in AMOUNTS
    after = [
        item for item in clause.items if item.start > direction.start and item.role not in ("filler", "intensities")
    ]
    amount &= bool(after) and after[0] in clause.places and "black" not in after[0].text.lower()
    return amount and {place.value for place in tones(clause)} == {"shadows"}


def _wants_unknown(clause: Clause, direction: Item) -> bool:
    """Whether a direction turns a word that is not understood ("more zebra in the midtones")."""
    following = (item for item in clause.items if item.start > direction.start)
    after = next((item for item in following if item.role not in ("filler", "intensities")), None)
    return after is not None and not after.role and after.text[:1].isalpha()


def _moves_light(reading: Reading, direction: Item) -> bool:
    """Whether "bring the sky down" or "a stop up" speaks of brightness."""
    levels = direction.role in ("up", "down", "excess") or direction.text.lower() in LEVELS
    located = any(place.value != "corners" for place in reading.clause.places) or direction.role != "excess"
    if _wants_unknown(reading.clause, direction):
        return False
    return reading.stops or (levels and located and bool(reading.clause.places))


def _is_alone(clause: Clause) -> bool:
    return not clause.places and not any(item.entry is None for item in clause.items)


def settle_moods(clause: Clause) -> None:
    """Apply to the whole clause what may stand at its end: a negation, "enough", a time that is past."""
    _negate(clause)
    _describe_colours(clause)
    _doubt_unknown_states(clause)
    for wish in clause.wishes:
        if wish.limit and (clause.has("enough") or _states_a_lack(clause, wish)):
            wish.limit, wish.relative = False, True
        elif wish.limit and wish.item.role in ADJECTIVES and _makes_not(clause, wish):
            wish.limit, wish.relative, wish.sign = False, True, -1
    for tint in clause.tints:
        tint.limit &= not clause.has("enough")
    if _falls_short(clause):
        for wish in clause.wishes:
            wish.sign *= -1 if wish.relative else 1
        for tint in clause.tints:
            tint.complaint, tint.sign = tint.relative and not tint.sign, -tint.sign
    suffices = clause.has("enough") and not (clause.negated or clause.has("wish"))
    clause.wishes = [wish for wish in clause.wishes if wish.sign and not suffices]
    _mind_subjects(clause)
    if clause.has("past") and not clause.has("wish"):
        clause.wishes = [
            wish
            for wish in clause.wishes
            if wish.cures or wish.directed or wish.limit or is_comparative(wish.item) or not _is_past(clause, wish.item)
        ]
        clause.tints = [
            tint
            for tint in clause.tints
            if tint.complaint or tint.sign or tint.limit or tint.relative or not _is_past(clause, tint.item)
        ]
    if clause.has("replace") and clause.has("to"):
        turn = next(item.start for item in clause.items if item.role == "to")
        clause.wishes = [wish for wish in clause.wishes if wish.item.start > turn]


def _describe_colours(clause: Clause) -> None:
    """Let what is said of the colours be about their strength: flat colours are pale ones, loud colours strong ones."""
    named = [wish for wish in clause.wishes if wish.item.role == "dials" and _is_colour(wish) and not wish.sign]
    said = [wish for wish in clause.wishes if wish.item.role in (*ADJECTIVES, "faults") and not _tells_colour(wish)]
    if named and said and not clause.keeps:
        clause.wishes = [wish for wish in clause.wishes if wish not in named]
        for wish in said:
            wish.terms = (Term("saturation", wish.terms[0].direction, wish.terms[0].strength),)


def _is_colour(wish: Wish) -> bool:
    return all(term.attribute == "saturation" for term in wish.terms)


def _tells_colour(wish: Wish) -> bool:
    return not wish.terms or any(term.attribute in ("saturation", "colour", "warmth", "tint") for term in wish.terms)


def _doubt_unknown_states(clause: Clause) -> None:
    """Leave a noun undecided where what is said of it is not understood ("the contrast is zebra")."""
    for wish in clause.wishes:
        following = [each.role for each in clause.items if each.start > wish.item.start]
        after = [role for role in following if role not in ("filler", "intensities", "too")]
        told = after == ["copula", ""] or (after == [""] and wish.item.text.lower().endswith("'s"))
        if wish.item.role == "nouns" and not wish.directed and not wish.limit and told:
            wish.sign = 0


def _falls_short(clause: Clause) -> bool:
    """Whether a comparison tells how the photo is beside what it should be ("darker than it was")."""
    told = next((at for at, item in enumerate(clause.items) if item.role == "copula"), len(clause.items))
    compares = any(item.text.lower() == "than" for item in clause.items[told:])
    return not clause.has("wish", "past") and (compares or clause.has("yardstick"))


def _negate(clause: Clause) -> None:
    """Let a negation that stands after everything hold for it all ("vignette no", and in Korean "too yellow not")."""
    if clause.has("too") and clause.items[-1].role == "not":
        for wish in clause.wishes:
            wish.limit, wish.sign = True, 1
        for tint in clause.tints:
            tint.limit, tint.complaint = True, False
    settled = any(wish.limit or wish.sign < 0 or wish.directed for wish in clause.wishes)
    settled |= any(tint.limit or tint.complaint for tint in clause.tints)
    denial = max((at for at, item in enumerate(clause.items) if item.role in ("not", "limit")), default=0)
    denies = any(not item.role and not item.mark for item in clause.items[denial + 1 :])
    if clause.negated and not settled and not denies and not clause.has("faults"):
        for wish in clause.wishes:
            wish.limit = True
        for tint in clause.tints:
            tint.limit = True


def _states_a_lack(clause: Clause, wish: Wish) -> bool:
    """Whether "it is not sharp" complains of what is missing."""
    denials = [plain(item.text) for item in clause.items if item.role in ("not", "limit")]
    short = any(denial in SHORT or denial.split()[0] in STATING for denial in denials)
    mild = any(item.role == "limit" and plain(item.text).split()[0] not in STATING for item in clause.items)
    return wish.item.role in ADJECTIVES and not clause.has("wish") and not mild and (short or clause.has("copula"))


def _makes_not(clause: Clause, wish: Wish) -> bool:
    """Whether "make it not so dark" and "I don't want it this dark" ask for the opposite."""
    denial = next((item for item in clause.items if item.role in ("not", "limit")), wish.item)
    made = any(item.text.lower() in ("make", "get", "get it") and item.start < denial.start for item in clause.items)
    before = clause.items[clause.items.index(wish.item) - 1].text.lower()
    refused = plain(denial.text).endswith(("dont want", "do not want")) and before in ("so", "this", "that")
    return refused or (made and wish.item.role == "complaints")


def _mind_subjects(clause: Clause) -> None:
    """Take "the reds have gone wild" for a complaint: of a colour that should stay, something else is said."""
    if (
        clause.wishes
        or clause.keeps
        or clause.negated
        or not clause.has("copula")
        or clause.has("wish", *SIGNS, "past")
    ):
        return
    told = next(item.start for item in clause.items if item.role == "copula")
    for tint in clause.tints:
        if tint.plural and _is_undecided(tint) and tint.item.start < told:
            tint.complaint = True


def _is_past(clause: Clause, item: Item) -> bool:
    at = clause.items.index(item)
    return any(each.role == "past" for each in clause.items[max(0, at - 3) : at])
