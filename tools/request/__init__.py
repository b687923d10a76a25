"""The request parser: a person's sentence in, goals, effects and keeps out.

```
parse_request("darken the sky and warm the faces, but keep the highlights")
# goals: brightness- in sky, warmth+ on skin; keeps: highlights
```

Five stages, a file each. `words` cuts the text into tokens. `match` finds the longest phrase of the lexicon at every
token, whose role says what it does in a sentence (`lexicon`; the words themselves are data in `tools/lexicon/*.toml`).
`reader` reads each `clause`: what is wished, how much, where, whether it is negated, a complaint or a thing to keep
(`telling` tells wishes from complaints, `change` finds new and lost content, `endings` settles what stands open).
`scope` carries places between clauses, and `resolve` settles conflicts and limits and writes the request.
"""

from tools.request.parse import parse_request

__all__ = ["parse_request"]
