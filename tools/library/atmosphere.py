"""Atmosphere: haze, fog and shafts of light between the lens and the scene; computed in linear light."""

from typing import Annotated, Literal

import cv2
import numpy as np

from tools import colour
from tools.declare import choice, number, tool
from tools.library.detail import grain_kept
from tools.library.guided import along_edges, line_along, on_line
from tools.library.light import relit
from tools.maps import MIN_COVERAGE
from tools.ramps import smooth_step
from tools.rows import Changed, Rows, once, reduced, thinned
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

Source = Literal["brightest", "top_left", "top", "top_right", "left", "right"]
_SOURCES: dict[str, tuple[float, float]] = {
    "top_left": (0.08, -0.08),
    "top": (0.5, -0.15),
    "top_right": (0.92, -0.08),
    "left": (-0.08, 0.3),
    "right": (1.08, 0.3),
}
"""Where the named sources stand, as fractions of width and height."""
_COPY_PX = 512
"""Long side of the reduced copy on which air and shafts are found."""
_SAMPLE_PIXELS = 40_000
"""Pixels of which mean and contrast are taken."""
_HAZY = (0.12, 0.37)
"""Oklab lightness of the darkest hundredth from which on a veil lies over the whole photo, little to much."""


@tool(axis="atmosphere", space="linear")
def dehaze(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ clears haze, - adds a veil")] = 0.0,
) -> Rows:
    """Clear the haze of distance, or veil the scene in it.

    Dark channel prior: He, Sun and Tang, "Single Image Haze Removal Using Dark Channel Prior" (CVPR 2009), with the
    transmission laid along edges by a guided filter.
    """
    return cleared(image, scene, amount)


@tool(axis="atmosphere", space="linear")
def fog(
    image: Rows,
    scene: Scene,
    *,
    density: Annotated[float, number(0, 100, "%", "how thick it is; 100 hides the distance")] = 0.0,
) -> Rows:
    """Fill the scene with fog that thickens with distance.

    Koschmieder's law (1924): what is seen is the scene times the transmission plus the air's own light.
    """
    return fogged(image, scene, 3.4 * density / 100, drift=0.25)


@tool(axis="atmosphere", space="linear")
def light_rays(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "%", "brightness of the shafts")] = 0.0,
    source: Annotated[Source, choice("where the light comes from")] = "brightest",
) -> Rows:
    """Let shafts of light fall from a bright source through the air.

    Mitchell, "Volumetric Light Scattering as a Post-Process" (GPU Gems 3, 2007): lights smeared away from the source.
    """
    return shone_through(image, scene, amount, source)


def cleared(linear: Rows, scene: Scene, amount: float) -> Rows:
    """See `dehaze`."""
    air = np.maximum(np.array(scene.statistics.airlight, np.float32), np.float32(0.12))
    veil = np.float32(np.clip(air.mean(), 0.15, 0.75)) * np.array([0.97, 1.0, 1.04], np.float32)

    def veiled(linear: FloatImage, depth: FloatPlane) -> FloatImage:
        clear = np.exp(np.float32(amount / 100) * (0.35 + 0.75 * depth))[..., None]
        return linear * clear + veil * (1 - clear)

    def unveiled(linear: FloatImage, clear: FloatPlane) -> FloatImage:
        result = (linear - air) / clear[..., None] + air
        return np.maximum(result, np.minimum(linear, 0.35 * np.maximum(linear, 0)))

    if amount < 0:
        return _look_kept(linear, Changed(veiled, linear, scene.depth()), scene, contrast=0.8)
    clearer = Changed(unveiled, linear, transmission(linear, scene, air, 0.95 * amount / 100))
    hazy = float(np.interp(scene.statistics.percentiles[0], _HAZY, (0, 1)))
    return _look_kept(linear, clearer, scene, contrast=1 - hazy, colours=1 - hazy)


def shone_through(linear: Rows, scene: Scene, amount: float, source: Source = "brightest") -> Rows:
    """See `light_rays`."""
    x, y = _brightest_place(scene) if source == "brightest" else _SOURCES[source]
    colour_of_light = np.float32(0.95 * amount / 100) * np.array([1.0, 0.86, 0.62], np.float32)

    def lit(linear: FloatImage, shafts: FloatPlane) -> FloatImage:
        return linear + shafts[..., None] * colour_of_light * (1 - np.clip(linear, 0, 1))

    return Changed(lit, linear, scene.fit(_shafts(reduced(linear, _COPY_PX), scene, x, y)))


