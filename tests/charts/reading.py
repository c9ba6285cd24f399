"""A chart as what it is made of, checked for what holds of every one of them."""

from xml.etree import ElementTree as ET

HOSTILE = "</title><script>alert(1)</script> \"'&<\x00\x0b\ud800 ﷽ \u202e"


def read(chart: str) -> ET.Element:
    """Parse a chart, which is well-formed, stays inside its frame, and has neither style nor script."""
    root = ET.fromstring(chart)  # noqa: S314 - it was made a moment ago
    for each in root.iter():
        assert each.tag in {"div", "svg", "g", "title", "desc", "rect", "line", "path", "text"}, each.tag
        assert not {"style", "fill", "stroke"} & set(each.attrib)
        assert not any(name.startswith("on") for name in each.attrib)
    for svg in root.iter("svg"):
        _inside(svg)
    for image in images(root):
        ids = image.get("aria-labelledby", "").split()
        said = [words for key in ids for words in image if words.get("id") == key]
        assert len(said) == 2
        assert all((words.text or "").strip() for words in said)
    return root


def images(root: ET.Element) -> list[ET.Element]:
    return [each for each in root.iter("svg") if each.get("role") == "img"]


def words(root: ET.Element) -> str:
    """What whoever cannot see the chart hears of it."""
    return " ".join((each.text or "") for each in root.iter("desc"))


def of(root: ET.Element, class_: str) -> list[ET.Element]:
    return [each for each in root.iter() if class_ in (each.get("class") or "").split()]


def number(length: str | None) -> float:
    """A length in pixels or per cent; never infinite or no number."""
    found = float((length or "0").removesuffix("%"))
    assert abs(found) < 1e6  # also false for what is no number
    return found


def _inside(svg: ET.Element) -> None:
    height = number(svg.get("height"))
    for rect in svg.iter("rect"):
        x, wide, y, high = (number(rect.get(name)) for name in ("x", "width", "y", "height"))
        assert x >= 0
        assert wide > 0
        assert x + wide <= 100.02  # rounded twice, to a hundredth
        assert y >= 0
        assert high >= 0
        assert y + high <= height + 0.02
    for line in svg.iter("line"):
        assert all(0 <= number(line.get(name)) <= 100 for name in ("x1", "x2"))
        assert all(-2 <= number(line.get(name)) <= height + 2 for name in ("y1", "y2"))
    for text in svg.iter("text"):
        assert 0 <= number(text.get("x")) <= 100
        assert 0 < number(text.get("y")) <= height
