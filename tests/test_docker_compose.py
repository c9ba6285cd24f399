"""docker-compose.yml: every part of production, with its secrets in files and its health known."""

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from mailer import environment
from mailer.commands import app

FILE = Path(__file__).parents[1] / "docker-compose.yml"
OURS = ("migrate", "web", "worker", "scheduler")
KEPT_SECRET = {
    "database-url": "postgresql://mailer:word@postgres/mailer",
    # SendGrid's published test key.
    "sendgrid-webhook-keys": (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8"
        "eNEc6wEA3F+g=="
    ),
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(params=OURS)
def part(request: pytest.FixtureRequest, compose: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = compose["services"][request.param]
    return chosen


def test_it_runs_every_part_of_production(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "redis", "postgres"}


def test_each_part_is_a_command_of_ours(part: dict[str, Any]) -> None:
    known = getattr(typer.main.get_command(app), "commands", {})
    assert part["command"][0] in known


def test_no_secret_stands_in_an_environment(compose: dict[str, Any]) -> None:
    words = ("PASSWORD", "SECRET", "KEY", "DATABASE_URL")
    for service in compose["services"].values():
        for name in service.get("environment", {}):
            assert name.endswith("_FILE") or not any(word in name for word in words), name


def test_each_secret_that_is_used_is_declared_and_stays_out_of_git(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
    assert all(secret["file"].startswith("secrets/") for secret in compose["secrets"].values())
    assert "/secrets/" in (FILE.parent / ".gitignore").read_text(encoding="utf-8").split()


def test_the_environment_is_a_sound_production(part: dict[str, Any], tmp_path: Path) -> None:
    given = dict(part["environment"])
    assert given.pop("MAILER_BASE_URL").startswith("${MAILER_BASE_URL:?")
    for name, value in given.items():
        if name.endswith("_FILE"):
            secret = Path(value).name
            assert secret in part["secrets"]
            (tmp_path / secret).write_text(KEPT_SECRET.get(secret, "k" * 64), encoding="utf-8")
            given[name] = str(tmp_path / secret)
    configuration = environment.read(given)
    assert not configuration.sandboxed
    assert configuration.database_url.startswith("postgresql://")
    assert configuration.redis_url.startswith("redis://")


def test_whoever_serves_says_how_it_is(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "redis", "postgres"):
        assert compose["services"][name]["healthcheck"]["test"]


def test_a_worker_s_health_is_its_progress(compose: dict[str, Any]) -> None:
    [how, *command] = compose["services"]["worker"]["healthcheck"]["test"]
    assert (how, command) == ("CMD", ["python", "-m", "mailer", "health"])
    assert command[3] in getattr(typer.main.get_command(app), "commands", {})


def test_nothing_starts_before_the_database_is_up_to_date(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "scheduler"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert compose["services"]["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_only_this_host_reaches_the_pages(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert published == ["127.0.0.1:8000:8000"]
