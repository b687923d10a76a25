"""Telling the photos from the request, which a person may have mixed up."""

from pathlib import Path

from stylist.errors import Mistake, shown
from tools.picture import FORMATS


def check_words(photos: tuple[Path, ...], request: str) -> None:
    """Tell apart what a person mixes up: photos and request.

    Raises:
        Mistake: if one is missing or they are swapped.
    """
    example = "give both, the request last and in quotes, as in  stylist style photo.jpg 'warmer'"
    given = [photo for photo in photos if _is_there(photo) or _is_named_as_photo(photo)]
    if not request.strip():
        raise Mistake("the request is empty; say in words how the photo should look, such as 'a moody autumn evening'")
    if _is_named_as_photo(Path(request)) or (_is_there(Path(request)) and not Path(request).is_dir()):
        if photos and not given:
            raise Mistake(
                f"{shown(photos[0])!r} is not a photo and {request!r} is not a request; the photo comes first, as in  "
                f"stylist style {request} {shown(photos[0])!r}"
            )
        raise Mistake(f"the request is missing: the last word, {request!r}, is a photo; {example}")
    if not photos:
        raise Mistake(f"the photo is missing, there is only the request {request!r}; {example}")
    if len(given) < len(photos):
        stray = next(photo for photo in photos if photo not in given)
        raise Mistake(f"{shown(stray)!r} is not a photo; if it belongs to the request, {example}")


def _is_named_as_photo(path: Path) -> bool:
    return path.suffix.lower() in FORMATS and len(path.name.split()) == 1


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
