"""Plans as .cube files: tables of colours that photo, film and grading programs read.

Adobe, "Cube LUT Specification", version 1.0 (2013).
"""

import numpy as np

from tools import colour
from tools.declare import ToolError
from tools.engine import rehearse
from tools.maps import Maps
from tools.picture import Picture
from tools.plan import Plan
from tools.steps import composed
from tools.types import FloatImage

OPENING = "TITLE"
"""What a file begins with."""
NODES = 33
"""Along each axis of the cube, as most programs write it."""


def cube_text(proxy_srgb: FloatImage, plan: Plan, *, seed: int, maps: Maps) -> str:
    """The plan as a .cube file from encoded sRGB to encoded sRGB.

    Args:
        proxy_srgb: the photo on the proxy, `(H, W, 3)`; contrast and other steps are set by its statistics.
        plan: pointwise steps on the whole picture.
        seed: seed of the plan.
        maps: maps of the photo.

    Raises:
        ToolError: if a step looks at neighbouring pixels or acts in a region, which no table of colours can say.
    """
    prepared = rehearse(Picture(proxy_srgb), plan, seed, maps).prepared
    for ready in prepared:
        if not (ready.tool.pointwise and ready.everywhere):
            raise ToolError(
                f"a .cube file holds only colour changes of the whole picture, which {str(ready)!r} is not; "
                "leave that step out, or write a .json recipe"
            )
    axis = np.linspace(0, 1, NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    lattice = np.stack([red, green, blue], axis=-1).reshape(NODES * NODES, NODES, 3)
    changed = colour.draw_in(composed(prepared, maps)(lattice)).reshape(-1, 3)
    header = [f'{OPENING} "{" | ".join(str(ready) for ready in prepared) or "unchanged"}"', f"LUT_3D_SIZE {NODES}"]
    rows = [f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in np.clip(changed, 0, 1).tolist()]
    return "\n".join([*header, *rows]) + "\n"
