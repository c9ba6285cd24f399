"""An edition of every kind of part, its list, and browsers that are none."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.interest_sets import Group
from mailer.manuscript.document import Document, Point, Section, Story
from mailer.manuscript.document import Group as Points
from mailer.matrix.deciding import Issue
from mailer.rendering.values import InterestLook, Look

CHINA, AFRICA, MOON = (
    InterestLook(slug, slug.title(), n) for n, slug in enumerate(("china", "africa", "moon"))
)

DOCUMENT = Document(
    list="space-digest",
    title="Seen from elsewhere",
    sections=(
        Section(
            "Trends",
            groups=(
                Points("Rising", (Point("Dishes *that* turn {x}", ("africa",)), Point("Everything else"))),
            ),
        ),
        Section(
            "News",
            stories=(
                Story("A launch", "https://a.example/1", ("china",), "It flew."),
                Story("A dish", "https://a.example/2", ("china", "africa"), "It turned."),
                Story("A <survey>", "https://a.example/3", (), "It asked."),
            ),
        ),
    ),
)
LOOK = Look("space-digest", "Space Digest", "1 Orbit Road", (CHINA, AFRICA, MOON))
ISSUE = Issue(7, DOCUMENT, LOOK, (CHINA, AFRICA, MOON))
GROUPS = (
    Group(None, 100),
    Group(None, 10, text_only=True),
    Group(frozenset({"china"}), 20),
    Group(frozenset({"africa"}), 30, tracked=False),
    Group(frozenset({"africa", "moon"}), 5, text_only=True, tracked=False),
    Group(frozenset({"china", "africa"}), 7),
    Group(frozenset({"moon"}), 3),
)

# Speaks as a browser does over its pipe. PNG is what it says a picture is; at the picture `dies` it is gone.
_FAKE = """#!{python}
import base64, json, os, sys
left, said = {dies}, b""
while True:
    while b"\\0" not in said:
        some = os.read(3, 65536)
        if not some:
            sys.exit()
        said += some
    one, _, said = said.partition(b"\\0")
    asked = json.loads(one)
    answer = {{
        "Target.createTarget": {{"targetId": "t"}},
        "Target.attachToTarget": {{"sessionId": "s"}},
        "Page.getFrameTree": {{"frameTree": {{"frame": {{"id": "f"}}}}}},
        "Page.getLayoutMetrics": {{"cssContentSize": {{"height": 900}}}},
        "Page.captureScreenshot": {{"data": base64.b64encode(b"PNG").decode()}},
    }}.get(asked["method"], {{}})
    if asked["method"] == "Page.captureScreenshot":
        if not left:
            sys.exit(1)
        left -= 1
    os.write(4, json.dumps({{"method": "Something.happened", "params": {{}}}}).encode() + b"\\0")
    os.write(4, json.dumps({{"id": asked["id"], "result": answer}}).encode() + b"\\0")
"""


@pytest.fixture
def fake_browser(tmp_path: Path) -> Callable[..., str]:
    """A program that answers like a browser, until it has taken so many pictures."""

    def made(dies: int = -1) -> str:
        return a_program(tmp_path / "fake-browser", _FAKE.format(python=sys.executable, dies=dies))

    return made


def a_program(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    assert os.access(path, os.X_OK)
    return str(path)
