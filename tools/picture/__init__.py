"""Reading and writing photographs without losing what a photographer cares about.

photo = load(Path("coast.jpg"))      # upright, in its own colour space, 8 or 16 bits
save(photo, Path("out.png"))         # atomic: a killed process leaves no half-written file

`picture` holds the photograph, `profile` its colours, `metadata` what is written about it; `reading` and `writing` deal
with files.
"""

from tools.picture.jpeg import BEST_QUALITY
from tools.picture.picture import PROXY_PX, Picture, reduce_to, to_float, to_pillow, to_uint8
from tools.picture.reading import BROKEN, HEIC_SUFFIXES, MAX_BYTES, MAX_PIXELS, READ_SUFFIXES, decode, load
from tools.picture.writing import FORMATS, encode, encoded, output_format, save, write_atomically

__all__ = [
    "BEST_QUALITY",
    "BROKEN",
    "FORMATS",
    "HEIC_SUFFIXES",
    "MAX_BYTES",
    "MAX_PIXELS",
    "PROXY_PX",
    "READ_SUFFIXES",
    "Picture",
    "decode",
    "encode",
    "encoded",
    "load",
    "output_format",
    "reduce_to",
    "save",
    "to_float",
    "to_pillow",
    "to_uint8",
    "write_atomically",
]
