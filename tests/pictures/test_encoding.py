"""Whatever comes in, what is kept is upright, light, sRGB, and says nothing but what it shows."""

from pathlib import Path

import pytest
from PIL import Image

from mailer.manuscript.pictures import picture
from mailer.pictures import PictureError, encode
from mailer.pictures.encoding import LIGHT, TALLEST, WIDEST
from tests.pictures.images import drawing, noise, photograph, read, taken_somewhere, with_profile, written


def test_a_photograph_becomes_no_wider_than_two_pixels_for_each_of_the_letter() -> None:
    encoded = encode(photograph())
    assert (encoded.kind, encoded.width, encoded.height) == ("jpg", WIDEST, round(900 * WIDEST / 1600))
    shown = read(encoded.data)
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (encoded.width, encoded.height))
    assert shown.info.get("progressive")
    named = picture(encoded.name)
    assert named is not None
    assert (named.width, named.height) == (encoded.width, encoded.height)


def test_a_tall_one_is_bounded_too_and_a_small_one_stays_small() -> None:
    assert encode(written(noise(700, 4000))).height <= TALLEST
    small = encode(written(noise(120, 90)))
    assert (small.width, small.height) == (120, 90)


def test_what_is_hard_to_compress_becomes_light_all_the_same() -> None:
    encoded = encode(written(noise(3000, 3000), quality=95))
    assert len(encoded.data) <= LIGHT


def test_a_drawing_keeps_its_edges() -> None:
    encoded = encode(drawing())
    assert encoded.kind == "png"
    assert read(encoded.data).convert("RGB").getpixel((200, 150)) == (0x0B, 0x4F, 0x8A)


def test_what_a_camera_wrote_into_it_is_gone_and_it_stands_upright() -> None:
    assert b"SECRET" in taken_somewhere()
    encoded = encode(taken_somewhere())
    assert (encoded.width, encoded.height) == (40, 60)
    assert b"SECRET" not in encoded.data
    assert not read(encoded.data).getexif()
    assert set(read(encoded.data).info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_other_colours_become_those_of_screens(mode: str) -> None:
    shown = read(encode(with_profile(mode)).data)
    assert shown.convert("RGB").mode == "RGB"
    assert "icc_profile" not in shown.info


def test_a_profile_that_is_none_does_no_harm() -> None:
    assert encode(written(Image.new("RGB", (50, 50), "red"), icc_profile=b"nonsense")).width == 50


def test_what_is_transparent_stands_on_white_but_for_a_logo() -> None:
    logo = written(Image.new("RGBA", (40, 40), (200, 0, 0, 0)), "PNG")
    assert read(encode(logo).data).convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    kept = read(encode(logo, clear=True).data).convert("RGBA").getpixel((1, 1))
    assert isinstance(kept, tuple)
    assert kept[3] == 0
    opaque = written(Image.new("RGBA", (40, 40), (200, 0, 0, 255)), "PNG")
    assert read(encode(opaque, clear=True).data).mode in {"RGB", "P"}


def test_the_same_bytes_are_the_same_picture() -> None:
    assert encode(photograph()) == encode(photograph())
    assert encode(photograph()).name == encode(photograph()).name


def test_what_was_encoded_is_not_blown_up_by_encoding_it_again() -> None:
    once = encode(photograph())
    again = encode(once.data)
    assert (again.width, again.height) == (once.width, once.height)
    assert len(again.data) <= LIGHT


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "none of the kinds"),
        (b"no image at all", "none of the kinds"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "none of the kinds"),
        (photograph()[:4000], "damaged or cut off"),
        (written(Image.new("RGB", (1, 1))), "which nobody sees"),
        (written(Image.new("1", (9000, 9000)), "PNG"), "make it smaller"),
        (b"\x89PNG" + b"\0" * 20_000_001, "make it smaller"),
        (
            written(noise(30, 30), "GIF", save_all=True, append_images=[Image.new("RGB", (30, 30), "red")]),
            "It moves or has pages",
        ),
        (written(Image.new("RGB", (30_000, 20)), "PNG"), "long and narrow"),
    ],
    ids=["nothing", "words", "svg", "cut off", "a pixel", "a bomb", "heavy", "moving", "a thread"],
)
def test_what_cannot_become_a_picture_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        encode(data)


def test_an_image_damaged_anywhere_is_a_picture_or_refused_in_words() -> None:
    sound, refused = bytearray(photograph(300, 200)), 0
    for place in range(0, len(sound), 97):
        damaged = bytes(sound[:place]) + bytes([sound[place] ^ 0xFF]) + bytes(sound[place + 1 :])
        try:
            encode(damaged)
        except PictureError:
            refused += 1
    assert refused


def test_sixteen_bits_of_grey_stay_grey() -> None:
    ramp = Image.linear_gradient("L").convert("I").point(lambda grey: grey * 257)
    shown = read(encode(written(ramp.convert("I;16"), "PNG")).data).convert("L")
    dark, bright = shown.getpixel((128, 10)), shown.getpixel((128, 245))
    assert isinstance(dark, int)
    assert isinstance(bright, int)
    darkest, brightest = 40, 200
    assert dark < darkest < brightest < bright


def test_the_second_picture_that_a_telephone_hides_behind_the_first_is_left_out() -> None:
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (60, 40), "blue")
    encoded = encode(written(first, "MPO", save_all=True, append_images=[second]))
    assert read(encoded.data).convert("RGB").getpixel((5, 5))[0] > 200  # type: ignore[index]  # three colours


def test_a_logo_becomes_light_too() -> None:
    fog = noise(1072, 1072).convert("RGBA")
    fog.putalpha(Image.effect_noise((1072, 1072), 80))
    encoded = encode(written(fog, "PNG"), clear=True)
    assert encoded.kind == "png"
    assert len(encoded.data) <= LIGHT


@pytest.mark.parametrize("name", ["crash-1", "crash-2", "crash-3", "crash-4"])
def test_a_damaged_tiff_on_which_a_decoder_stumbles_is_a_picture_or_refused_in_words(name: str) -> None:
    data = (Path(__file__).parent / "damaged" / f"{name}.bin").read_bytes()
    try:
        encode(data)
    except PictureError as error:
        assert "damaged or cut off" in str(error)  # noqa: PT017 - either is well


def test_an_image_of_more_pixels_than_are_ever_decoded_is_told_so() -> None:
    with pytest.raises(PictureError, match="more than 60 million pixels; make it smaller"):
        encode(written(Image.new("1", (20_000, 10_000)), "PNG"))