def fogged(
    linear: Rows,
    scene: Scene,
    thickness: float,
    *,
    near: float = 0.07,
    drift: float = 0.0,
    tint: tuple[float, float, float] = (0.97, 1.0, 1.03),
    profile: Rows | None = None,
) -> Rows:
    """Lay fog over linear light.

    Args:
        linear: the picture.
        scene: its scene.
        thickness: optical depth at the far end.
        near: share of it in front of the nearest things.
        drift: how patchy it is, 0 to 1.
        tint: colour of the air's light against grey.
        profile: density of the air at each pixel, where the depth cue alone does not say.
    """
    air = air_light(scene) * np.array(tint, np.float32)

    def patchy(broad: FloatPlane, fine: FloatPlane) -> FloatPlane:
        return np.exp(np.float32(drift) * np.clip(0.6 * broad + 0.4 * fine, -2, 2))

    def foggy(linear: FloatImage, line: FloatImage, soft: FloatImage, *densities: FloatPlane) -> FloatImage:
        distance = np.clip(on_line(_guide(linear), line), 0, 1)
        depth = np.float32(thickness) * (near + (1 - near) * distance**1.6)
        for density in densities:
            depth = depth * density
        clear = np.exp(-depth)[..., None]
        scattered = linear + smooth_step(depth, 0.3, 2.5)[..., None] * (soft - linear)
        return scattered * clear + air * (1 - clear)

    line = line_along(scene.maps.depth, Changed(_guide, linear, plane=True), 0.012, 0.05)
    densities = [] if profile is None else [profile]
    if drift:
        densities.append(Changed(patchy, scene.noise(0.22), scene.noise(0.09)))
    return Changed(foggy, linear, line, scene.spread(linear, (0.004, 1)), *densities)


def air_light(scene: Scene) -> np.float32:
    """Luminance of lit air: near white by day, as dim as the scene at night."""
    return np.float32(0.02 + 0.72 * (1 - np.exp(-max(scene.statistics.mean_luminance, 0) / 0.16)))


def transmission(linear: Rows, scene: Scene, air: FloatPlane, share: float) -> Rows:
    """Share of the scene's own light that reaches the lens, `(H, W)`; skies, which are all air, are spared."""
    small = reduced(linear, _COPY_PX)
    side = 2 * max(1, round(0.012 * max(small.shape[:2]))) + 1
    dark = cv2.erode(np.clip(small / air, 0, 1).min(axis=2), np.ones((side, side), np.uint8))
    clear = 1 - np.float32(share) * dark
    fine = along_edges(clear, Changed(_guide, linear, plane=True), 0.03, 0.03)
    return Changed(lambda fine, sky: np.clip(fine, 0.38 + 0.34 * sky, 1), fine, sky_plane(scene))


def sky_plane(scene: Scene) -> Rows:
    """Mask of the sky at the size of the picture; zeros where there is none."""
    if scene.maps.coverage("sky") < MIN_COVERAGE:
        return np.broadcast_to(np.float32(0), (scene.height, scene.width))
    return scene.mask("sky")


def _guide(linear: FloatImage) -> FloatPlane:
    """Tones along whose edges air is laid, so that fog does not bleed around what stands near."""
    return colour.cube_root(colour.luminance(linear))


