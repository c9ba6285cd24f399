"""Mail as it comes to the bounce address, from the files beside this, about a copy of the test's."""

from pathlib import Path

from mailer import verp

FOLDER = Path(__file__).parent / "mail"
USUAL = {
    "action": "failed",
    "status": "5.1.1",
    "diagnostic": "550 5.1.1 <ada@x.example>: Recipient address rejected: User unknown",
    "said": "550 5.1.1 no such user",
    "kind": "abuse",
}


def mail(name: str, delivery: int, attempt: str = "a" * 32, **changed: str) -> bytes:
    """Return a message about a copy, with whatever a test says instead of the usual."""
    token = verp.make("leave" if name in {"unsubscribe", "complaint"} else "bounce", delivery)
    values = {
        "token": token,
        "shouted": token.upper(),
        "message_id": f"{delivery}.{attempt}",
        **USUAL,
        **changed,
    }
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8")
    for mark, value in values.items():
        text = text.replace(f"{{{mark}}}", value)
    return text.encode()
