"""The request parser: a person's sentence in, goals, effects and keeps out.

```
parse_request("darken the sky and warm the faces, but keep the highlights")
# goals: brightness- in sky, warmth+ on skin; keeps: highlights
```

Five stages. `words` cuts the text into tokens. `match` finds the longest phrase of the lexicon at every token, whose
role says what it does in a sentence (`lexicon`; the words themselves are data in `tools/lexicon/`), and `likeness`
lets a bare list of things speak of a look. `clause` cuts the items into clauses, after `small_words` has settled what
hangs on its neighbours ("so dark", "so that"). `reader` reads each clause from left to right with `wishing` (wishes,
complaints, limits, faults) and `naming` (colours, places, things), by how it speaks (`telling`), finds new and lost
content (`change`), and `endings` settles what stands open; `mending` takes for wrong what the next clause asks to put
right. `scope` carries places between clauses, `colours` says what a named colour asks for, and `resolve` writes the
request, with `conflicts` and `limits` where words disagree.
"""

from tools.request.parse import parse_request

__all__ = ["parse_request"]
