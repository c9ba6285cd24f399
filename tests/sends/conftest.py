"""A provider that accepts, unless a test says otherwise, and journals of this test's own."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.provider import Provider, provider, says


@pytest.fixture
def sendgrid(settings: Settings, tmp_path: Path) -> Iterator[Provider]:
    with provider(says(202, X_Message_Id="m1")) as server:
        settings.CONFIGURATION = dataclasses.replace(
            settings.CONFIGURATION,
            sendgrid_api_key="SG.test",
            sendgrid_api_url=server.url,
            data_dir=tmp_path,
        )
        yield server
