"""Images as they come from cameras, screens and strangers."""

import io
from functools import cache
from typing import Any

from PIL import Image, ImageCms, ImageDraw


def noise(width: int, height: int) -> Image.Image:
    """Return what compresses badly, as a photograph does."""
    grain = Image.effect_noise((width, height), 90)
    return Image.merge("RGB", [grain, grain.rotate(90, expand=False).resize((width, height)), grain])


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@cache
def photograph(width: int = 1600, height: int = 900) -> bytes:
    """Return a photograph: colours that run into each other, and some grain."""
    image = Image.linear_gradient("L").resize((width, height))
    grain = Image.effect_noise((width, height), 20)
    return written(Image.merge("RGB", [image, grain, image.rotate(180)]), quality=92)


@cache
def drawing(width: int = 400, height: int = 300) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).ellipse((20, 20, width - 20, height - 20), fill="#0b4f8a")
    return written(image, "PNG")


@cache
def taken_somewhere() -> bytes:
    """Return a photograph that lies on its side and says where it was taken."""
    image = Image.new("RGB", (60, 40), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    return written(image, exif=exif, comment=b"SECRETPLACE")


@cache
def with_profile(mode: str) -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return written(Image.new(mode, (50, 50), 128), "TIFF", icc_profile=profile)
