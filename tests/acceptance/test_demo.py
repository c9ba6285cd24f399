"""`mailer demo`, as anyone sees it who has just cloned the product."""

import itertools
import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.waiting import until

INTERESTS = ("china", "russia", "africa", "south-asia")


def demo(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mailer", "demo", "--exit", *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def test_a_thousand_readers_are_each_accounted_for_and_an_operators_own_settings_not_touched(
    fresh_environ: dict[str, str],
) -> None:
    outside = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/production",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "SENDGRID_API_KEY": "SG.real",
        "MAILER_BASE_URL": "https://news.example.org",
    }
    done = demo(fresh_environ | outside, "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    outcomes = (
        "accepted",
        "rejected",
        "excluded",
        "cancelled",
        "not_confirmed",
        "pending",
        "in_flight",
        "unknown",
    )
    assert shown["candidates"] == 1000 == sum(shown[outcome] for outcome in outcomes)
    assert shown["status"] == "done"
    assert shown["excluded"] == sum(shown["excluded_reasons"].values()) > 0
    assert shown["unknown"] == shown["possibly_twice"] == 0
    sets = {frozenset(chosen) for variant in shown["variants"] for chosen in variant["interest_sets"]}
    assert sets == {
        frozenset(chosen) for size in range(5) for chosen in itertools.combinations(INTERESTS, size)
    }
    assert len(shown["variants"]) <= 15
    assert sum(variant["deliveries"] for variant in shown["variants"]) == shown["accepted"]
    for kind in ("delivered", "opened", "machine_opened", "clicked", "bounced"):
        assert shown["events"][kind] > 0


def test_it_says_that_it_adds_up_and_stays_to_be_looked_at_at_the_desk_too(
    fresh_environ: dict[str, str], tmp_path: Path
) -> None:
    said, complained = tmp_path / "said", tmp_path / "complained"
    command = [sys.executable, "-m", "mailer", "demo", "--subscribers", "16"]
    with (
        said.open("w") as out,
        complained.open("w") as err,
        subprocess.Popen(
            command, env=fresh_environ, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        ) as running,
    ):
        try:
            until(lambda: running.poll() is not None or "Ctrl-C" in said.read_text(), within=100)
            (way_in,) = re.findall(r"The desk, .*: (http://\S+)", said.read_text())
            with urllib.request.urlopen(way_in, timeout=20) as page:  # noqa: S310 - our own, on loopback
                assert "password" in page.read().decode()
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)
    assert running.returncode == 0
    assert "It adds up" in said.read_text()
    assert "nothing has left this machine" in said.read_text()
    assert "Traceback" not in complained.read_text()
