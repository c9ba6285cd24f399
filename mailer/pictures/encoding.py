"""An image of any kind becomes one that every mail program shows: sRGB, no wider than a letter, light."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

# The letter's column has 536 px, and sharp screens want two for each.
WIDEST, TALLEST = 1072, 1600
# Of a letter's pictures each should come in a second on a slow telephone.
LIGHT = 200_000  # bytes
QUALITIES = (84, 76, 68, 60, 50)
LARGEST = 20_000_000  # bytes of what comes in
MOST_PIXELS = 60_000_000
SMALLEST = 16  # pixels; less is a counting pixel, or a mistake
_KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
OPAQUE = 255
# So few colours are a drawing or a map, which JPEG blurs.
_FEW_COLOURS = 256


class PictureError(Exception):
    """An image that cannot become a picture; the message says why and what to do."""


@dataclass(frozen=True)
class Encoded:
    """A picture as it is kept; `name` is made of its bytes and its size in pixels."""

    data: bytes
    kind: str  # jpg | png
    width: int
    height: int

    @property
    def name(self) -> str:
        """Return the name that texts refer to it by."""
        return f"{hashlib.sha256(self.data).hexdigest()[:32]}-{self.width}x{self.height}.{self.kind}"


def encode(data: bytes, *, clear: bool = False) -> Encoded:
    """Return the picture in `data`; `clear` keeps what is transparent, as of a logo.

    The same bytes give the same picture. Raises PictureError.
    """
    if len(data) > LARGEST:
        raise PictureError(f"It has {len(data) / 1e6:.0f} MB; make it smaller than {LARGEST / 1e6:.0f} MB")
    try:
        image = _fitted(_srgb(_decoded(data)))
    except (PictureError, MemoryError):
        raise
    except Image.DecompressionBombError:
        most = MOST_PIXELS // 1_000_000
        raise PictureError(f"It has more than {most} million pixels; make it smaller") from None
    except Exception as error:  # noqa: BLE001 - decoders of strangers' bytes raise whatever they stumble on
        raise PictureError(f"It is damaged or cut off ({type(error).__name__}): get it anew") from None
    transparent = image.mode == "RGBA" and image.getchannel("A").getextrema() != (OPAQUE, OPAQUE)
    if image.mode == "RGBA" and not (clear and transparent):
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    if image.mode == "RGBA":
        while len(written := _png(image)) > LIGHT:
            image = _smaller(image)
        return Encoded(written, "png", *image.size)
    if image.getcolors(_FEW_COLOURS) is not None and len(written := _png(image)) <= LIGHT:
        return Encoded(written, "png", *image.size)
    *_, lightest = _until_light(image)
    return lightest


def _decoded(data: bytes) -> Image.Image:
    """Return the image, upright, with its profile in `info`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its size is looked at right here
            image = Image.open(io.BytesIO(data), formats=_KINDS)
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise PictureError(f"It has {width} × {height} pixels; make it smaller")
        if width < SMALLEST or height < SMALLEST:
            raise PictureError(f"It has {width} × {height} pixels, which nobody sees")
        # What telephones write may hold a second picture behind the first, which is the one.
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            raise PictureError("It moves or has pages, and readers see one picture: choose one")
        image.load()
        return _upright(image)
    except UnidentifiedImageError:
        kinds = ", ".join(_KINDS)
        raise PictureError(f"This is none of the kinds that are understood: {kinds}") from None


def _upright(image: Image.Image) -> Image.Image:
    """Return it turned as its camera says, as it is where that cannot be understood."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - what a camera wrote is read by a parser that raises whatever it likes
        return image


def _srgb(image: Image.Image) -> Image.Image:
    """Return it in the colours that every screen is meant for, as RGB or RGBA."""
    if image.mode.startswith("I"):  # sixteen bits of grey
        image = image.convert("I").point(lambda grey: grey / 257).convert("L")
    profile = image.info.get("icc_profile")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            known = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(
                image, known, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            image = converted or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that is none says nothing of the colours
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.info.clear()  # what is written into the picture too, if it stays: comments, the profile, its date
    return image


def _fitted(image: Image.Image) -> Image.Image:
    image.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    if min(image.size) < SMALLEST:
        raise PictureError("It is so long and narrow that nobody sees anything in it: cut it")
    return image


def _until_light(image: Image.Image) -> Iterator[Encoded]:
    """Yield it lighter and lighter, until it is light enough."""
    while True:
        for quality in QUALITIES:
            written = io.BytesIO()
            image.save(written, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")
            yield Encoded(written.getvalue(), "jpg", *image.size)
            if len(written.getvalue()) <= LIGHT:
                return
        image = _smaller(image)


def _smaller(image: Image.Image) -> Image.Image:
    return image.resize(
        (max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.LANCZOS
    )


def _png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
