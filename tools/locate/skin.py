"""Skin: of a colour that melanin and blood give, smooth, in compact pieces."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import colour
from tools.locate.faces import Face
from tools.locate.plane import feathered, finite, gradient, roughness
from tools.ramps import band, smooth_step
from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

WORKING_PX = 256
"""Long side of the copy on which colour and texture are measured."""
LEAST_SHARE = 0.0025
"""Smallest piece of skin, as a share of the picture."""
MOST_SHARE = 0.62
"""Largest piece: more of the colour of skin is a wall, sand or a lamp."""
LEAST_PART = 0.4
"""Where less than this part of all that has the colour of skin has also its shape, the light or the room is warm."""


def skin(srgb: FloatImage, faces: Sequence[Face] = ()) -> FloatPlane:
    """Mask of faces and bare skin.

    A colour model finds candidates; roughness, size and shape then reject wood, sand, brick and fur where they can.
    Where faces were found, these are skin with all that has their colour and joins them, and nothing else is that has
    quite another colour.

    Args:
        srgb: `(H, W, 3)`, encoded.
        faces: those found in it.

    Returns:
        `(H, W) float32` in [0, 1].
    """
    srgb = finite(srgb)
    small = colour.srgb_to_oklab(reduced(srgb, WORKING_PX))
    if min(small.shape[:2]) < 8:
        return np.zeros(srgb.shape[:2], np.float32)
    likely = skin_colour(small) * evenness(small[..., 0])
    found = likely * bodies(likely, small)
    if faces:
        apart = np.stack([distance_from(face, small) for face in faces])
        joined = [heads(face, smooth_step(each, 3.8, 2.2)) for face, each in zip(faces, apart, strict=True)]
        found = np.maximum(found * smooth_step(apart.min(axis=0), 8, 5), np.max(joined, axis=0))
    return feathered(found, srgb, edge=0.02)


def distance_from(face: Face, oklab: FloatImage) -> FloatPlane:
    """How far each pixel's colour, relative to its lightness, is from those of a face, in their own spread.

    In the face itself what is redder is as near: lips and cheeks.
    """
    tint = oklab[..., 1:] / np.maximum(oklab[..., :1], 0.2)
    core = face.ellipse(tint.shape, 0.7) > 0
    middle = np.median(tint[core], axis=0)
    spread = np.maximum(1.5 * np.median(np.abs(tint[core] - middle), axis=0), 0.014)
    off = (tint - middle) / spread
    redder = (off[..., 0] > 0) & (face.ellipse(tint.shape, 0.8) > 0)
    off[redder, 0] = 0
    dark = smooth_step(oklab[..., 0], 0.15, 0.3)
    return np.sqrt(np.square(off).sum(axis=2)) + 9 * (1 - dark)


def heads(face: Face, likely: FloatPlane) -> FloatPlane:
    """A face with brow and neck, and what joins it if that is no more than a person shows."""
    whole = face.ellipse(likely.shape, 1.35)
    mask = cv2.morphologyEx((likely > 0.5).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(mask, connectivity=4)
    at_face = np.unique(labels[(face.ellipse(likely.shape, 0.7) > 0) & (mask > 0)])
    joins = np.isin(labels, at_face) & (mask > 0) & (face.ellipse(likely.shape, 2.4) > 0)
    fits = joins.sum() < 3.5 * whole.sum()
    return likely * np.maximum(whole, joins if fits else 0)


def skin_colour(oklab: FloatImage) -> FloatPlane:
    """Likelihood of skin by colour: one narrow band of hue at all tones, paler where it is very light or very dark.

    Tones from deep to fair differ in lightness far more than in hue (Kakumanu, Makrogiannis and Bourbakis, "A survey
    of skin-color modeling and detection methods", Pattern Recognition 2007).
    """
    lightness = oklab[..., 0]
    hue, vivid = colour.hue_degrees(oklab), colour.chroma(oklab)
    most = 0.085 + 0.04 * smooth_step(lightness, 0.3, 0.6) - 0.05 * smooth_step(lightness, 0.75, 0.92)
    least = 0.028 - 0.006 * smooth_step(lightness, 0.8, 0.92)
    return (
        band(hue, 24, 60, 9)
        * smooth_step(lightness, 0.27, 0.38)
        * smooth_step(lightness, 0.97, 0.93)
        * smooth_step(vivid - least, -0.008, 0.006)
        * smooth_step(vivid - most, 0.015, 0)
    )


def evenness(lightness: FloatPlane) -> FloatPlane:
    """1 where lightness hardly varies within a few px, 0 in brick, bark and fur."""
    return smooth_step(roughness(lightness, 2), 0.12, 0.06)


def bodies(likely: FloatPlane, oklab: FloatImage) -> NDArray[np.bool_]:
    """Pieces of a likelihood that have the size, the shape and the outline of a face, an arm or a body."""
    mask = cv2.morphologyEx((likely > 0.4).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    steps = colour_gradient(oklab)
    kept = np.zeros(count, bool)
    for piece in range(1, count):
        left, top, across, down, area = (int(value) for value in boxes[piece])
        if not LEAST_SHARE < area / mask.size < MOST_SHARE:
            continue
        window = np.s_[max(top - 2, 0) : top + down + 2, max(left - 2, 0) : left + across + 2]
        kept[piece] = is_body((labels[window] == piece).astype(np.uint8), steps[window], mask.shape)
    found = kept[labels]
    if found.sum() < LEAST_PART * mask.sum():
        return np.zeros(mask.shape, bool)
    return cv2.dilate(found.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def is_body(piece: NDArray[np.uint8], steps: FloatPlane, frame: tuple[int, ...]) -> bool:
    """Whether a piece is compact and set off from what is around it, and not as flat or as rough inside as a thing.

    Args:
        piece: its mask in its own window, 0 or 1.
        steps: colour gradient in that window.
        frame: height and width of the picture.
    """
    contour = max(cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
    (_, (one, other), _) = cv2.minAreaRect(contour)
    solidity = cv2.contourArea(contour) / max(cv2.contourArea(cv2.convexHull(contour)), 1)
    inside = cv2.erode(piece, np.ones((3, 3), np.uint8)) > 0
    rim = (cv2.dilate(piece, np.ones((3, 3), np.uint8)) > 0) & ~inside
    if not inside.any():
        return False
    outline, flesh = float(np.median(steps[rim])), float(np.median(steps[inside]))
    wide = max(piece.shape[0] / frame[0], piece.shape[1] / frame[1]) > 0.95
    return (
        solidity > 0.66
        and max(one, other) < 4 * max(min(one, other), 1)
        and outline > max(0.02, 1.3 * flesh)
        and 0.0095 < flesh < 0.036
        and not wide
    )


def colour_gradient(oklab: FloatImage) -> FloatPlane:
    """Largest gradient of lightness, a and b a pixel."""
    return np.maximum.reduce([gradient(np.ascontiguousarray(oklab[..., axis])) for axis in range(3)])
