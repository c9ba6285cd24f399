"""The limits of each personalization: one envelope, its people and what is theirs alone."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from mailer.sandbox.faults import Fault, fault, mistyped, unknown_key

PERSONALIZATIONS = 1000
RECIPIENTS = 1000  # to, cc and bcc of all personalizations together
ADDRESS_LENGTH = 320
OBJECT_BYTES = 10_000
SUBSTITUTIONS = 10_000
FARTHEST = 72 * 3600  # seconds ahead that a letter may be scheduled

KEYS = frozenset(
    {
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "headers",
        "substitutions",
        "dynamic_template_data",
        "custom_args",
        "send_at",
    }
)
ADDRESS_KEYS = frozenset({"email", "name"})
RESERVED_HEADERS = frozenset(
    {
        "x-sg-id",
        "x-sg-eid",
        "received",
        "dkim-signature",
        "content-type",
        "content-transfer-encoding",
        "to",
        "from",
        "subject",
        "reply-to",
        "cc",
        "bcc",
    }
)
HEADER_NAME = re.compile(r"[!-9;-~]+", re.ASCII)
HEADER_VALUE = re.compile(r"[ -~\t]*", re.ASCII)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
# ASCII only, no quotes: how the service judges the rest is not documented, and a rehearsal is stricter.
ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")

NAMES = {"to": "To", "cc": "CC", "bcc": "BCC"}


def personalization_faults(body: dict[str, Any], now: float) -> Iterator[Fault]:
    """Yield the faults of `body["personalizations"]`, fields numbered as they were sent."""
    people = body.get("personalizations")
    if people is None or people == []:
        yield Fault(
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
            "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#-Personalizations-Errors",
        )
        return
    if not isinstance(people, list):
        yield mistyped("array", people, "personalizations", "personalizations")
        return
    if len(people) > PERSONALIZATIONS:
        yield fault(
            "The personalization block is limited to 1000 personalizations per API request. You have provided"
            f" {len(people)} personalizations. Please consider splitting this into multiple requests and"
            " resending your request.",
            "personalizations",
            "personalizations",
        )
    recipients = 0
    shared = body.get("custom_args")
    for index, each in enumerate(people):
        field = f"personalizations.{index}"
        if not isinstance(each, dict):
            yield Fault(mistyped("object", each, field, "").message, field)
            continue
        for kind in NAMES.keys() & each.keys():
            recipients += len(each[kind]) if isinstance(each[kind], list) else 0
        yield from _one(each, field, shared if isinstance(shared, dict) else {}, now)
    if recipients > RECIPIENTS:
        yield fault(
            "There is a limit of 1000 total recipients (to + cc + bcc) per request.",
            "personalizations",
            "personalizations",
        )


def address_faults(value: object, field: str, topic: str, name: str) -> Iterator[Fault]:
    """Yield the faults of one address object; `name` is how messages call it, such as `To`."""
    if not isinstance(value, dict):
        yield mistyped("object", value, field, topic)
        return
    if not value.keys() <= ADDRESS_KEYS:
        for key in value.keys() - ADDRESS_KEYS:
            yield unknown_key(key, field)
    address = value.get("email")
    if address is None or address == "":
        yield fault(f"The {name.lower()} email parameter is required.", f"{field}.email", topic)
    elif not isinstance(address, str):
        yield mistyped("string", address, f"{field}.email", topic)
    elif len(address) > ADDRESS_LENGTH:
        message = f"The {name} email exceeds the maximum total length of 320 characters"
        yield fault(message, f"{field}.email", topic)
    elif not ADDRESS.fullmatch(address):
        yield fault("Does not contain a valid address.", f"{field}.email", topic)
    if not isinstance(value.get("name", ""), str):
        yield mistyped("string", value["name"], f"{field}.name", topic)


def header_faults(headers: object, field: str) -> Iterator[Fault]:
    """Yield the faults of a headers object, which may not name what the service sets itself."""
    whole = field == "headers"
    topic = "headers" if whole else "personalizations.headers"
    if not isinstance(headers, dict):
        yield mistyped("object", headers, field, topic)
        return
    if len(set(map(str.lower, headers))) < len(headers):
        yield fault("The headers cannot contain duplicate keys.", field, topic)
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name):
            joint = "and" if whole else "or"
            message = f"Header keys cannot contain non-ASCII characters {joint} empty spaces."
            yield fault(message, field, topic)
        if name.lower() in RESERVED_HEADERS:
            verb = "can not" if whole else "cannot"
            yield fault(f"Header {verb} be one of the reserved keys.", field, topic)
        if not isinstance(value, str):
            message = (
                "The header values must be strings."
                if whole
                else "All values of the headers object must be strings."
            )
            yield fault(message, field, topic)
        elif not HEADER_VALUE.fullmatch(value):
            # Ours: the reference asks for RFC 2047 encoding without saying what happens otherwise.
            yield fault("Header values cannot contain non-ASCII or CRLF characters.", field, topic)


def argument_faults(arguments: object, field: str) -> Iterator[Fault]:
    """Yield the faults of a custom_args object but for its size, which counts after merging."""
    topic = "personalizations.custom_args"
    if not isinstance(arguments, dict):
        yield mistyped("object", arguments, field, topic)
    elif not arguments:
        yield fault("custom_args cannot be empty.", field, topic)
    elif None in arguments.values():
        yield fault("All values of custom arguments object must be strings", field, topic)


def send_at_faults(holder: dict[str, Any], now: float, prefix: str) -> Iterator[Fault]:
    """Yield the faults of `send_at` where `holder` has one; the past means at once and is none."""
    if "send_at" not in holder:
        return
    at, field, topic = holder["send_at"], f"{prefix}send_at", f"{prefix and 'personalizations.'}send_at"
    if not isinstance(at, int) or isinstance(at, bool):
        yield fault(
            "The send_at parameter is expecting a Unix timestamp as an integer. We will send immediately if"
            " you include a send_at timestamp that is in the past.",
            field,
            topic,
        )
    elif at > now + FARTHEST:
        yield fault("Scheduling more than 72 hours in advance is forbidden.", field, topic)


def _one(each: dict[str, Any], field: str, shared: dict[str, str], now: float) -> Iterator[Fault]:
    if not each.keys() <= KEYS:
        for key in each.keys() - KEYS:
            yield unknown_key(key, field)
    yield from _recipient_faults(each, field)
    if "from" in each:
        yield from address_faults(each["from"], f"{field}.from", "from", "From")
    if "subject" in each and (not isinstance(each["subject"], str) or not each["subject"]):
        yield fault(
            "The subject of your email must be a string at least one character in length.",
            f"{field}.subject",
            "personalizations.subject",
        )
    if "headers" in each:
        yield from header_faults(each["headers"], f"{field}.headers")
    yield from _substitution_faults(each, f"{field}.substitutions")
    if "custom_args" in each:
        yield from argument_faults(each["custom_args"], f"{field}.custom_args")
    own = each.get("custom_args")
    merged = shared | own if isinstance(own, dict) else shared
    # The limits page says "less than" of these, and "may not exceed" of substitutions.
    if merged and len(orjson.dumps(merged)) >= OBJECT_BYTES:
        yield fault(
            "The combined size of both global and personalization custom arguments may not exceed 10,000"
            " bytes per personalization.",
            f"{field}.custom_args",
            "personalizations.custom_args",
        )
    yield from send_at_faults(each, now, f"{field}.")


def _recipient_faults(each: dict[str, Any], field: str) -> Iterator[Fault]:
    if not each.get("to"):
        yield fault(
            "The to array is required for all personalization objects, and must have at least one email"
            " object with a valid email address.",
            f"{field}.to",
            "personalizations.to",
        )
    total = 0
    for kind, name in NAMES.items():
        if kind not in each:
            continue
        people = each[kind]
        topic = f"personalizations.{kind}"
        if not isinstance(people, list):
            yield mistyped("array", people, f"{field}.{kind}", topic)
            continue
        total += len(people)
        for index, person in enumerate(people):
            where = f"{field}.{kind}.{index}"
            yield from address_faults(person, where, topic, name)
            written = person.get("name") if isinstance(person, dict) else None
            if isinstance(written, str) and (";" in written or "," in written):
                # Ours: the limitations page forbids the two characters without quoting an answer.
                yield fault("The name cannot contain the characters ; or ,", f"{where}.name", topic)
    if total > 1:
        yield from _repetition_faults(each, field)


def _repetition_faults(each: dict[str, Any], field: str) -> Iterator[Fault]:
    """Yield the first address that occurs twice in one personalization, in whatever case."""
    seen: set[str] = set()
    for kind in NAMES:
        people = each.get(kind)
        for person in people if isinstance(people, list) else ():
            address = person.get("email") if isinstance(person, dict) else None
            if not isinstance(address, str):
                continue
            if address.lower() in seen:
                yield fault(
                    "Each email address in the personalization block should be unique between to, cc, and"
                    f" bcc. We found the first duplicate instance of [{address}] in the {field}.{kind}"
                    " field.",
                    field,
                    "recipient-errors",
                )
                return
            seen.add(address.lower())


def _substitution_faults(each: dict[str, Any], field: str) -> Iterator[Fault]:
    if "substitutions" not in each:
        return
    values, topic = each["substitutions"], "personalizations.substitutions"
    if not isinstance(values, dict):
        yield fault(
            "The substitution values must be an object of key/value pairs, where the values are all strings.",
            field,
            topic,
        )
        return
    if len(values) > SUBSTITUTIONS:
        yield fault("You are limited to 10,000 substitutions.", field, topic)
    # How bytes are counted is not documented; the whole JSON is the strictest reading.
    if len(orjson.dumps(values)) > OBJECT_BYTES:
        message = "Substitutions are limited to 10000 bytes per personalization block."
        yield fault(message, field, topic)
