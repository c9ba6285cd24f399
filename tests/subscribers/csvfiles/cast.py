"""A list's interests without a database, and files by the way they are written."""

from pathlib import Path

from subscribers.csvfiles.topics import Topics

TOPICS = Topics.made(
    "space-digest",
    [
        ("china", 0, "China"),
        ("russia", 1, "Russia"),
        ("africa", 2, "Africa"),
        ("south-asia", 3, "South Asia"),
        ("law", 4, "Law, policy"),
    ],
    {"mars": 1 << 5},
)


def written(folder: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    """Return a file that holds the text."""
    file = folder / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return file