def _look_kept(before: Rows, after: Rows, scene: Scene, *, contrast: float, colours: float = 1.0) -> Rows:
    """Give linear light that gained or lost a veil back its brightness, its grain, and of the rest as much as is said.

    Haze takes contrast and colour, and clearing it returns them; but both have tools of their own.

    Args:
        before: the picture.
        after: the same with more or less of a veil.
        scene: its scene.
        contrast: exponent of the change of contrast that is taken back.
        colours: share of the change of colours that is taken back.
    """
    old, new = (_lightness_of(thinned(linear, _SAMPLE_PIXELS)) for linear in (before, after))
    mean, mean_after = float(old.mean()), float(new.mean())
    spread = np.float32(np.clip((old.std() / max(float(new.std()), 1e-4)) ** contrast, 0.5, 2))

    def toned(before: FloatImage, after: FloatImage) -> FloatPlane:
        lightness = _lightness_of(before)
        change = mean + spread * (_lightness_of(after) - mean_after) - lightness
        rise, room = np.maximum(change, 0), np.maximum(1 - lightness, np.float32(0.01))
        return lightness + np.minimum(change, rise * room / (room + rise))

    def coloured(before: FloatImage, after: FloatImage, lightness: FloatPlane) -> FloatImage:
        kept, clear = (relit(colour.linear_to_oklab(np.maximum(each, 0)), lightness) for each in (before, after))
        return colour.oklab_to_linear(clear + np.float32(colours) * (kept - clear))

    lightness = once(Changed(toned, before, after, plane=True))
    return Changed(coloured, before, after, grain_kept(Changed(_lightness_of, before, plane=True), lightness, scene))


def _lightness_of(linear: FloatImage) -> FloatPlane:
    return colour.linear_to_oklab(np.maximum(linear, 0))[..., 0]


def _brightest_place(scene: Scene) -> tuple[float, float]:
    """Centre of the brightest broad patch of the photo, as fractions of width and height; high places count more.

    Light shines on faces and white shirts, not from them.
    """
    lightness = scene.maps.oklab[..., 0]
    height, width = lightness.shape
    patch = cv2.GaussianBlur(lightness, (0, 0), max(0.04 * max(height, width), 1))
    patch = patch - np.linspace(0, 0.5, height, dtype=np.float32)[:, None]
    if scene.maps.coverage("skin") >= MIN_COVERAGE:
        patch = patch - scene.maps.mask("skin")
    row, column = np.unravel_index(int(np.argmax(patch)), patch.shape)
    return (float(column) + 0.5) / width, (float(row) + 0.5) / height - 0.04


def _shafts(small: FloatImage, scene: Scene, x: float, y: float) -> FloatPlane:
    """Brightness of the shafts on a reduced copy, [0, 1]."""
    height, width = small.shape[:2]
    luminance = np.clip(colour.luminance(small), 0, 1)
    high = float(np.quantile(luminance, 0.97))
    lights = smooth_step(luminance, 0.35 * high, max(high, 0.02))
    centre = (x * width, y * height)
    columns = np.arange(width, dtype=np.float32) + 0.5 - centre[0]
    rows = np.arange(height, dtype=np.float32)[:, None] + 0.5 - centre[1]
    distance = np.hypot(columns, rows) / np.float32(np.hypot(height, width))
    lights = lights * np.exp(-2.2 * distance) + 0.35 * np.exp(-((distance / 0.35) ** 2))
    fan = _fan(np.arctan2(rows, columns), scene)
    smeared = _smear_outward(lights.astype(np.float32), centre)
    shafts = smeared * (0.35 + 0.65 * fan) * np.exp(-1.1 * distance)
    veil = np.quantile(shafts, 0.4)  # shadows between the shafts stay dark
    return np.clip(shafts - veil, 0, 1)


def _smear_outward(plane: FloatPlane, centre: tuple[float, float]) -> FloatPlane:
    """Radial blur: each pass doubles the length, so that six passes weigh 64 samples."""
    height, width = plane.shape
    scale = 1.012
    for _ in range(6):
        matrix = np.array([[scale, 0, centre[0] * (1 - scale)], [0, scale, centre[1] * (1 - scale)]])
        moved = cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        plane = (0.55 * plane + 0.45 * moved).astype(np.float32)
        scale = min(scale * scale, 1.6)
    return plane


def _fan(angle: FloatPlane, scene: Scene) -> FloatPlane:
    """Irregular bright and dark sectors around the source."""
    random = scene.random()
    fan = np.zeros_like(angle)
    for waves in (7, 13, 23, 37, 53):
        fan += np.float32(random.uniform(0.5, 1.0)) * np.sin(waves * angle + np.float32(random.uniform(0, 6.28)))
    return smooth_step(fan, -1.8, 2.2)
