"""The tool library, one file an axis; importing it fills `tools.declare.REGISTRY`.

To add a tool, write a function under `@tool(...)` in the file of its axis; see `tools/declare.py`.
"""

from tools.library import atmosphere, colours, detail, light, matching, medium, optics, scene_actions  # noqa: F401
