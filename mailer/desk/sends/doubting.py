"""What is known of letters in doubt, in sentences: all that whoever decides has to go by."""

from mailer.desk.pages import local
from mailer.desk.sends import words
from mailer.doubts import Doubt
from mailer.models import Send


def evidence(doubt: Doubt, send: Send, by: str) -> list[str]:
    """Return what is known of one batch in doubt, in sentences; `by` is what pages call the transport."""
    zone = send.edition.list.zone
    left = f"Batch {doubt.batch}, {words.readers(doubt.readers)}, was fired {local(doubt.fired_at, zone)}."
    said = doubt.said.rstrip(".")
    if doubt.status:
        status = "" if said.startswith(str(doubt.status)) else f" {doubt.status}"
        heard = f"{words.capital(by)} answered{status}: {said or 'nothing in words'}."
    else:
        heard = f"{words.capital(by)} gave no answer that was heard{f' ({said})' if said else ''}."
    proof = f"Events prove {doubt.proved:,} other copies of it accepted." if doubt.proved else ""
    silence = "No event about any other request has come since: that none came of this one says nothing."
    if doubt.heard_at:
        silence = (
            f"Events about other requests have come since, the last {local(doubt.heard_at, zone)}, and none"
            " about this one. That speaks for “not taken”; it does not prove it."
        )
    return [sentence for sentence in (left, heard, proof, silence) if sentence]
