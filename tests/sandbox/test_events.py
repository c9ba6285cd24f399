"""Events as the Event Webhook tells them."""

import json

from mailer.sandbox.events import GROUP_BYTES, DueEvent, event_id, group, payload

ARGUMENTS = '{"nl_delivery":"42","email":"hidden"}'


def due(
    kind: str = "delivered", details: str = '{"response":"250 OK","ip":"192.0.2.25"}', **changes: int
) -> DueEvent:
    given = {"id": 1, "ordinal": 1, "happened_at": 1_700_000_000, "bare": 0, "n": 3} | changes
    return DueEvent(
        kind=kind,
        details=details,
        message_id="Ua9z9lSTSaqYBWJe_Xfc-Q",
        address="amina@example.org",
        custom_args=ARGUMENTS,
        **given,
    )


def test_an_event_has_the_fields_of_the_service_and_our_arguments_beside_them() -> None:
    assert payload(due()) == {
        "email": "amina@example.org",  # a reserved key wins over an argument of the same name
        "timestamp": 1_700_000_000,
        "event": "delivered",
        "sg_event_id": event_id(due()),
        "sg_message_id": "Ua9z9lSTSaqYBWJe_Xfc-Q.recvd-sandbox-1-3-0.0",
        "smtp-id": "<Ua9z9lSTSaqYBWJe_Xfc-Q@sandbox.invalid>",
        "nl_delivery": "42",
        "response": "250 OK",
        "ip": "192.0.2.25",
    }


def test_only_the_transports_own_events_carry_the_smtp_id() -> None:
    assert "smtp-id" not in payload(due("open", "{}"))


def test_a_late_bounce_lacks_our_ids() -> None:
    told = payload(due("bounce", '{"type":"bounce","reason":"550","ip":"192.0.2.25"}', bare=1))
    assert told["sg_message_id"] == ""
    assert not {"nl_delivery", "ip", "smtp-id"} & told.keys()
    assert told["email"] == "amina@example.org"


def test_an_event_keeps_its_id_however_often_it_is_told() -> None:
    assert event_id(due(id=1)) == event_id(due(id=99))
    assert event_id(due(ordinal=1)) != event_id(due(ordinal=2))
    assert len(event_id(due())) <= 100


def test_a_group_is_an_array_that_ends_in_a_line_break() -> None:
    body, size = group([due(), due("open", "{}")])
    assert size == 2
    assert body.endswith(b"}]\r\n")
    assert [event["event"] for event in json.loads(body)] == ["delivered", "open"]


def test_a_group_stops_at_a_thousand_events_and_at_768_kilobytes() -> None:
    assert group([due()] * 1500)[1] == 1000
    body, size = group([due(details=json.dumps({"response": "x" * 100_000}))] * 10)
    assert size == 7
    assert len(body) <= GROUP_BYTES
    assert group([due(details=json.dumps({"response": "x" * 1_000_000}))] * 2)[1] == 1
