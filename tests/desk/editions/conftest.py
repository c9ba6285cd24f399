"""Nothing is remembered from another test, whose lists and editions may have had the same numbers."""

import pytest


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    from mailer import previews  # noqa: PLC0415 - models want Django ready, which this file is read before

    previews.forget()
