import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from subscribers.addresses import Address, AddressError, address_key, mailbox, masked, parse


def test_the_local_part_stays_as_typed_and_the_domain_is_lowered() -> None:
    assert parse(" Nina.Okafor@Example.ORG ") == Address("Nina.Okafor@example.org", "nina.okafor@example.org")


def test_two_spellings_of_one_person_are_compared_as_one() -> None:
    assert parse("NINA@example.org").canonical == parse("nina@EXAMPLE.org").canonical


def test_plus_signs_and_dots_are_left_alone() -> None:
    assert parse("n.i.na+space@example.org").canonical == "n.i.na+space@example.org"


def test_an_internationalised_domain_becomes_its_a_label() -> None:
    assert parse("nina@Müller.example") == Address("nina@xn--mller-kva.example", "nina@xn--mller-kva.example")


@pytest.mark.parametrize("address", ["a@b.test", "reader@space.example", "a@example.com"])
def test_samples_are_addresses_too(address: str) -> None:
    assert parse(address).canonical == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no address"),
        ("nobody", "@-sign"),
        ("nina@localhost", "period"),
        ("nina@printer.local", "special-use"),
        ("nina@", "something after the @-sign"),
        ("a..b@example.org", "two periods"),
        ('"a b"@example.org', "Quoting"),
        ("a@[192.0.2.1]", "bracketed"),
        ("Nina <nina@example.org>", "display name"),
        ("nina@example.org\nBcc: x@example.org", "invalid characters"),
        ("a" * 65 + "@example.org", "too long"),
        ("a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 20 + ".org", "too long"),
        ("nína@example.org", "outside a-z"),
    ],
)
def test_what_cannot_be_written_to_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason):
        parse(text)


ordinary = st.from_regex(
    r"\A[A-Za-z0-9_+.-]{1,70}@([A-Za-z0-9-]{1,64}\.){1,4}(test|local|com|x1|museum|a)\Z", fullmatch=True
)


@settings(max_examples=400, deadline=None)
@given(ordinary)
def test_the_short_way_agrees_with_the_library(text: str) -> None:
    try:
        expected = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=True
        ).ascii_email
    except EmailNotValidError:
        expected = None
    try:
        written = parse(text).written
    except AddressError:
        written = None
    assert written == expected


def test_a_key_is_32_hexadecimal_digits_and_always_the_same() -> None:
    key = address_key("nina@example.org")
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")
    assert key == address_key("nina@example.org")
    assert key != address_key("nino@example.org")


def test_a_key_depends_on_the_secret(settings: Settings) -> None:
    before = address_key("nina@example.org")
    settings.HASH_KEY = "another secret of thirty-two letters"
    assert address_key("nina@example.org") != before


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("nina@example.org", "n•••a@example.org"),
        ("jo@example.org", "j•••@example.org"),
        ("j@x.org", "j•••@x.org"),
    ],
)
def test_a_stranger_sees_an_address_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("canonical", "shared"),
    [
        ("nina@example.org", "nina@example.org"),
        ("nina+7@example.org", "nina@example.org"),
        ("nina+a+b@example.org", "nina@example.org"),
        ("n.i.n.a@example.org", "n.i.n.a@example.org"),
        ("n.i.n.a+x@gmail.com", "nina@gmail.com"),
        ("n.ina@googlemail.com", "nina@gmail.com"),
        ("+x@example.org", "+x@example.org"),
    ],
)
def test_spellings_of_one_mailbox_share_an_address_for_brakes(canonical: str, shared: str) -> None:
    assert mailbox(canonical) == shared
