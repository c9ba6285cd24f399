"""The limits of POST /v3/mail/send: a decoded body in, its faults out.

Wordings and fields are those the service documents (Mail Send errors page) or was recorded to send.
Where it documents a limit without a wording, the sentence is ours and a comment says so.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from mailer.sandbox.faults import UNREADABLE, Fault, fault, mistyped, unknown_key
from mailer.sandbox.personalizations import (
    address_faults,
    argument_faults,
    header_faults,
    personalization_faults,
    send_at_faults,
)
from mailer.sandbox.switches import mail_setting_faults, tracking_setting_faults

KEYS = frozenset(
    {
        "personalizations",
        "from",
        "reply_to",
        "reply_to_list",
        "subject",
        "content",
        "attachments",
        "template_id",
        "headers",
        "sections",
        "categories",
        "custom_args",
        "send_at",
        "batch_id",
        "asm",
        "ip_pool_name",
        "mail_settings",
        "tracking_settings",
    }
)
STRINGS = {str, type(None)}
CATEGORIES = 10
CATEGORY_LENGTH = 255
REPLY_ADDRESSES = 1000
FORBIDDEN_IN_TYPES = frozenset(";,\r\n")

EXAMPLE = (
    '{"email" : "example@example.com"}  or {"email" : "example@example.com", "name" : "Example Recipient"}.'
)


def check(body: object, now: float) -> list[Fault]:
    """Return what the service would refuse in `body`, all of it at once; `now` in unix seconds."""
    if not isinstance(body, dict):
        return [mistyped("object", body, "(root)", "-Request-Body-Parameters")]
    if _undecodable(body):
        return [UNREADABLE]
    return list(_faults(body, now))


def sandboxed(body: dict[str, Any]) -> bool:
    """Return whether a sound body asks only to be checked: answered 200, never sent, no events."""
    return bool(body.get("mail_settings", {}).get("sandbox_mode", {}).get("enable", False))


def _undecodable(body: dict[str, Any]) -> bool:
    """Return whether a map of strings holds something else, which the service answers without a field."""
    maps = [body.get("custom_args"), body.get("sections")]
    people = body.get("personalizations")
    for each in people if isinstance(people, list) else ():
        if isinstance(each, dict):
            maps += (each.get("substitutions"), each.get("custom_args"))
    # By exact types: decoded JSON has no others.
    return any(isinstance(each, dict) and not set(map(type, each.values())) <= STRINGS for each in maps)


def _faults(body: dict[str, Any], now: float) -> Iterator[Fault]:
    for key in body.keys() - KEYS:
        yield unknown_key(key, "(root)")
    yield from personalization_faults(body, now)
    yield from _from_faults(body)
    yield from _reply_faults(body)
    yield from _subject_faults(body)
    yield from _content_faults(body)
    yield from _attachment_faults(body.get("attachments", []))
    yield from _category_faults(body.get("categories", []))
    yield from _account_faults(body)
    yield from send_at_faults(body, now, "")
    if "headers" in body:
        yield from header_faults(body["headers"], "headers")
    if "custom_args" in body:
        yield from argument_faults(body["custom_args"], "custom_args")
    yield from mail_setting_faults(body.get("mail_settings", {}))
    yield from tracking_setting_faults(body.get("tracking_settings", {}))


def _from_faults(body: dict[str, Any]) -> Iterator[Fault]:
    sender = body.get("from")
    if not isinstance(sender, dict) or not sender.get("email"):
        if sender is not None and not isinstance(sender, dict):
            yield mistyped("object", sender, "from", "from")
            return
        yield fault(
            "The from object must be provided for every email send. It is an object that requires the email"
            f" parameter, but may also contain a name parameter.  e.g. {EXAMPLE}",
            "from.email",
            "from",
        )
        return
    yield from address_faults(sender, "from", "from", "From")


def _reply_faults(body: dict[str, Any]) -> Iterator[Fault]:
    several = body.get("reply_to_list", [])
    if "reply_to" in body:
        yield from address_faults(body["reply_to"], "reply_to", "reply_to", "Reply-To")
    if "reply_to" in body and "reply_to_list" in body:
        # Ours: the reference says that only one of the two may be given.
        yield fault("Only one of reply_to and reply_to_list may be used.", "reply_to_list", "reply_to")
    if not isinstance(several, list):
        yield mistyped("array", several, "reply_to_list", "reply_to")
        return
    if len(several) > REPLY_ADDRESSES:
        # Ours: the reference gives the number alone.
        yield fault("There is a limit of 1000 addresses in reply_to_list.", "reply_to_list", "reply_to")
    for index, each in enumerate(several):
        yield from address_faults(each, f"reply_to_list.{index}", "reply_to", "Reply-To")


def _subject_faults(body: dict[str, Any]) -> Iterator[Fault]:
    if "subject" in body:
        if not isinstance(body["subject"], str) or not body["subject"]:
            yield fault(
                "The subject of your email must be a string at least one character in length.",
                "subject",
                "subject",
            )
        return
    people = body.get("personalizations")
    if not isinstance(people, list) or not all(
        isinstance(each, dict) and "subject" in each for each in people
    ):
        yield fault(
            "The subject is required. You can get around this requirement if you use a template with a"
            " subject defined or if every personalization has a subject defined.",
            "subject",
            "subject",
        )


def _content_faults(body: dict[str, Any]) -> Iterator[Fault]:
    blocks = body.get("content", [])
    if not isinstance(blocks, list):
        yield mistyped("array", blocks, "content", "content")
        return
    if not blocks:
        yield fault(
            "Unless a valid template_id is provided, the content parameter is required. There must be at"
            " least one defined content block. We typically suggest both text/plain and text/html blocks are"
            " included, but only one block is required.",
            "content",
            "content",
        )
        return
    for index, block in enumerate(blocks):
        yield from _block_faults(block, f"content.{index}")
    kinds = [block.get("type") if isinstance(block, dict) else None for block in blocks]
    ranks = [{"text/plain": 0, "text/html": 1}.get(str(kind), 2) for kind in kinds]
    if ranks != sorted(ranks):
        yield fault(
            "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in your email:"
            " text/plain needs to be first, followed by text/html, followed by any other content.",
            "content",
            "content.value",
        )


def _block_faults(block: object, field: str) -> Iterator[Fault]:
    if not isinstance(block, dict):
        yield mistyped("object", block, field, "content")
        return
    for key in block.keys() - {"type", "value"}:
        yield unknown_key(key, field)
    for key in ("type", "value"):
        value = block.get(key)
        if not isinstance(value, str) or not value:
            yield fault(
                f"The content {key} must be a string at least one character in length.",
                f"{field}.{key}",
                f"content.{key}",
            )
    if isinstance(block.get("type"), str) and FORBIDDEN_IN_TYPES & set(block["type"]):
        yield fault("Cannot contain ';', or CRLF characters.", f"{field}.type", "content.type")


def _attachment_faults(attachments: object) -> Iterator[Fault]:
    if not isinstance(attachments, list):
        yield mistyped("array", attachments, "attachments", "attachments")
        return
    for index, each in enumerate(attachments):
        field = f"attachments.{index}"
        if not isinstance(each, dict):
            yield mistyped("object", each, field, "attachments")
            continue
        for key in each.keys() - {"content", "type", "filename", "disposition", "content_id"}:
            yield unknown_key(key, field)
        for key, wrong in (
            ("content", _content_fault(each.get("content"))),
            ("filename", _filename_fault(each.get("filename"))),
            ("disposition", _disposition_fault(each.get("disposition", "attachment"))),
        ):
            if wrong:
                yield fault(wrong, f"{field}.{key}", f"attachments.{key}")


def _content_fault(content: object) -> str:
    if not isinstance(content, str) or not content:
        return "The attachment content must be a string at least one character in length."
    return "" if _is_base64(content) else "The attachment content must be base64 encoded."


def _filename_fault(name: object) -> str:
    if name is None:
        return "filename is required."
    if not isinstance(name, str):
        return "The filename of your attachment must be a string."
    if FORBIDDEN_IN_TYPES & set(name):
        return "The filename of your attachment cannot contain CRLF characters."
    return ""


def _disposition_fault(disposition: object) -> str:
    if disposition in ("inline", "attachment"):
        return ""
    return (
        'The disposition of your attachment can be either "inline" or "attachment".'
        f" You provided {disposition}."
    )


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _category_faults(categories: object) -> Iterator[Fault]:
    def about(message: str) -> Fault:
        return fault(message, "categories", "categories")

    if not isinstance(categories, list) or not all(isinstance(each, str) for each in categories):
        yield about("Categories must be an array of strings.")
        return
    if len(categories) > CATEGORIES:
        yield about(
            "There is a limit of 10 categories for each email that is sent."
            f" You provided {len(categories)} categories."
        )
    seen: set[str] = set()
    for each in categories:
        if len(each) > CATEGORY_LENGTH:
            yield about(f"Each category must not be longer than 255 characters. {each} exceeds this limit")
        if each in seen:
            yield about(f"The categories must be a unique list, and you have included {each} more than once.")
        if not each.isascii():
            yield about("Categories can not contain non-ASCII characters.")
        seen.add(each)


def _account_faults(body: dict[str, Any]) -> Iterator[Fault]:
    """Yield what refers to things of an account: the sandbox's has no templates, groups or pools."""
    batch, pool, group, template = (
        body.get(key) for key in ("batch_id", "ip_pool_name", "asm", "template_id")
    )
    if "batch_id" in body and not isinstance(batch, str):
        yield fault("The batch_id must be a string.", "batch_id", "batch_id")
    if "ip_pool_name" in body:
        message = f"The IP Pool name must be a valid pool name for your account. You provided {pool}."
        if not isinstance(pool, str):
            message = "The name of your IP pool must be a string."
        yield fault(message, "ip_pool_name", "ip_pool_name")
    if "asm" in body:
        number = group.get("group_id") if isinstance(group, dict) else None
        message = f"The ASM group ID must be a valid Group ID on your account. You provided {number}."
        if not isinstance(number, int) or isinstance(number, bool):
            message = "The ASM group ID must be an integer."
        yield fault(message, "asm.group_id", "asm.group_id")
    if "template_id" in body:
        yield fault(
            f"The Template ID must be a valid template id for your account. You provided {template}.",
            "template_id",
            "template_id",
        )
