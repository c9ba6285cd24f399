"""Why a server, or the transport, refused a copy: its own words as a number that can be counted and kept.

The number says nothing of anybody: it is a status of RFC 3463 (5.1.1 as 5_001_001), else the reply of RFC
5321 (550), else one of the few phrases that transports have for what they drop; 0 where none was said.
"""

import re

NONE_SAID = 0

# Read as "said so, about": RFC 3463 §3.
_STATUS_WORDS = {
    "1.1": "no such mailbox",
    "1.2": "no such domain",
    "1.3": "not an address",
    "1.6": "the mailbox has moved",
    "1.10": "the domain takes no mail",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the letter is too long for the mailbox",
    "3.4": "the letter is too long for the server",
    "4.1": "the server does not answer",
    "4.4": "no way to the server",
    "4.7": "not delivered in time",
    "7.1": "refused by a rule of theirs",
    "7.26": "the sender is not proven (SPF, DKIM, DMARC)",
}
# By its middle figure, where the last says no more.
_SUBJECT_WORDS = {
    "0": "refused",
    "1": "something about the address",
    "2": "something about the mailbox",
    "3": "something about their server",
    "4": "something on the way",
    "5": "something in the conversation",
    "6": "something in the letter",
    "7": "a rule of theirs, or our reputation",
}
# What SendGrid says of what it drops (its Event Webhook reference).
_PHRASES = {
    1: "Bounced Address",
    2: "Unsubscribed Address",
    3: "Spam Reporting Address",
    4: "Invalid SMTPAPI header",
    5: "Spam Content",
    6: "Recipient List over Package Quota",
    7: "Invalid",
}
_PHRASE_WORDS = {
    1: "in the service's own list of bounces",
    2: "in the service's own list of those who left",
    3: "in the service's own list of those who complained",
    4: "a header the service does not take",
    5: "called spam by the service",
    6: "over the quota of the account",
    7: "not an address, the service says",
}
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# Where servers and transports write a reply: first of all, or after who said it. Any other number is of
# something else: a size, a limit, a line.
_REPLY = re.compile(r"(?:\A|\bsmtp;|\bsaid:|:\s)\s*([45]\d\d)(?![\d.])", re.IGNORECASE)
_FIRST_STATUS = 1_000_000


def code_of(words: str) -> int:
    """Return the number for a server's words about a refusal."""
    if found := _STATUS.search(words):
        return int(found[1]) * _FIRST_STATUS + int(found[2]) * 1_000 + int(found[3])
    if found := _REPLY.search(words):
        return int(found[1])
    folded = words.casefold()
    return next((code for code, phrase in _PHRASES.items() if phrase.casefold() in folded), NONE_SAID)


def said(code: int) -> str:
    """Return what a number stands for, in words for people: "5.1.1 no such mailbox"."""
    if code >= _FIRST_STATUS:
        kind, rest = divmod(code, _FIRST_STATUS)
        subject, detail = divmod(rest, 1_000)
        words = _STATUS_WORDS.get(f"{subject}.{detail}") or _SUBJECT_WORDS.get(str(subject), "refused")
        return f"{kind}.{subject}.{detail} {words}"
    if code in _PHRASE_WORDS:
        return _PHRASE_WORDS[code]
    return f"{code} without a further status" if code else "no reason given"
