"""The subject: what stands out from the borders of the frame, is sharp, near the centre, or a person."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import colour
from tools.locate.faces import Face
from tools.locate.plane import enlarged, feathered, finite, gradient, matted
from tools.locate.segments import LEAST_PX, Segments
from tools.locate.segments import WORKING_PX as SEGMENTS_PX
from tools.ramps import smooth_step
from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

CELLS = (20, 40, 40)
"""Into how many cells Oklab is divided, L from 0 to 1 and a, b from -0.25 to 0.25, to count which colours are where."""


def subject(
    srgb: FloatImage, pieces: Segments, sky_mask: FloatPlane, skin_mask: FloatPlane, faces: Sequence[Face] = ()
) -> FloatPlane:
    """Mask of what the picture is of.

    Saliency gives a first guess; the colours that are rather in it than outside it, smoothed along edges, correct it.

    Args:
        srgb: `(H, W, 3)`, encoded.
        pieces: its segments; saliency is measured and the cut is made at their size.
        sky_mask: `(H, W)`; the sky is never the subject.
        skin_mask: `(H, W)`; people are the subject where they are found.
        faces: those found in it; with the bodies below them they are the subject for sure.

    Returns:
        `(H, W) float32` in [0, 1]; a soft patch in the centre where nothing stands out.
    """
    srgb = finite(srgb)
    small = pieces.oklab
    if min(small.shape[:2]) < LEAST_PX:
        return np.ones(srgb.shape[:2], np.float32)
    focused = focus(np.ascontiguousarray(colour.srgb_to_oklab(srgb)[..., 0]))
    salient = saliency(pieces, focused, enlarged(sky_mask, small), enlarged(skin_mask, small))
    if faces:
        salient = people(faces, salient)
    return matted(largest_pieces(cut(small, salient, unsure=0.15 if faces else 0)), srgb)


def saliency(pieces: Segments, focused: FloatPlane, sky_mask: FloatPlane, skin_mask: FloatPlane) -> FloatPlane:
    """How much each pixel stands out, 0 to 1.

    Where the lens has set one part of the frame apart by its focus, that part is the subject, even at the border.
    """
    apart = pieces.paint(border_distance(pieces))
    sharp = pieces.paint(pieces.mean(sharpness(pieces.oklab[..., 0])))
    centre = centre_prior(*pieces.labels.shape)
    total = (0.15 + _stretched(apart)) * (0.3 + _stretched(sharp)) * centre
    people = person_prior(skin_mask) * (0.4 + 0.6 * centre)
    total = _stretched(_stretched(total) + 0.8 * people)
    shallow = set_apart(focused, sky_mask)
    in_focus = pieces.paint(pieces.mean(focused))
    return _stretched(((1 - shallow) * total + shallow * in_focus * (0.1 + total)) * (1 - sky_mask))


def border_distance(pieces: Segments) -> FloatPlane:
    """Colour contrast of each segment with the segments that lie on the border of the frame.

    The border is background (Wei et al., "Geodesic Saliency Using Background Priors", ECCV 2012): the distance is the
    cheapest path of colour steps from a segment to the border, so what the border encloses keeps its contrast.
    """
    labels = pieces.labels
    line = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    contact = pieces.contact(line)
    steps = np.linalg.norm((pieces.colours[None] - pieces.colours[:, None]) * (1, 2, 2), axis=2)
    steps = np.where(pieces.neighbours, np.maximum(steps - 0.04, 0), np.inf)
    outlying = pieces.colours[:, None] - pieces.colours[None]
    likeness = np.exp(-((np.linalg.norm(outlying * (1, 2, 2), axis=2) / 0.15) ** 2)) @ contact
    cost = np.where(contact > 0, 0.3 * np.exp(-likeness / 0.15), np.inf)
    for _ in range(pieces.count):
        shorter = np.minimum(cost, (cost[:, None] + steps).min(axis=0))
        if np.array_equal(shorter, cost):
            break
        cost = shorter
    return np.where(np.isfinite(cost), cost, 0).astype(np.float32)


def sharpness(lightness: FloatPlane) -> FloatPlane:
    """Local share of fine contrast, gathered over a neighbourhood: high where the lens is focused."""
    fine = gradient(lightness)
    return np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), 4))


def focus(lightness: FloatPlane) -> FloatPlane:
    """How well the lens is focused, 0 to 1, by how much steeper edges are than in a blurred copy; 0 without edges.

    The ratio does not depend on contrast (Zhuo and Sim, "Defocus map estimation from a single image", Pattern
    Recognition 2011).

    Returns:
        a plane of the size of `Segments`.
    """
    fine, coarse = (
        reduced(gradient(cv2.GaussianBlur(lightness, (0, 0), sigma)) ** 2, SEGMENTS_PX) for sigma in (0.5, 2)
    )
    spread = 0.012 * max(fine.shape)
    ratio = cv2.GaussianBlur(fine, (0, 0), spread) / (cv2.GaussianBlur(coarse, (0, 0), spread) + 1e-5)
    return smooth_step(np.sqrt(ratio), 1.1, 2.1)


def set_apart(focused: FloatPlane, sky_mask: FloatPlane) -> float:
    """How clearly the lens has set one part of what is not sky apart from the rest, 0 to 1."""
    ground = focused[sky_mask < 0.5]
    if ground.size < 0.2 * focused.size:
        return 0.0
    sharp, blurred = (ground > 0.7).mean(), (ground < 0.15).mean()
    return float(smooth_step(sharp, 0.02, 0.1) * smooth_step(blurred, 0.15, 0.35))


def centre_prior(height: int, width: int) -> FloatPlane:
    """Gaussian around the centre of the frame, 1 there."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    return np.exp(-(x * x + y * y) / (2 * 0.5**2)).astype(np.float32)


