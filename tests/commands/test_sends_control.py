"""`mailer sends pause | resume | cancel | correct`, as a script and a person use them."""

import datetime as dt
import io
from pathlib import Path

import pytest

from mailer import batches, editions, sends
from mailer.models import Batch, Edition, Revision, Send
from mailer.transports.answers import Accepted, NotAccepted, Unknown
from tests.commands.conftest import Mailer
from tests.stage import EDITION, a_frozen_send, a_list, a_reader, a_send, an_edition, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

CORRECTED = EDITION.replace(b"The rocket flew.", b"The rocket flew on Monday.")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def send() -> Send:
    """A frozen send in two batches: two readers who chose Africa, three who chose nothing."""
    owner = a_list()
    for name in ("ada", "amir"):
        a_reader(owner, f"{name}@example.org", ["africa"])
    for name in ("eva", "elio", "ezra"):
        a_reader(owner, f"{name}@example.org")
    return a_frozen_send(owner)


@pytest.fixture
def number(send: Send) -> str:
    """Its number, as one types it."""
    return str(send.pk)


@pytest.fixture
def two(send: Send) -> Batch:
    """The batch of the two."""
    return next(batch for batch in batches_of(send) if batch.n == 2)


@pytest.fixture
def corrected(tmp_path: Path) -> str:
    path = tmp_path / "corrected.md"
    path.write_bytes(CORRECTED)
    return str(path)


def test_a_pause_says_who_waits_and_what_is_in_flight(mailer: Mailer, number: str, two: Batch) -> None:
    fired(two)
    told = mailer("sends", "pause", number, "--reason", "a wrong figure").out
    assert told == (
        f"Send {number} is paused: a wrong figure.\n"
        "3 readers wait.\n"
        "2 letters are in flight: the request had left, and its answer is noted when it comes.\n"
        f"`mailer sends resume {number}` lets it go on, `mailer sends cancel {number}` ends it.\n"
    )


def test_a_pause_for_scripts_is_the_send(
    mailer: Mailer, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ed")
    paused = mailer("sends", "pause", number, "--json").json
    assert (paused["status"], paused["pause_reason"], paused["pending"]) == ("paused", "paused by ed", 5)
    assert paused == mailer("sends", "show", number, "--json").json


def test_a_second_pause_changes_nothing(mailer: Mailer, number: str) -> None:
    mailer("sends", "pause", number, "--reason", "a wrong figure")
    again = mailer("sends", "pause", number, "--reason", "lunch")
    assert again.status == 0
    assert again.out.startswith(f"Send {number} is paused: a wrong figure.\n")


def test_a_send_that_has_not_begun_can_be_paused_and_resumed(mailer: Mailer) -> None:
    later = now() + dt.timedelta(days=1)
    number = str(a_send(an_edition(a_list()), at=dt.datetime(2999, 12, 1, 9, tzinfo=dt.UTC)).pk)
    assert "nothing of it has left" in mailer("sends", "pause", number).out
    assert "leaves 2999-12-01 09:00 UTC." in mailer("sends", "resume", number).out
    Send.objects.update(scheduled_at=later - dt.timedelta(days=2), status="missed")
    assert "leaves as soon as a worker takes it." in mailer("sends", "resume", number).out


def test_a_resumed_send_goes_on_from_where_it_stands(mailer: Mailer, number: str, two: Batch) -> None:
    request = fired(two)
    mailer("sends", "pause", number)
    batches.settle(two.pk, request.attempt, Accepted(202, "m"), now=now())
    told = mailer("sends", "resume", number).out.splitlines()
    assert told[:3] == [
        f"Send {number} goes on.",
        "2 letters have left and were accepted.",
        "3 readers wait.",
    ]
    resumed = mailer("sends", "resume", number, "--json").json
    assert (resumed["status"], resumed["pause_reason"]) == ("sending", None)


def test_a_resumed_send_of_which_all_has_left_is_done(mailer: Mailer, send: Send, number: str) -> None:
    for batch in batches_of(send):
        request = fired(batch)
        batches.settle(batch.pk, request.attempt, Accepted(202, "m"), now=now())
    mailer("sends", "pause", number)
    assert mailer("sends", "resume", number).out.startswith(f"Send {number} is done: nobody was left")


@pytest.mark.parametrize("command", [("pause",), ("resume",), ("cancel", "--yes")])
def test_what_is_over_is_refused_in_one_line(mailer: Mailer, number: str, command: tuple[str, ...]) -> None:
    Send.objects.update(status="done")
    word, *options = command
    refused = mailer("sends", word, number, *options)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"mailer: Send {number} is done: ")
    assert len(refused.err.splitlines()) == 1


