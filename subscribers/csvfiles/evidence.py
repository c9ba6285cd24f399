"""What a row says of how somebody stands, since when, and of where and how they agreed."""

import datetime as dt

from subscribers.csvfiles import cells, moments, standings
from subscribers.csvfiles.errors import CellError
from subscribers.csvfiles.headers import plain
from subscribers.csvfiles.looking import Layout
from subscribers.enrolling import Standing

_ANY_DAY = dt.datetime(9999, 12, 31, tzinfo=dt.UTC) - dt.timedelta(days=1)  # in every zone
_MAY_GET_LETTERS = frozenset({Standing.ACTIVE, Standing.PENDING, Standing.PAUSED})


class Evidence:
    """Reads standing and consent of rows of one layout."""

    def __init__(self, layout: Layout, *, consent_given: bool, at: dt.datetime) -> None:
        """Note where the columns stand; `consent_given` says that rows need not state their own."""
        self._at = at
        # In our own export the words are those of the evidence, whatever they are.
        self._flags_count = not layout.own
        self._consent_given = consent_given
        self._there = (
            f"subscribed at {layout.peer.name}, imported from {layout.called}" if layout.peer else ""
        )
        self._words = standings.WORDS | (dict(layout.peer.words) if layout.peer else {})
        self._consent, self._status = layout.place("consent"), layout.place("status")
        self._suppressed = layout.place("suppressed")
        self._in, self._out = layout.place("subscribed"), layout.place("unsubscribed")
        self._left, self._bounced = layout.places("unsubscribed_at"), layout.places("bounced_at")
        self._agreed, self._since = layout.places("consent_at"), layout.places("since")
        self._paused = layout.places("paused_until")

    def standing(self, row: list[str]) -> tuple[Standing, dt.datetime | None]:
        """Return how the row says that somebody stands, and since when they are gone. Raises CellError."""
        left = self._moment(row, self._left, "unsubscribed_at")
        bounced = self._moment(row, self._bounced, "bounced_at")
        if self._status is not None and (word := row[self._status].strip()):
            standing = self._standing_of(word)
        elif bounced:
            standing = Standing.BOUNCED
        else:
            standing = Standing.UNSUBSCRIBED if left else Standing.ACTIVE
        if standing in _MAY_GET_LETTERS and self._suppressed is not None:
            standing = self._barred(row[self._suppressed].strip()) or standing
        if standing in _MAY_GET_LETTERS:
            if self._says_no(row):
                standing = Standing.UNSUBSCRIBED
            elif (
                self._consent is not None and self._flags_count and cells.is_flag(row[self._consent]) is False
            ):
                standing = Standing.OUTSIDER
        if standing in _MAY_GET_LETTERS:
            return standing, None
        return standing, bounced if standing is Standing.BOUNCED else left

    def how(self, row: list[str], standing: Standing) -> str | None:
        """Return where and how this person agreed, None for what is stated for all. Raises CellError."""
        text = "" if self._consent is None else cells.evidence(row[self._consent])
        if self._flags_count and cells.is_flag(text) is not None:
            text = ""  # that somebody agreed is not how
        if self._there:
            return f"{self._there}: {text}" if text else self._there
        wanted = self._consent is not None and standing in _MAY_GET_LETTERS and not self._consent_given
        if wanted and not text:
            raise CellError(
                "consent", "says not where and how this person agreed; --consent says it for all such rows"
            )
        return text or None

    def agreed_at(self, row: list[str]) -> dt.datetime | None:
        """Return when they agreed. Raises CellError."""
        return self._moment(row, self._agreed, "consent_at")

    def since(self, row: list[str]) -> dt.datetime | None:
        """Return since when they are on the list. Raises CellError."""
        return self._moment(row, self._since, "since")

    def paused_until(self, row: list[str], standing: Standing) -> dt.datetime | None:
        """Return when a pause ends, of who is paused; it may be over by now. Raises CellError."""
        if standing is not Standing.PAUSED:
            return None
        return self._moment(row, self._paused, "paused_until", latest=_ANY_DAY)

    def _standing_of(self, word: str) -> Standing:
        if (standing := self._words.get(plain(word))) is None:
            raise CellError(
                "status",
                f"“{cells.shortened(word)}” is no status known here; known are active, pending, unsubscribed,"
                f" bounced, complained and their like in many languages",
            )
        return standing

    def _barred(self, word: str) -> Standing | None:
        """Return why an address must not be written to, for a column that says so; None where it may be."""
        if (flag := cells.is_flag(word)) is not None or not word:
            return Standing.BY_HAND if flag else None
        return self._standing_of(word)

    def _says_no(self, row: list[str]) -> bool:
        """Return whether a flag says that they do not subscribe; an empty cell says nothing."""
        if self._in is not None and row[self._in].strip() and not cells.flag(row[self._in], "subscribed"):
            return True
        return self._out is not None and cells.flag(row[self._out], "unsubscribed")

    def _moment(
        self, row: list[str], places: list[int], column: str, *, latest: dt.datetime | None = None
    ) -> dt.datetime | None:
        for place in places:
            if text := row[place].strip():
                try:
                    return moments.parse(text, latest or self._at)
                except moments.MomentError as error:
                    raise CellError(column, str(error)) from None
        return None
