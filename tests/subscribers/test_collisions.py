import pytest
from django.db import IntegrityError, OperationalError

from subscribers.collisions import MOST, again_after_collision
from subscribers.models import List
from subscribers.names import NameTextError

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


class Busy:
    """Work that another gets in the way of, so often, after it has written something."""

    def __init__(self, times: int, error: type[Exception]) -> None:
        self.left, self.error, self.done = times, error, 0

    def __call__(self) -> int:
        self.done += 1
        List.objects.filter(slug="space-digest").update(name=f"try {self.done}")
        if self.left:
            self.left -= 1
            raise self.error
        return self.done


@pytest.mark.parametrize("error", [IntegrityError, OperationalError])
def test_work_that_collided_is_done_again(error: type[Exception], digest: List) -> None:
    assert again_after_collision(Busy(2, error)) == 3
    digest.refresh_from_db()
    assert digest.name == "try 3"


def test_what_collides_for_ever_is_an_error_and_nothing_is_written(digest: List) -> None:
    work = Busy(100, IntegrityError)
    with pytest.raises(IntegrityError):
        again_after_collision(work)
    assert work.done == MOST
    digest.refresh_from_db()
    assert digest.name == "Space Digest"


def test_what_is_refused_is_not_tried_again() -> None:
    work = Busy(1, NameTextError)
    with pytest.raises(NameTextError):
        again_after_collision(work)
    assert work.done == 1
