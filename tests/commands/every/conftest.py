"""The bench, made once, and a service with lists of its own, which `suppressions sync` asks."""

import os
from collections.abc import Iterator

import pytest

from tests.commands.every.bench import Bench

# More than one page of each, as the runner cuts pages.
TOLD = {
    "bounces": ("nina@x.example", "stranger@z.example", "another@z.example"),
    "spam_reports": ("rita@y.example",),
    "unsubscribes": ("omar@x.example", "ruth@y.example", "rosa@y.example"),
}


@pytest.fixture(scope="session")
def bench(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench on the database of this test run; whoever takes it gives it back as it was."""
    from tests.sendgrid_lists import sendgrid_lists  # noqa: PLC0415 - Django is set up by then

    on_postgresql = pytestconfig.getoption("--database") == "postgresql"
    with sendgrid_lists(tmp_path_factory.mktemp("service")) as service:
        for name, people in TOLD.items():
            service.put(name, *people)
        bench = Bench(
            tmp_path_factory.mktemp("bench"),
            server=os.environ["TESTS_POSTGRESQL"] if on_postgresql else "",
            environ={"MAILER_SANDBOX_URL": service.url, "MAILER_KEEP_EVENTS": "30"},
        )
        yield bench
        bench.close()