def person_prior(skin_mask: FloatPlane) -> FloatPlane:
    """Where people are, given their skin: there, a little around it for the hair, and fading below it for the body."""
    body = skin_mask.copy()
    fade = 0.5 ** (1 / (0.5 * body.shape[0]))
    for row in range(1, body.shape[0]):
        body[row] = np.maximum(body[row], fade * body[row - 1])
    spread = cv2.GaussianBlur(body, (0, 0), 0.06 * max(body.shape))
    return np.maximum(cv2.GaussianBlur(skin_mask, (0, 0), 3), 0.8 * spread)


def people(faces: Sequence[Face], salient: FloatPlane) -> FloatPlane:
    """Where people are, given the faces of the larger ones: heads with hair and trunks 1, what is far from them 0.

    A body is about three faces wide at the shoulders and reaches seven below the chin (Loomis, "Figure Drawing", 1943).
    """
    height, width = salient.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    tallest = max(face.down for face in faces)
    sure, reach = np.zeros_like(salient), np.zeros_like(salient)
    for face in (face for face in faces if face.down > 0.5 * tallest):
        aside = np.abs((x + 0.5) / width - face.x) / face.across
        below = ((y + 0.5) / height - face.y) / face.down
        trunk = (below > 0.9) & (below < 6) & (aside < np.clip(0.5 + 1.5 * (below - 0.9), 0, 1.5))
        around = (below > -1.4) & (below < 8) & (aside < np.clip(1.3 + (below + 0.5), 1.2, 2.6))
        crown = face._replace(y=face.y - 0.3 * face.down, across=1.25 * face.across, down=1.7 * face.down)
        sure = np.maximum.reduce([sure, crown.ellipse(salient.shape), face.ellipse(salient.shape, 1.1), trunk])
        reach = np.maximum(reach, around)
    return np.maximum(sure, 0.25 * reach + 0.5 * reach * salient)


def cut(oklab: FloatImage, salient: FloatPlane, unsure: float = 0) -> FloatPlane:
    """Binary mask of the colours of the most salient pixels, along the edges.

    Colour counts inside and outside a first guess give each pixel the odds to belong inside, and a guided filter
    smooths these (Hosni et al., "Fast Cost-Volume Filtering for Visual Correspondence and Beyond", TPAMI 2013). On the
    drawn masks that does as well as a minimal cut between mixtures of Gaussians, and it takes a tenth of the time.

    Args:
        oklab: `(h, w, 3)`.
        salient: `(h, w)`.
        unsure: share of the pixels that count for neither side; beside a face they are its shoulders and hair.
    """
    order = np.sort(salient.ravel())
    shares = 0.9, 0.65, 0.65 - unsure, 0.3
    high, middle, under, low = (float(order[int(len(order) * share)]) for share in shares)
    guess = salient > np.clip(middle, 0.25, 0.5)
    rest = ~guess & (salient <= under) if unsure else ~guess
    if not guess.any() or not rest.any():
        return salient
    cells = colour_cells(oklab)
    inside, outside = likelihood(cells, guess) + 1e-6, likelihood(cells, rest) + 1e-6
    belongs = (inside / (inside + outside)).astype(np.float32)
    belongs[salient <= min(low, 0.15)] = 0
    belongs[salient >= max(high, 0.5)] = 1
    mask = (feathered(belongs, colour.oklab_to_srgb(oklab), edge=0.03, halo=0, radius=0.04) > 0.5).astype(np.float32)
    return mask if mask.any() else salient


def colour_cells(oklab: FloatImage) -> NDArray[np.intp]:
    """Number of the cell, out of all `CELLS`, that each pixel's colour lies in."""
    place = ((oklab + np.array([0, 0.25, 0.25])) * np.array([1, 2, 2]) * np.array(CELLS)).astype(np.intp)
    return np.ravel_multi_index(tuple(np.moveaxis(place, 2, 0)), CELLS, mode="clip")


def likelihood(cells: NDArray[np.intp], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How common each pixel's colour, or one just beside it, is among the pixels `where` it is asked; adds up to 1."""
    count = np.bincount(cells[where], minlength=np.prod(CELLS)).astype(np.float64).reshape(CELLS)
    near = cv2.GaussianBlur(count, (5, 5), 1)  # over L and a, with b as the channels
    near = cv2.GaussianBlur(near.reshape(-1, CELLS[2]), (5, 1), 1)  # over b
    return near.ravel()[cells] / max(near.sum(), 1e-9)


def largest_pieces(mask: FloatPlane) -> FloatPlane:
    """Mask without crumbs: pieces of at least a tenth of the largest, their small holes filled."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((mask > 0.5).astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    area = boxes[:, cv2.CC_STAT_AREA].copy()
    area[0] = 0
    kept = (area >= 0.1 * area.max())[labels].astype(np.uint8)
    return cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.float32)


def _stretched(plane: FloatPlane) -> FloatPlane:
    low, high = np.percentile(plane, [2, 98])
    return np.clip((plane - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)
