"""Where the sky, the leaves, the skin and the subject of a photo are, and what lies far.

These are cues from colour, texture and place, not recognition: each mask is right on most photos of its kind and wrong
on some. Where a cue is in doubt it says "not there", because a step on a false region is worse than a step refused.

`faces` gives ellipses, `segments` pieces of even colour by which sky and subject are found. Every other function takes
the proxy (512 px at the long side) and returns a plane `(H, W) float32` in [0, 1], feathered along the edges of the
photo. They draw no random numbers and take pictures of any size.
"""

from tools.locate.depth import depth_cue
from tools.locate.faces import Face, faces
from tools.locate.foliage import foliage
from tools.locate.segments import Segments, segments
from tools.locate.skin import skin
from tools.locate.sky import sky
from tools.locate.subject import subject

__all__ = ["Face", "Segments", "depth_cue", "faces", "foliage", "segments", "skin", "sky", "subject"]
