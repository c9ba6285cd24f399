"""What is wrong with a request, in the words and the shape of SendGrid's answers."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import orjson

DOCUMENTATION = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html"


@dataclass(frozen=True)
class Fault:
    """One error: `field` is a path such as `personalizations.1.to`; `help` the page that explains it."""

    message: str
    field: str | None = None
    help: str | None = None


# All that is said of a body that cannot be decoded: no field and no help.
UNREADABLE = Fault("Bad Request")


def fault(message: str, field: str, topic: str) -> Fault:
    """Return a fault with the help page that explains `topic`, such as `personalizations.to`."""
    return Fault(message, field, f"{DOCUMENTATION}#message.{topic}")


def mistyped(expected: str, value: object, field: str, topic: str) -> Fault:
    """Return the fault of a value whose JSON type is not `expected`."""
    return fault(f"Invalid type. Expected: {expected}, given: {json_type(value)}.", field, topic)


def unknown_key(key: str, field: str) -> Fault:
    """Return the fault of a key the API does not document.

    Stricter than the service may be: a misspelt key must not go unnoticed in a rehearsal.
    """
    return Fault(
        f"Additional property {key} is not allowed", field, f"{DOCUMENTATION}#-Request-Body-Parameters"
    )


def json_type(value: object) -> str:
    """Return JSON Schema's name for the type of a decoded value."""
    if value is None:
        return "null"
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names[type(value)]


def error_body(faults: Iterable[Fault]) -> bytes:
    """Return the JSON of a refusal: `{"errors": [{"message", "field", "help"}, ...]}`."""
    return orjson.dumps({"errors": [asdict(each) for each in faults]})
