"""What SendGrid refuses, and the words it refuses it with."""

from typing import Any

NOW = 1_700_000_000
HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html"
LONG = "a" * 309 + "@example.org"  # 321 characters


def one(**changes: object) -> dict[str, Any]:
    """Return the personalizations of one reader, changed."""
    return {"personalizations": [{"to": [{"email": "amina@example.org"}]} | changes]}


def people(*emails: str) -> list[dict[str, str]]:
    return [{"email": email} for email in emails]


BREACHES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    # name: what is changed, message, field, topic of the help page
    "no personalizations": (
        {"personalizations": []},
        "The personalizations field is required and must have at least one personalization.",
        "personalizations",
        "-Personalizations-Errors",
    ),
    "no to": (
        {"personalizations": [{"to": people("a@example.org")}, {"cc": people("b@example.org")}]},
        (
            "The to array is required for all personalization objects, and must have at least one"
            " email object with a valid email address."
        ),
        "personalizations.1.to",
        "message.personalizations.to",
    ),
    "no email": (
        one(to=[{"name": "Amina"}]),
        "The to email parameter is required.",
        "personalizations.0.to.0.email",
        "message.personalizations.to",
    ),
    "invalid email": (
        one(to=people("amina@")),
        "Does not contain a valid address.",
        "personalizations.0.to.0.email",
        "message.personalizations.to",
    ),
    "email beyond ASCII": (
        one(to=people("zoë@example.org")),
        "Does not contain a valid address.",
        "personalizations.0.to.0.email",
        "message.personalizations.to",
    ),
    "email of a wrong type": (
        one(to=[{"email": ["amina@example.org"]}]),
        "Invalid type. Expected: string, given: array.",
        "personalizations.0.to.0.email",
        "message.personalizations.to",
    ),
    "address instead of an object": (
        one(to=["amina@example.org"]),
        "Invalid type. Expected: object, given: string.",
        "personalizations.0.to.0",
        "message.personalizations.to",
    ),
    "long to": (
        one(to=people(LONG)),
        "The To email exceeds the maximum total length of 320 characters",
        "personalizations.0.to.0.email",
        "message.personalizations.to",
    ),
    "long cc": (
        one(cc=people(LONG)),
        "The CC email exceeds the maximum total length of 320 characters",
        "personalizations.0.cc.0.email",
        "message.personalizations.cc",
    ),
    "long bcc": (
        one(bcc=people(LONG)),
        "The BCC email exceeds the maximum total length of 320 characters",
        "personalizations.0.bcc.0.email",
        "message.personalizations.bcc",
    ),
    "long from": (
        {"from": {"email": LONG}},
        "The From email exceeds the maximum total length of 320 characters",
        "from.email",
        "message.from",
    ),
    "long reply_to": (
        {"reply_to": {"email": LONG}},
        "The Reply-To email exceeds the maximum total length of 320 characters",
        "reply_to.email",
        "message.reply_to",
    ),
    "semicolon in a name": (
        one(to=[{"email": "amina@example.org", "name": "Odhiambo; Amina"}]),
        "The name cannot contain the characters ; or ,",
        "personalizations.0.to.0.name",
        "message.personalizations.to",
    ),
    "comma in a name": (
        one(cc=[{"email": "cc@example.org", "name": "Odhiambo, Amina"}]),
        "The name cannot contain the characters ; or ,",
        "personalizations.0.cc.0.name",
        "message.personalizations.cc",
    ),
    "twice in one personalization": (
        one(cc=people("AMINA@example.org")),
        (
            "Each email address in the personalization block should be unique between to, cc, and"
            " bcc. We found the first duplicate instance of [AMINA@example.org] in the"
            " personalizations.0.cc field."
        ),
        "personalizations.0",
        "message.recipient-errors",
    ),
    "substitutions over 10,000 bytes": (
        one(substitutions={"-name-": "é" * 5000}),
        "Substitutions are limited to 10000 bytes per personalization block.",
        "personalizations.0.substitutions",
        "message.personalizations.substitutions",
    ),
    "substitutions of a wrong type": (
        one(substitutions=["-name-"]),
        "The substitution values must be an object of key/value pairs, where the values are all strings.",
        "personalizations.0.substitutions",
        "message.personalizations.substitutions",
    ),
    "custom_args over the limit once merged": (
        one(custom_args={"own": "a" * 5000}) | {"custom_args": {"shared": "b" * 5000}},
        (
            "The combined size of both global and personalization custom arguments may not exceed"
            " 10,000 bytes per personalization."
        ),
        "personalizations.0.custom_args",
        "message.personalizations.custom_args",
    ),
    "empty custom_args": (
        one(custom_args={}),
        "custom_args cannot be empty.",
        "personalizations.0.custom_args",
        "message.personalizations.custom_args",
    ),
    "null in custom_args": (
        one(custom_args={"delivery": None}),
        "All values of custom arguments object must be strings",
        "personalizations.0.custom_args",
        "message.personalizations.custom_args",
    ),
    "reserved header of one": (
        one(headers={"REPLY-TO": "x@example.org"}),
        "Header cannot be one of the reserved keys.",
        "personalizations.0.headers",
        "message.personalizations.headers",
    ),
    "reserved header of all": (
        {"headers": {"X-SG-EID": "1"}},
        "Header can not be one of the reserved keys.",
        "headers",
        "message.headers",
    ),
    "header name beyond ASCII": (
        one(headers={"X-Édition": "1"}),
        "Header keys cannot contain non-ASCII characters or empty spaces.",
        "personalizations.0.headers",
        "message.personalizations.headers",
    ),
    "header name with a space": (
        {"headers": {"X Edition": "1"}},
        "Header keys cannot contain non-ASCII characters and empty spaces.",
        "headers",
        "message.headers",
    ),
    "header twice": (
        one(headers={"X-Edition": "1", "x-edition": "2"}),
        "The headers cannot contain duplicate keys.",
        "personalizations.0.headers",
        "message.personalizations.headers",
    ),
    "header that is no string": (
        one(headers={"X-Edition": 1}),
        "All values of the headers object must be strings.",
        "personalizations.0.headers",
        "message.personalizations.headers",
    ),
    "header with a line break": (
        one(headers={"X-Edition": "1\r\nBcc: stranger@example.org"}),
        "Header values cannot contain non-ASCII or CRLF characters.",
        "personalizations.0.headers",
        "message.personalizations.headers",
    ),
    "eleven categories": (
        {"categories": [str(number) for number in range(11)]},
        "There is a limit of 10 categories for each email that is sent. You provided 11 categories.",
        "categories",
        "message.categories",
    ),
    "long category": (
        {"categories": ["c" * 256]},
        f"Each category must not be longer than 255 characters. {'c' * 256} exceeds this limit",
        "categories",
        "message.categories",
    ),
    "category twice": (
        {"categories": ["news", "news"]},
        "The categories must be a unique list, and you have included news more than once.",
        "categories",
        "message.categories",
    ),
    "category beyond ASCII": (
        {"categories": ["évasion"]},
        "Categories can not contain non-ASCII characters.",
        "categories",
        "message.categories",
    ),
    "category that is no string": (
        {"categories": [1]},
        "Categories must be an array of strings.",
        "categories",
        "message.categories",
    ),
    "too far ahead": (
        {"send_at": NOW + 72 * 3600 + 1},
        "Scheduling more than 72 hours in advance is forbidden.",
        "send_at",
        "message.send_at",
    ),
    "send_at that is no integer": (
        one(send_at="tomorrow"),
        (
            "The send_at parameter is expecting a Unix timestamp as an integer. We will send"
            " immediately if you include a send_at timestamp that is in the past."
        ),
        "personalizations.0.send_at",
        "message.personalizations.send_at",
    ),
    "empty subject": (
        {"subject": ""},
        "The subject of your email must be a string at least one character in length.",
        "subject",
        "message.subject",
    ),
    "empty subject of one": (
        one(subject=""),
        "The subject of your email must be a string at least one character in length.",
        "personalizations.0.subject",
        "message.personalizations.subject",
    ),
    "no content": (
        {"content": []},
        (
            "Unless a valid template_id is provided, the content parameter is required. There must be"
            " at least one defined content block. We typically suggest both text/plain and text/html"
            " blocks are included, but only one block is required."
        ),
        "content",
        "message.content",
    ),
    "empty content": (
        {"content": [{"type": "text/plain", "value": "x"}, {"type": "text/html", "value": ""}]},
        "The content value must be a string at least one character in length.",
        "content.1.value",
        "message.content.value",
    ),
    "content without a type": (
        {"content": [{"value": "x"}]},
        "The content type must be a string at least one character in length.",
        "content.0.type",
        "message.content.type",
    ),
    "content type with parameters": (
        {"content": [{"type": "text/plain; charset=utf-8", "value": "x"}]},
        "Cannot contain ';', or CRLF characters.",
        "content.0.type",
        "message.content.type",
    ),
    "HTML before text": (
        {"content": [{"type": "text/html", "value": "<p>x"}, {"type": "text/plain", "value": "x"}]},
        (
            "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in"
            " your email: text/plain needs to be first, followed by text/html, followed by any other"
            " content."
        ),
        "content",
        "message.content.value",
    ),
    "no from": (
        {"from": {"name": "Space Digest"}},
        (
            "The from object must be provided for every email send. It is an object that requires the"
            ' email parameter, but may also contain a name parameter.  e.g. {"email" :'
            ' "example@example.com"}  or {"email" : "example@example.com", "name" : "Example'
            ' Recipient"}.'
        ),
        "from.email",
        "message.from",
    ),
    "tracking switch that is no boolean": (
        {"tracking_settings": {"click_tracking": {"enable": "yes"}}},
        "The click tracking enable param should be a boolean value.",
        "tracking_settings.click_tracking.enable",
        "message.tracking_settings.click_tracking.enable",
    ),
    "sandbox mode that is no boolean": (
        {"mail_settings": {"sandbox_mode": {"enable": 1}}},
        "The sandbox mode enable param should be a boolean value.",
        "mail_settings.sandbox_mode.enable",
        "message.mail_settings.sandbox_mode.enable",
    ),
    "bypasses together": (
        {
            "mail_settings": {
                "bypass_list_management": {"enable": True},
                "bypass_spam_management": {"enable": True},
            }
        },
        "The bypass list management setting cannot be combined with other bypass settings.",
        "mail_settings.bypass_list_management",
        "message.mail_settings.bypass_list_management.enable",
    ),
    "key that is not documented": (
        one(customArgs={"delivery": "1"}),
        "Additional property customArgs is not allowed",
        "personalizations.0",
        "-Request-Body-Parameters",
    ),
    "template of no account": (
        {"template_id": "d-1"},
        "The Template ID must be a valid template id for your account. You provided d-1.",
        "template_id",
        "message.template_id",
    ),
    "group of no account": (
        {"asm": {"group_id": 7}},
        "The ASM group ID must be a valid Group ID on your account. You provided 7.",
        "asm.group_id",
        "message.asm.group_id",
    ),
    "pool of no account": (
        {"ip_pool_name": "main"},
        "The IP Pool name must be a valid pool name for your account. You provided main.",
        "ip_pool_name",
        "message.ip_pool_name",
    ),
    "batch_id that is no string": (
        {"batch_id": 7},
        "The batch_id must be a string.",
        "batch_id",
        "message.batch_id",
    ),
    "reply_to twice over": (
        {"reply_to": {"email": "a@example.org"}, "reply_to_list": people("b@example.org")},
        "Only one of reply_to and reply_to_list may be used.",
        "reply_to_list",
        "message.reply_to",
    ),
    "attachment without a name": (
        {"attachments": [{"content": "aGVsbG8="}]},
        "filename is required.",
        "attachments.0.filename",
        "message.attachments.filename",
    ),
    "attachment that is not base64": (
        {"attachments": [{"content": "hello!", "filename": "a.txt"}]},
        "The attachment content must be base64 encoded.",
        "attachments.0.content",
        "message.attachments.content",
    ),
}
