"""Why people leave, if they care to say: counted by the day, and nothing that could tell who."""

import datetime as dt

from django.db import connection

from subscribers.models import Departure, List
from subscribers.vocabulary import Departed

_TELL = """
    INSERT INTO departure (list_id, reason, day, people) VALUES (%s, %s, %s, 1)
    ON CONFLICT (list_id, reason, day) DO UPDATE SET people = departure.people + 1
"""


def tell(list_id: int, reason: Departed, *, at: dt.datetime) -> None:
    """Count one more who left a list for this reason."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [list_id, reason.value, at.date()])


def reasons(newsletter: List) -> dict[str, int]:
    """Return how many said what, those nobody said among them."""
    said = dict.fromkeys([reason.value for reason in Departed], 0)
    for reason, people in Departure.objects.filter(list=newsletter).values_list("reason", "people"):
        said[reason] += people
    return said
