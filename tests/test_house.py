"""The house: what lies on top, how large a room may be, and what may never be written down."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = {
    "pyproject.toml",
    "requirements.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "docker-compose.yml",
    "worker.py",
    "mailer",
    "subscribers",
    "templates",
    "tests",
}
# Not everything has to be there yet, or is for people to look at.
BESIDE = {"benchmarks", "docs", ".ci", ".gitignore", ".gitattributes", ".dockerignore"}
LONGEST_FILE = 400
ROOMS_WITHOUT_A_NAME = {"util", "utils", "helper", "helpers", "common", "misc", "core", "service", "services"}
# Written apart, so that this file may be read by its own rule.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "registry" + ".yarnpkg",
    "extra-index" + "-url",
]
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


@cache
def files() -> list[Path]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@cache
def texts() -> dict[str, str]:
    """Every text file by its name; a picture or a font is none."""
    found = {}
    for path in files():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_the_top_level_is_what_the_design_says() -> None:
    present = {path.relative_to(ROOT).parts[0] for path in files()}
    assert present - BESIDE == TOP


def test_no_room_holds_too_much() -> None:
    sizes = {name: text.count("\n") for name, text in texts().items() if name.endswith(".py")}
    migrations = {name for name in sizes if "/migrations/" in name}  # written by Django
    assert {name: n for name, n in sizes.items() if n > LONGEST_FILE and name not in migrations} == {}


def test_every_room_has_a_name_of_its_own() -> None:
    parts = {part for name in texts() for part in Path(name).with_suffix("").parts}
    assert parts & ROOMS_WITHOUT_A_NAME == set()


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_registry_is_named(host: str) -> None:
    assert [name for name, text in texts().items() if host in text] == []


def test_the_lock_names_no_address_and_no_option() -> None:
    lock = texts()["requirements.lock"]
    assert "://" not in lock
    assert [line for line in lock.splitlines() if line.startswith("-")] == []


def test_the_lock_pins_and_hashes_everything() -> None:
    requirements = re.split(r"\n(?=[a-z])", texts()["requirements.lock"].strip())
    assert [text for text in requirements if "==" not in text or "--hash=sha256:" not in text] == []


def test_the_lock_holds_everything_that_is_asked_for() -> None:
    project = tomllib.loads(texts()["pyproject.toml"])
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = set(
        re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z,]+\])?==", texts()["requirements.lock"], re.MULTILINE)
    )
    names = {re.split(r"[\[<>=!~;\s]", line)[0].lower().replace("_", "-") for line in asked}
    assert names - locked == set()


def test_nothing_is_left_for_later() -> None:
    assert [name for name, text in texts().items() if UNFINISHED.search(text)] == []


def test_every_exception_to_a_rule_has_its_reason_on_the_line() -> None:
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[a-z, -]+\])?)\s*$")
    found = [
        f"{name}:{number}"
        for name, text in texts().items()
        if name.endswith(".py")
        for number, line in enumerate(text.splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_no_test_is_passed_over() -> None:
    ways = re.compile(r"pytest\." + r"(skip|xfail|importorskip|mark\.skip|mark\.xfail)|time\." + r"sleep\(")
    assert [name for name, text in texts().items() if name.endswith(".py") and ways.search(text)] == []


def test_a_test_file_is_named_for_what_it_tests() -> None:
    # What is seen in a browser is a page or a letter, which no one module makes.
    tests = [
        Path(name)
        for name, text in texts().items()
        if re.fullmatch(r"tests/(\w+/)*test_\w+\.py", name) and "mark.browser" not in text
    ]
    strays = [
        str(path)
        for path in tests
        if path.parts[1] not in {"acceptance", "attacks", "faults", "servers"}
        and not _subject_exists(Path(*path.parts[1:-1]), path.stem.removeprefix("test_"))
    ]
    assert strays == []


def _subject_exists(package: Path, stem: str) -> bool:
    if str(package) == "." and stem in {"house", "docker_compose", "readme", "worker", "ci"}:
        return True
    # A module or a package of ours, or a folder of files that the test compares with.
    places = [ROOT / top / package for top in ("mailer", "subscribers", "tests", "")]
    return any((place / f"{stem}.py").exists() or (place / stem).is_dir() for place in places)
