"""Each limit of POST /v3/mail/send, with the very error."""

from typing import Any

import pytest

from mailer.sandbox.faults import UNREADABLE, Fault
from mailer.sandbox.limits import check, sandboxed
from tests.sandbox.breaches import BREACHES, HELP, NOW, one, people
from tests.sandbox.cast import Letter


def test_a_sound_letter_has_no_fault(letter: Letter) -> None:
    assert check(letter("a@example.org", "b@example.org"), NOW) == []


def test_a_thousand_readers_have_no_fault_and_one_more_is_too_many(letter: Letter) -> None:
    readers = [f"reader{number}@example.org" for number in range(1001)]
    assert check(letter(*readers[:1000]), NOW) == []
    faults = check(letter(*readers), NOW)
    assert (
        Fault(
            "The personalization block is limited to 1000 personalizations per API request. You have"
            " provided 1001 personalizations. Please consider splitting this into multiple requests and"
            " resending your request.",
            "personalizations",
            f"{HELP}#message.personalizations",
        )
        in faults
    )
    too_many = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
    assert [fault.message for fault in faults][1:] == [too_many]


def test_copies_to_others_count_among_the_thousand_recipients(letter: Letter) -> None:
    body = letter(*(f"reader{number}@example.org" for number in range(1000)))
    body["personalizations"][7]["bcc"] = people("archive@example.org")
    assert check(body, NOW) == [
        Fault(
            "There is a limit of 1000 total recipients (to + cc + bcc) per request.",
            "personalizations",
            f"{HELP}#message.personalizations",
        )
    ]


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_refused_in_the_words_of_the_service(name: str, letter: Letter) -> None:
    changes, message, field, topic = BREACHES[name]
    assert check(letter(**changes), NOW) == [Fault(message, field, f"{HELP}#{topic}")]


@pytest.mark.parametrize(
    "changes",
    [
        one(substitutions={"-n-": 7}),
        one(custom_args={"delivery": 7}),
        {"custom_args": {"edition": True}},
        {"sections": {"-s-": []}},
    ],
)
def test_what_is_no_string_where_only_strings_go_gets_an_answer_without_a_field(
    changes: dict[str, Any], letter: Letter
) -> None:
    assert check(letter(**changes), NOW) == [UNREADABLE]


@pytest.mark.parametrize("body", [[], "letter", 7, None])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    [fault] = check(body, NOW)
    assert fault.field == "(root)"
    assert fault.message.startswith("Invalid type. Expected: object, given: ")


def test_null_in_substitutions_is_taken(letter: Letter) -> None:
    assert check(letter(**one(substitutions={"-n-": None})), NOW) == []


def test_the_bounds_themselves_are_within(letter: Letter) -> None:
    substitutions = {"-n-": "x" * (10_000 - len('{"-n-":""}'))}
    arguments = {"n": "x" * (9_999 - len('{"n":""}'))}
    address = "a" * 308 + "@example.org"
    body = letter(
        personalizations=[{"to": people(address), "substitutions": substitutions, "custom_args": arguments}],
        send_at=NOW + 72 * 3600,
        categories=["c" * 255],
    )
    assert len(address) == 320
    assert check(body, NOW) == []


def test_a_past_hour_means_at_once_and_is_no_fault(letter: Letter) -> None:
    assert check(letter(send_at=1), NOW) == []


def test_one_address_in_two_personalizations_is_no_fault(letter: Letter) -> None:
    assert check(letter("a@example.org", "a@example.org"), NOW) == []


def test_a_subject_in_every_personalization_is_enough(letter: Letter) -> None:
    body = letter("a@example.org", "b@example.org")
    del body["subject"]
    body["personalizations"][0]["subject"] = "Yours"
    [fault] = check(body, NOW)
    assert (fault.field, fault.message[:24]) == ("subject", "The subject is required.")
    body["personalizations"][1]["subject"] = "Yours"
    assert check(body, NOW) == []


def test_every_fault_is_told_at_once_with_the_number_of_its_reader(letter: Letter) -> None:
    body = letter("a@example.org", "nobody", "b@example.org", "@example.org")
    fields = [fault.field for fault in check(body, NOW)]
    assert fields == ["personalizations.1.to.0.email", "personalizations.3.to.0.email"]


def test_sandbox_mode_asks_for_a_check_alone(letter: Letter) -> None:
    assert sandboxed(letter(mail_settings={"sandbox_mode": {"enable": True}}))
    assert not sandboxed(letter(mail_settings={"sandbox_mode": {"enable": False}}))
    assert not sandboxed(letter())
