"""Secrets of second factors: what the database holds opens with the key alone."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings

from mailer.accounts.keeping import SecretLostError, decrypt, encrypt
from tests.accounts.cast import a_person

OLD, NEW = "o" * 40, "n" * 40


def test_a_secret_opens_with_the_key_it_was_kept_by() -> None:
    kept = encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in kept
    assert kept != encrypt("JBSWY3DPEHPK3PXP")
    assert decrypt(kept) == "JBSWY3DPEHPK3PXP"


def test_a_key_may_be_replaced_as_long_as_the_old_one_is_known() -> None:
    with override_settings(SECRET_KEY=OLD):
        kept = encrypt("x")
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD]):
        assert decrypt(kept) == "x"
    with override_settings(SECRET_KEY=NEW), pytest.raises(SecretLostError, match="mailer users reset"):
        decrypt(kept)


@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_the_database_holds_no_secret_of_an_app_in_the_clear() -> None:
    sam = a_person()
    rows = Authenticator.objects.filter(user=sam.user)
    assert {row.type for row in rows} == {"totp", "recovery_codes"}
    assert not [row for row in rows if sam.secret in str(row.data)]
    assert rows.get(type="totp").wrap().validate_code(sam.code)
