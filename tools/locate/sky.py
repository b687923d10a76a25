"""The sky: smooth, connected to the top, of a colour that air has."""

import numpy as np
from numpy.typing import NDArray

from tools.locate.plane import finite, matted
from tools.locate.segments import LEAST_PX, Segments
from tools.ramps import band, smooth_step
from tools.types import FloatImage, FloatPlane


def sky(oklab: FloatImage, pieces: Segments) -> FloatPlane:
    """Mask of the sky: blue, overcast, sunset or night.

    Args:
        oklab: `(H, W, 3)`.
        pieces: its segments.

    Returns:
        `(H, W) float32` in [0, 1]; all 0 where it might as well be a wall or a backdrop.
    """
    oklab = finite(oklab)
    if min(pieces.labels.shape) < LEAST_PX:
        return np.zeros(oklab.shape[:2], np.float32)
    air = air_likeness(pieces)
    chosen = grown(pieces, air)
    if sky_evidence(pieces, chosen) < 0:
        return np.zeros(oklab.shape[:2], np.float32)
    return matted(pieces.paint(chosen | seen_through(pieces, chosen, air)), oklab)


def air_likeness(pieces: Segments) -> FloatPlane:
    """How much each segment looks like air by colour and smoothness alone, 0 to 1."""
    lightness, a, b = pieces.colours.T
    hue = np.degrees(np.arctan2(b, a)) % 360
    vivid = np.hypot(a, b)
    typical = float(np.median(pieces.oklab[..., 0]))
    blue = band(hue, 215, 290, 20) * smooth_step(vivid, 0.012, 0.03) * smooth_step(lightness, 0.2, 0.35)
    pale = smooth_step(vivid, 0.05, 0.03) * smooth_step(lightness, min(0.55, typical), min(0.7, typical + 0.1))
    warm = (
        (1 - band(hue, 100, 210, 10))
        * smooth_step(lightness, typical - 0.05, typical + 0.05)
        * smooth_step(lightness, 0.3, 0.5)
    )
    night = (
        smooth_step(lightness, 0.4, 0.3)
        * smooth_step(vivid, 0.1, 0.06)
        * (1 - band(hue, 60, 200, 20) * smooth_step(vivid, 0.01, 0.02))
    )
    dusk = band(hue, 270, 360, 20) * smooth_step(vivid, 0.02, 0.05) * smooth_step(pieces.texture, 0.01, 0.006)
    tint = np.maximum.reduce([blue, pale, 0.8 * warm, 0.7 * night, dusk])
    smooth = smooth_step(pieces.texture, 0.045, 0.014)
    return tint * smooth


def grown(pieces: Segments, air: FloatPlane) -> NDArray[np.bool_]:
    """Segments of air that touch the top of the frame, and those of air reached from them.

    The sky lightens towards the horizon, so a piece below the sky that is clearly darker is land or water; and its
    hue drifts, so a piece of quite another colour is something else, unless it is as pale as a cloud.
    """
    lightness, tint = pieces.colours[:, 0], pieces.colours[:, 1:]
    darker = lightness[None, :] < lightness[:, None] - 0.05
    below = pieces.depth[None, :] > pieces.depth[:, None]
    cloud = (np.hypot(*tint.T) < 0.04) & (tint[:, 1] < 0.012)
    other = np.linalg.norm(tint[None] - tint[:, None], axis=2) > np.where(cloud, 0.16, 0.05)[None, :]
    leap = np.abs(lightness[None] - lightness[:, None]) > 0.3
    passable = pieces.neighbours & ~(darker & below) & ~other & ~leap & (air > 0.4)[None, :]
    contact = pieces.contact(pieces.labels[0]) * (air > 0.35)
    main = tint[np.argmax(contact)]
    chosen = (contact > 0.02) & (np.linalg.norm(tint - main, axis=1) < 0.12)
    while True:
        reached = chosen | passable[chosen].any(axis=0)
        if (reached == chosen).all():
            return chosen
        chosen = reached


def seen_through(pieces: Segments, chosen: NDArray[np.bool_], air: FloatPlane) -> NDArray[np.bool_]:
    """Pieces of the sky cut off by cables, branches or arches: air of the colour of the sky at about its height."""
    step = np.linalg.norm((pieces.colours[:, None] - pieces.colours[None, chosen]) * (1, 2, 2), axis=2)
    level = np.abs(pieces.depth[:, None] - pieces.depth[None, chosen])
    return (air > 0.3) & ((step < 0.05) & (level < 0.2)).any(axis=1)


def sky_evidence(pieces: Segments, chosen: NDArray[np.bool_]) -> float:
    """Balance of what speaks for a sky against what speaks for a wall, water or a backdrop; above 0 it is a sky.

    A sky spans the top and not the bottom, is brighter than the land, blue rather than warm, smooth, and ends at a
    height that varies little from column to column; one that fills the frame has no land to be compared with.
    Weights: logistic regression on 214 photos, rounded; the constant is set so that a false sky is rarer than a missed
    one.
    """
    mask = pieces.paint(chosen) > 0
    if not chosen.any() or mask.all():
        return -1.0
    lightness, a, b = (pieces.oklab[..., axis] for axis in range(3))
    hue = np.degrees(np.arctan2(b, a)) % 360
    blue = band(hue, 215, 290, 20) * smooth_step(np.hypot(a, b), 0.02, 0.05)
    height = mask.shape[0]
    ends = np.where(mask.any(axis=0), height - np.argmax(mask[::-1], axis=0), 0) / height
    texture = float(np.average(pieces.texture[chosen], weights=pieces.pixels[chosen]))
    land = float(smooth_step(1 - mask.mean(), 0.15, 0.25))
    return float(
        -2.4
        + 3.3 * mask[:3].mean()
        - 3.1 * land * mask[-3:].mean()
        + 2.9 * land * (lightness[mask].mean() - lightness[~mask].mean())
        + 2.8 * blue[mask].mean()
        - 0.9 * smooth_step(b, 0.01, 0.04)[mask].mean()
        - 84 * texture
        - 3.7 * ends.std()
    )