def test_a_cancel_says_what_has_left_and_what_not(
    mailer: Mailer, send: Send, number: str, two: Batch
) -> None:
    request = fired(two)
    told = mailer("sends", "cancel", number, "--yes").out
    assert told == (
        f"Send {number} is being cancelled: no further request begins.\n"
        "3 readers do not get it.\n"
        "2 letters are in flight: the request had left, and its answer is noted when it comes.\n"
    )
    batches.settle(two.pk, request.attempt, Accepted(202, "m"), now=now())
    sends.finish(send.pk, now=now())
    again = mailer("sends", "cancel", number)
    assert again.status == 0
    assert again.out == (
        f"Send {number} is cancelled: no further request begins.\n"
        "3 readers do not get it.\n"
        "2 letters have left and were accepted.\n"
    )


def test_a_cancelled_send_for_scripts_is_cancelling_while_something_is_in_flight(
    mailer: Mailer, number: str, two: Batch
) -> None:
    request = fired(two)
    cancelled = mailer("sends", "cancel", number, "--yes", "--json").json
    assert (cancelled["status"], cancelled["cancelled"], cancelled["in_flight"]) == ("cancelling", 3, 2)
    batches.settle(two.pk, request.attempt, NotAccepted("503"), now=now())
    shown = mailer("sends", "show", number, "--json").json
    assert (shown["status"], shown["cancelled"], shown["in_flight"]) == ("cancelled", 5, 0)


def test_a_cancel_that_nobody_confirms_changes_nothing(mailer: Mailer, number: str) -> None:
    refused = mailer("sends", "cancel", number)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"mailer: Cancel send {number} for good? 0 letters have left already. ")
    assert refused.err.endswith("--yes\n")
    assert Send.objects.get().status == "sending"


def test_stopping_the_press_says_who_gets_which_text(
    mailer: Mailer, send: Send, number: str, two: Batch, corrected: str
) -> None:
    request = fired(two)
    batches.settle(two.pk, request.attempt, Unknown("no answer"), now=now())
    told = mailer("sends", "correct", number, corrected, "--yes").out.splitlines()
    correction = Send.objects.get(kind="correction")
    assert told[:3] == [
        f"Send {number} is stopped. Send {correction.pk} takes the corrected text to 3 readers.",
        "2 readers are left in peace: they may have the first text, which cannot be told yet.",
        f"`mailer sends show {correction.pk}` says how it stands.",
    ]
    assert correction.corrects_id == send.pk
    assert Send.objects.get(pk=send.pk).status == "cancelled"
    shown = mailer("sends", "show", str(correction.pk)).out
    assert shown.startswith(f"Send {correction.pk}, a correction of send {number}, of edition ")


def test_what_preflight_warns_of_in_a_corrected_text_is_told_and_takes_a_word(
    mailer: Mailer, number: str, tmp_path: Path
) -> None:
    path = tmp_path / "warned.md"
    path.write_bytes(CORRECTED + b"\n## A story without a link {africa}\nIt has a summary.\n")
    told = mailer("sends", "correct", number, str(path), "--yes")
    assert "Nobody has said why they may stand" in told.err
    path.write_bytes(path.read_bytes() + b"\nAnd a second paragraph.\n")
    correction = str(Send.objects.get(kind="correction").pk)
    sends.prepare(int(correction), now=now())
    meant = mailer("sends", "correct", correction, str(path), "--yes", "--word", "It has none.")
    assert (meant.status, meant.err) == (0, "")
    newest = Send.objects.filter(kind="correction").latest("pk")
    assert newest.approval is not None
    assert newest.approval.word == "It has none."


