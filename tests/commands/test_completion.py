"""The shell completes what is typed after `mailer`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.commands import completion
from subscribers.segments import keeping
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list
from tests.surroundings import KEYS

ANSWER = """
import sys
from mailer.commands import run
status = run([])
sys.exit(3 if "django" in sys.modules else status)
"""
ANSWER_FROM_ROWS = """
import sys
from mailer.commands import run
sys.exit(run([]))
"""


def completed(environ: dict[str, str], *words: str, answer: str = ANSWER) -> list[str]:
    """Return what bash is told that the last of `words` may become; to need Django for words is a failure."""
    asked = environ | {
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
        completion.VARIABLE: "complete_bash",
    }
    ran = subprocess.run(
        [sys.executable, "-c", answer], env=asked, capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    return ran.stdout.split()


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        (("mailer", "inter"), ["interests"]),
        (("mailer", "lists", "s"), ["show", "set"]),
        (("mailer", "lists", "set", "x", "--keep"), ["--keep-pending-days", "--keep-inactive-days"]),
        (("mailer", "lists", "set", "x", "--no-story", "t"), ["top_stories"]),
        (("mailer", "completion", ""), ["bash", "zsh", "fish"]),
        (("mailer", "nonsense"), []),
    ],
    ids=" ".join,
)
def test_plain_words_are_completed_without_django(
    fresh_environ: dict[str, str], words: tuple[str, ...], completions: list[str]
) -> None:
    assert completed(fresh_environ, *words) == completions


def test_asking_for_lists_where_there_is_no_database_makes_none(fresh_environ: dict[str, str]) -> None:
    assert completed(fresh_environ, "mailer", "lists", "show", "") == []
    assert not Path(fresh_environ["MAILER_DATA_DIR"]).exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(mailer: Mailer, shell: str) -> None:
    printed = mailer("completion", shell)
    assert (printed.status, printed.err) == (0, "")
    assert f"{completion.VARIABLE}=complete_{shell}" in printed.out


def test_bash_understands_its_script_and_completes(
    mailer: Mailer, fresh_environ: dict[str, str], tmp_path: Path
) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    program = tmp_path / "mailer"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mailer "$@"\n')
    program.chmod(0o755)
    script = mailer("completion", "bash").out + (
        "COMP_WORDS=(mailer lists r)\nCOMP_CWORD=2\n_mailer_completion mailer\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    paths = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [bash, "--norc", "-c", script], env=fresh_environ | paths, capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("rm\nreport\n", "")


def test_another_shell_is_wrong_usage(mailer: Mailer) -> None:
    wrong = mailer("completion", "cmd")
    assert (wrong.status, wrong.out) == (2, "")
    assert "cmd" in wrong.err


@pytest.mark.database
@pytest.mark.django_db
def test_lists_are_completed_by_their_slugs(monkeypatch: pytest.MonkeyPatch) -> None:
    a_list()
    a_list("second")
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "sqlite:////elsewhere"))
    assert completion.list_slugs("") == ["second", "space-digest"]
    assert completion.list_slugs("sp") == ["space-digest"]
    assert completion.list_slugs("moon") == []


@pytest.mark.database
def test_interests_and_segments_are_those_of_the_list_that_stands_before(
    fresh_environ: dict[str, str], mailer: Mailer, database_url: str
) -> None:
    owner = a_list()
    mailer("lists", "add", "second", "--name", "B", "--from", "B <b@b.example>", "--postal-address", "1 Road")
    mailer("interests", "retire", "space-digest", "russia", "--leave")
    for slug in ("near", "far"):
        keeping.add(owner, slug, "everything", by="ed", at=NOW)
    environ = fresh_environ | KEYS | {"DATABASE_URL": database_url}
    for words, slugs in (
        ("lists show s", ["second", "space-digest"]),
        ("subscribers ls --list sp", ["space-digest"]),
        ("segments show space-digest n", ["near"]),
        ("segments rm second n", []),
        ("subscribers export space-digest --segment f", ["far"]),
        ("interests rename space-digest ", ["africa", "china", "south-asia"]),
        ("interests merge space-digest africa c", ["china"]),
        ("subscribers add space-digest nina@example.org --interest a", ["africa"]),
    ):
        assert completed(environ, "mailer", *words.split(" "), answer=ANSWER_FROM_ROWS) == slugs, words


def test_a_setting_that_is_wrong_completes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert completion.list_slugs("") == []


def test_the_help_stays_plain(mailer: Mailer) -> None:
    helped = mailer("--help").out
    assert "completion" in helped
    assert "--install-completion" not in helped
