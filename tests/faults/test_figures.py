"""Figures while everything goes on at once: bodies, glimpses, folding, counting anew, erasing."""

import random
from functools import partial

import pytest

from mailer.events import LAST_SEEN
from mailer.models import MailDomain, Send
from mailer.tallies import checking, folding, rebuilding, recounting
from subscribers.erasing import erase
from tests.faults.test_erasures import all_at_once
from tests.stage import NOW
from tests.tallies.by_hand import counted
from tests.tallies.cast import LINKS, a_cast, apply, chosen, found

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("tallied", [True, False])
def test_whoever_works_beside_whom_the_sums_are_a_count_by_hand(*, tallied: bool) -> None:
    cast = a_cast()
    chance = random.Random(28)  # noqa: S311 - a seed, so that a failure can be seen again
    copy = next(copy for copy, domain in cast.domains.items() if domain == "z.example")
    # What somebody opens or clicks is noted until they are erased, and then no more: here nobody knows which.
    told = [each for each in chosen(cast, chance, 120) if each.delivery != copy or each.kind not in LAST_SEEN]
    Send.objects.update(tallied=tallied)
    bodies = [told[start : start + 12] for start in range(0, len(told), 12)]
    count = partial(recounting.recount, cast.send.pk) if tallied else rebuilding.rebuild_next
    failed = all_at_once(
        [partial(apply, body) for body in bodies],
        [partial(apply, body) for body in reversed(bodies)],
        [folding.fold] * 12,
        [folding.fold] * 12,
        [count] * 12,
        [partial(rebuilding.rebuild, cast.send.pk)] * 6,
        [partial(erase, "reader5@z.example", by="ops", at=NOW)],
    )
    assert failed == []
    assert found(cast.send) == counted(told, LINKS, cast.domains | {copy: ""})
    assert list(checking.check([cast.send.pk], now=NOW, by="ops")) == []
    assert not MailDomain.objects.filter(name="z.example").exists()
