import dataclasses

import pytest
from django.test.client import RequestFactory
from pytest_django import Settings

from mailer.web import errors


def shown() -> str:
    return errors.not_found(RequestFactory().get("/"), Exception()).content.decode()


def test_in_the_sandbox_every_page_says_that_nothing_leaves_this_machine() -> None:
    assert "nothing leaves this machine" in shown()


def test_with_a_real_transport_no_page_says_so(settings: Settings) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, sendgrid_api_key="SG.x.y")
    assert "nothing leaves this machine" not in shown()


@pytest.mark.parametrize(
    "part", ['<html lang="en" dir="ltr">', '<a class="skip" href="#main">', '<main id="main">', "<h1>"]
)
def test_every_page_can_be_walked_by_keyboard_and_ear(part: str) -> None:
    assert shown().count(part) == 1
