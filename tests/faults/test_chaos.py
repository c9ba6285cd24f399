"""Every family of faults, a few runs of each, on both transports: `make faults` does not stop so soon."""

import pytest

from mailer.faultpoints import POINTS
from tests.faults.chaos import HOWS
from tests.faults.conftest import Runs
from tests.faults.families import FAMILIES, ON_THEIR_OWN, WITHOUT_SMTP, drawn

pytestmark = [pytest.mark.database, pytest.mark.timeout(600)]

QUICK = [family for family in FAMILIES if family not in (*ON_THEIR_OWN, "points")]


@pytest.mark.parametrize("transport", ["sendgrid", "smtp"])
def test_every_reader_is_accounted_for_whatever_plug_is_pulled(runs: Runs, transport: str) -> None:
    """I1 to I12, and the transport's own ledger, address by address, after each run."""
    results = runs("--transport", transport, "--runs", "1", *(f"--family={family}" for family in QUICK))
    assert len(results) == len(
        [family for family in QUICK if not (transport == "smtp" and family in WITHOUT_SMTP)]
    )
    assert [
        (line["family"], line["seed"], line["violations"]) for line in results if line["violations"]
    ] == []
    assert sum(line["kills"] for line in results) > 0
    assert sum(line["duplicates"] + line["lost"] + line["suppressed_mailed"] for line in results) == 0


def test_workers_of_celery_lose_nobody_when_the_broker_forgets_everything(runs: Runs) -> None:
    (result,) = runs("--family", "doorbell", "--runs", "1")
    assert result["violations"] == []


def test_a_seed_is_always_the_same_bad_day() -> None:
    for family in FAMILIES:
        assert drawn(family, 7, smtp=False, postgresql=True) == drawn(family, 7, smtp=False, postgresql=True)
        assert drawn(family, 7, smtp=False, postgresql=True) != drawn(family, 8, smtp=False, postgresql=True)


def test_every_point_is_crossed_in_every_way() -> None:
    crossed = {
        (crossing.point, crossing.how)
        for seed in range(300)
        for smtp in (False, True)
        for crossing in drawn("points", seed, smtp=smtp, postgresql=False).crossings
    }
    assert crossed >= {(point, how) for point in POINTS for how in HOWS}
