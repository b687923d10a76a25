"""Faces that look at the lens, found by a cascade of small binary patterns.

Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features" (CVPR 2001), with the cascade of
Puttemans, Ergun and Goedeme (VISAPP 2017; the licence stands in the file): 54 KB, and it rather misses a face, in
profile or small and tilted, than finds one in bark or stone.
"""

from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.locate.plane import finite
from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

WORKING_PX = 400
"""Long side of the copy that is searched."""
LEAST_PX = 24
"""Smallest face on that copy."""
TILTS_DEGREES = (-27, 27)
"""How far heads are taken to lean; the cascade itself forgives about 12 degrees."""
CASCADE = Path(__file__).parent / "lbpcascade_frontalface_improved.xml"


Grey = NDArray[Any]
"""`(H, W)`, 8 bits."""


class Face(NamedTuple):
    """A face from ear to ear and from brow to chin; numbers are fractions of the picture's width and height."""

    x: float
    """Centre."""
    y: float
    across: float
    down: float

    def ellipse(self, shape: tuple[int, ...], scale: float = 1.0) -> FloatPlane:
        """Mask of the face, or of an ellipse `scale` times as large, in a picture of this shape; of 0 and 1."""
        height, width = shape[:2]
        y, x = np.ogrid[0:height, 0:width]
        dx = ((x + 0.5) / width - self.x) / (0.5 * scale * self.across)
        dy = ((y + 0.5) / height - self.y) / (0.5 * scale * self.down)
        return (dx * dx + dy * dy <= 1).astype(np.float32)


def faces(srgb: FloatImage) -> tuple[Face, ...]:
    """Find faces in `(H, W, 3)` encoded sRGB: upright ones of any size or, where there are none, large ones askew."""
    small = reduced(cv2.cvtColor(finite(srgb), cv2.COLOR_RGB2GRAY), WORKING_PX)
    if min(small.shape) < LEAST_PX:
        return ()
    grey = cv2.equalizeHist(np.round(255 * np.clip(small, 0, 1)).astype(np.uint8))
    cascade = cv2.CascadeClassifier(str(CASCADE))  # one a call: it is not safe to share between threads
    askew = (_found_askew(cascade, grey, tilt) for tilt in TILTS_DEGREES)
    return _found(cascade, grey) or next(filter(None, askew), ())


def _found(cascade: cv2.CascadeClassifier, grey: Grey) -> tuple[Face, ...]:
    """Upright faces."""
    height, width = grey.shape
    boxes = cascade.detectMultiScale(grey, 1.15, 3, minSize=(LEAST_PX, LEAST_PX))
    return tuple(
        Face((left + across / 2) / width, (top + 0.52 * down) / height, 0.8 * across / width, 1.05 * down / height)
        for left, top, across, down in (tuple(map(float, box)) for box in boxes)
    )


def _found_askew(cascade: cv2.CascadeClassifier, grey: Grey, tilt_degrees: float) -> tuple[Face, ...]:
    """Faces that are upright once the picture is turned, sought on a copy of half the size."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = half.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt_degrees, 1)
    back = cv2.invertAffineTransform(turn)
    turned = cv2.warpAffine(half, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    placed = ((face, back @ (face.x * width, face.y * height, 1)) for face in _found(cascade, turned))
    return tuple(face._replace(x=float(x) / width, y=float(y) / height) for face, (x, y) in placed)