def test_a_correction_is_not_written_over_a_text_that_somebody_saved_meanwhile(
    mailer: Mailer, send: Send, number: str, corrected: str
) -> None:
    edition = send.edition
    editions.revise(edition, EDITION.replace(b"The dish turned.", b"It turned."), author="bo", now=now())
    refused = mailer("sends", "correct", number, corrected, "--yes")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        f"mailer: bo saved revision 2 of edition {edition.pk} meanwhile, and nothing was stopped: see it with"
        f" `mailer editions export {edition.pk}`, put your correction into that, and run"
        f" `mailer sends correct {number} FILE --over 2`\n"
    )
    assert Send.objects.get().status == "sending"
    assert Revision.objects.count() == 2
    meant = mailer("sends", "correct", number, corrected, "--yes", "--over", "2")
    assert (meant.status, Revision.objects.count()) == (0, 3)


def test_run_again_a_correction_takes_those_refused_since(
    mailer: Mailer, number: str, two: Batch, corrected: str
) -> None:
    request = fired(two)
    first = mailer("sends", "correct", number, corrected, "--yes", "--json").json
    assert (first["kind"], first["corrects"], first["status"]) == ("correction", int(number), "scheduled")
    assert (first["corrected"], first["may_have_first_text"], first["has_first_text"]) == (3, 2, 0)
    sends.prepare(first["id"], now=now())
    nobody = mailer("sends", "correct", number, corrected, "--yes")
    assert (nobody.status, len(nobody.err.splitlines())) == (1, 1)
    batches.settle(two.pk, request.attempt, NotAccepted("503"), now=now())
    again = mailer("sends", "correct", number, corrected, "--yes", "--json").json
    assert (again["corrected"], again["may_have_first_text"]) == (2, 0)
    assert again["id"] != first["id"]


def test_the_corrected_text_may_come_through_a_pipe(
    mailer: Mailer, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CORRECTED)))
    assert mailer("sends", "correct", number, "-", "--yes", "--json").json["corrected"] == 5
    assert Revision.objects.latest("number").text.encode() == CORRECTED


def test_a_faulty_text_stops_nothing(mailer: Mailer, number: str, corrected: str) -> None:
    Path(corrected).write_bytes(EDITION.replace(b"{china}", b"{mars}"))
    refused = mailer("sends", "correct", number, corrected, "--yes")
    assert (refused.status, refused.out) == (1, "")
    fault, then = refused.err.splitlines()
    assert fault.startswith(f"mailer: {corrected}:7:")
    assert then == "mailer: Nothing was stopped: mend these, and run it again"
    assert Send.objects.get().status == "sending"


def test_a_text_that_is_not_there_stops_nothing(mailer: Mailer, number: str, tmp_path: Path) -> None:
    missing = mailer("sends", "correct", number, f"{tmp_path}/none.md", "--yes")
    assert (missing.status, missing.err) == (1, f"mailer: {tmp_path}/none.md: No such file or directory\n")
    assert Send.objects.get().status == "sending"


def test_where_a_second_person_must_see_the_text_the_press_is_stopped_at_once(
    mailer: Mailer, number: str, corrected: str
) -> None:
    owner = Edition.objects.get().list
    owner.second_approval = True
    owner.save()
    refused = mailer("sends", "correct", number, corrected, "--yes")
    assert refused.status == 1
    assert "mailer editions approve" in refused.err
    assert f"mailer: Send {number} is stopped all the same" in refused.err
    assert Send.objects.get().status == "cancelled"


@pytest.mark.parametrize("command", [("pause",), ("resume",), ("cancel", "--yes"), ("correct", "--yes")])
def test_a_send_that_is_not_there_is_one_line(
    mailer: Mailer, command: tuple[str, ...], corrected: str
) -> None:
    word, *options = command
    missing = mailer("sends", word, "987654", *([corrected] if word == "correct" else []), *options)
    assert (missing.status, missing.out) == (1, "")
    assert missing.err.startswith("mailer: There is no send 987654;")


@pytest.mark.parametrize("command", ["pause", "resume", "cancel", "correct"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer sends {command} 1" in mailer("sends", command, "--help").out
