"""What users do to their own second factors stands in the audit log, and ends sessions begun without."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from mailer.accounts.roles import Role
from subscribers import changes
from tests.accounts.cast import a_code, a_person, a_user, is_signed_in, session_of, signed_in

pytestmark = [pytest.mark.database]

ACTIVATE = "/desk/account/2fa/totp/activate/"


def told() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (line["who"], line["subject"], line["after"])
        for line in changes.listing()
        if line["what"] == "account factor"
    ]


@pytest.mark.django_db(transaction=True)
def test_setting_up_the_app_is_written_down_and_leaves_one_alone() -> None:
    sam = a_user(Role.SENDER)
    here, elsewhere = signed_in(sam), signed_in(sam)
    shown = here.get(ACTIVATE).content.decode()
    secret = session_of(here)["mfa.totp.secret"]
    assert "data:image/svg+xml;base64," in shown
    assert secret[:4] in shown
    answer = here.post(ACTIVATE, {"code": a_code(secret)})
    assert answer.headers["Location"] == "/desk/account/2fa/recovery-codes/"
    assert told() == [
        ("Sam Njoroge", f"user {sam.pk}", {"added": "authenticator app"}),
        ("Sam Njoroge", f"user {sam.pk}", {"added": "recovery codes"}),
    ]
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


@pytest.mark.usefixtures("db")
def test_so_is_taking_it_off() -> None:
    edda = a_person(Role.EDITOR)
    signed_in(edda).post("/desk/account/2fa/totp/deactivate/")
    assert told()[-2:] == [
        ("Edda Lind", f"user {edda.user.pk}", {"removed": "authenticator app"}),
        ("Edda Lind", f"user {edda.user.pk}", {"removed": "recovery codes"}),
    ]


@pytest.mark.usefixtures("db")
def test_using_one_is_no_change() -> None:
    edda = a_person(Role.EDITOR)
    lines = told()
    signed_in(edda)
    assert told() == lines
    assert secret_of(edda.user.pk) not in str(changes.listing())


def secret_of(user: int) -> str:
    secret: str = Authenticator.objects.get(user_id=user, type="totp").data["secret"]
    return secret
