"""Asking an edition's addresses, as this installation may: the public internet, and each once an hour."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

import mailer
from mailer.fetching.asking import ask
from mailer.fetching.fetcher import Fetcher
from mailer.fetching.remembered import Remembered
from mailer.fetching.values import Fetched, Question
from mailer.preflight.addresses import is_private

# A step, how much of it is done, and how much there is.
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Asking:
    """Asks what preflight wants to know; `told` hears of each answer."""

    now: dt.datetime
    told: Progress | None = None

    def __call__(self, questions: Iterable[Question]) -> dict[Question, Fetched]:
        """Return what came of each question; what came already is kept where this is interrupted."""
        wanted = list(dict.fromkeys(questions))
        memory = Remembered(settings.DATA_DIR / "fetched.json")
        known = memory.recall(wanted, self.now)
        found: dict[Question, Fetched] = {}
        try:
            for question, fetched in ask([one for one in wanted if one not in known], fetcher().fetch):
                found[question] = fetched
                if self.told:
                    self.told("asking", len(known) + len(found), len(wanted))
        finally:
            memory.keep(found, self.now)
        return known | found


def fetcher() -> Fetcher:
    """Return the fetcher of this installation, which says who asks and why."""
    base = settings.CONFIGURATION.base_url
    where = "" if is_private(urlsplit(base).hostname or "") else f"; +{base}"
    return Fetcher(f"mailer/{mailer.__version__} (looks whether a newsletter's links work{where})")
