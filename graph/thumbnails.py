"""Thumbnails: previews at half their size, for traces and for whoever watches."""

import cv2
import numpy as np

QUALITY = 80


def thumbnail(preview: bytes) -> bytes:
    """A JPEG of at most 512 px as one of at most 256 px."""
    small = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    assert small is not None
    _, encoded = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    return encoded.tobytes()
