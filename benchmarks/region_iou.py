"""How well the region masks agree with masks drawn by hand: intersection over union (IoU), photo by photo.

python -m benchmarks.region_iou                        # table and means
python -m benchmarks.region_iou --sheet overlays.png   # and a picture of every mask, hand-drawn outlines in white
python -m benchmarks.region_iou --fetched DIR          # and photos that are not bundled; see masks/fetched/SOURCES.md

The hand-drawn masks are polygons in `tests/tools/masks/PHOTO.json`, corners as fractions of width and height. An empty
list says that the region is not in the photo; a region that is not listed is ambiguous there and not judged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import click
import cv2
import numpy as np

from tools.maps import MIN_COVERAGE, Maps
from tools.picture import PROXY_PX, load, reduce_to
from tools.types import FloatImage, FloatPlane

ROOT = Path(__file__).parent.parent
PHOTOS = ROOT / "photos"
MASKS = ROOT / "tests" / "tools" / "masks"
REGIONS = ("sky", "foliage", "skin", "subject")
TILE_PX = 256

Polygons = list[list[list[float]]]


@dataclass(frozen=True)
class Agreement:
    """One region of one photo: what was found against what was drawn."""

    photo: str
    region: str
    srgb: FloatImage
    found: FloatPlane
    drawn: FloatPlane

    @property
    def present(self) -> bool:
        """Whether the region is in the photo, by the drawn mask."""
        return bool(self.drawn.any())

    @property
    def iou(self) -> float:
        """Intersection over union of the masks at one half; of two empty masks it is 1."""
        found, drawn = self.found > 0.5, self.drawn > 0.5
        union = float((found | drawn).sum())
        return float((found & drawn).sum()) / union if union else 1.0

    @property
    def false(self) -> bool:
        """Whether a region was found that is not there."""
        return not self.present and float(self.found.mean()) >= MIN_COVERAGE


def drawn_mask(polygons: Polygons, height: int, width: int) -> FloatPlane:
    """Rasterise polygons with corners in [0, 1] to `(H, W)` of 0 and 1."""
    mask = np.zeros((height, width), np.float32)
    for polygon in polygons:
        corners = np.round(np.array(polygon) * (width - 1, height - 1)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1.0)
    return mask


def agreements(photos: Path = PHOTOS, masks: Path = MASKS) -> Iterator[Agreement]:
    """Compare every drawn region of every photo; photos that are not there are named and left out."""
    for path in sorted(masks.glob("*.json")):
        photo = photos / f"{path.stem}.jpg"
        if not photo.exists():
            click.echo(f"{photo} is not there", err=True)
            continue
        drawn: dict[str, Polygons] = json.loads(path.read_text())
        srgb = reduce_to(load(photo).srgb, PROXY_PX)
        maps = Maps(srgb)
        shares = maps.present()
        for region in REGIONS:
            if region in drawn:
                found = maps.mask(region) if region in shares else np.zeros(srgb.shape[:2], np.float32)
                yield Agreement(path.stem, region, srgb, found, drawn_mask(drawn[region], *srgb.shape[:2]))


def table(results: list[Agreement]) -> str:
    """IoU by photo and region; `-` where a region is rightly not found, `false` where it is not there but found."""
    cells = {(result.photo, result.region): result for result in results}
    rows = [f"{'photo':24}" + "".join(f"{region:>9}" for region in REGIONS)]
    for photo in sorted({result.photo for result in results}):
        rows.append(f"{photo:24}" + "".join(f"{_cell(cells.get((photo, region))):>9}" for region in REGIONS))
    means = [mean(result.iou for result in results if result.present and result.region == region) for region in REGIONS]
    rows.append(f"{'mean':24}" + "".join(f"{value:9.2f}" for value in means))
    present = [result.iou for result in results if result.present]
    absent = [result for result in results if not result.present]
    false = sum(result.false for result in absent)
    rows.append(f"mean of {len(present)} masks {mean(present):.3f}; false regions {false} of {len(absent)}")
    return "\n".join(rows)


def _cell(result: Agreement | None) -> str:
    if result is None:
        return ""
    if result.present:
        return f"{result.iou:.2f}"
    return "false" if result.false else "-"


def sheet(results: list[Agreement]) -> FloatImage:
    """Contact sheet of overlays, `(H, W, 3)` 8-bit sRGB; found in magenta, drawn outlined in white."""
    tiles = [_tile(result) for result in results if result.present or result.false]
    columns = 5
    blank = np.full_like(tiles[0], 255)
    tiles += [blank] * (-len(tiles) % columns)
    return np.concatenate([np.concatenate(tiles[at : at + columns], axis=1) for at in range(0, len(tiles), columns)])


def _tile(result: Agreement) -> FloatImage:
    grey = result.srgb.mean(axis=2, keepdims=True)
    tint = np.array([1, 0.1, 0.6], np.float32) * 0.5 + result.srgb * 0.5
    picture = np.ascontiguousarray(grey + result.found[..., None] * (tint - grey), np.float32)
    outline = cv2.findContours((result.drawn > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    cv2.drawContours(picture, outline, -1, (1, 1, 1), 2)
    scale = (TILE_PX - 16) / max(picture.shape[:2])
    reduced = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.full((TILE_PX, TILE_PX, 3), 255, np.uint8)
    tile[16 : 16 + reduced.shape[0], : reduced.shape[1]] = (np.clip(reduced, 0, 1) * 255).round()
    label = f"{result.photo} {result.region} {result.iou:.2f}"
    cv2.putText(tile, label, (2, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return tile


@click.command()
@click.option("--fetched", type=click.Path(file_okay=False, exists=True, path_type=Path), help="Folder of more photos.")
@click.option("--sheet", "sheet_path", type=click.Path(dir_okay=False, path_type=Path), help="Write overlays here.")
def main(fetched: Path | None, sheet_path: Path | None) -> None:
    """Print IoU of the region masks on the bundled photos."""
    results = list(agreements())
    if fetched:
        results += agreements(fetched, MASKS / "fetched")
    click.echo(table(results))
    if sheet_path:
        cv2.imwrite(str(sheet_path), cv2.cvtColor(sheet(results), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
