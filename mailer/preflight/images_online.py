"""Rules of the images in letters, where they were asked. Offline they find nothing."""

from collections.abc import Iterator

from mailer.fetching.values import Fetched, Question
from mailer.manuscript.faults import quoted
from mailer.preflight.images import sources
from mailer.preflight.online import is_cut_off, why_dead, why_failing, why_refused
from mailer.preflight.values import Found, Matter

HEAVY = 500_000  # bytes
_VECTOR = "image/svg+xml"


def dead(matter: Matter) -> Iterator[Found]:
    """Find images that nobody will see."""
    for url, fetched, names in _images(matter):
        if said := why_dead(fetched, cut_off=is_cut_off(matter)) or why_refused(fetched):
            yield _about(url, f"{said}: put it at a public address, or take it out", names)


def failing(matter: Matter) -> Iterator[Found]:
    """Find images that did not come now."""
    for url, fetched, names in _images(matter):
        if said := why_failing(fetched, cut_off=is_cut_off(matter)):
            yield _about(url, said, names)


def not_image(matter: Matter) -> Iterator[Found]:
    """Find what calls itself something else, or is of a kind that mail programs do not show."""
    for url, fetched, names in _images(matter):
        if not fetched.is_well:
            continue
        if fetched.kind == _VECTOR:
            yield _about(url, "is an SVG, which most mail programs do not show: make it a PNG", names)
        elif not fetched.kind.startswith("image/"):
            said = f"calls itself {quoted(fetched.kind)}" if fetched.kind else "does not say that it is one"
            yield _about(url, f"{said}, so programs may not show it: correct its address or its type", names)


def heavy(matter: Matter) -> Iterator[Found]:
    """Find images that take long to come."""
    for url, fetched, names in _images(matter):
        if fetched.is_well and (fetched.size or 0) > HEAVY:
            said = f"has {(fetched.size or 0) / 1000:,.0f} kB or more, and {HEAVY // 1000} are plenty"
            yield _about(url, f"{said}: make it smaller, 1,200 pixels wide at most", names)


def _images(matter: Matter) -> Iterator[tuple[str, Fetched, tuple[str, ...]]]:
    """Yield the images that were asked, what came of it, and the letters that show them."""
    for url, names in sources(matter).items() if matter.online else ():
        if fetched := matter.online.get(Question(url, image=True)):
            yield url, fetched, names


def _about(url: str, said: str, names: tuple[str, ...]) -> Found:
    return Found(f"The image {quoted(url)} {said}", variants=names)
