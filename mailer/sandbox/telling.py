"""How the webhook misbehaves on purpose: what is told, how often, when, and what besides.

`Telling` is what is ordered. `misdelivered` bends one life; `manners` says how one post is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailer.sandbox.events import GROUP
from mailer.sandbox.life import ONE_CLICK, PlannedEvent, chances, doubled, shuffled


@dataclass(frozen=True)
class Telling:
    """What is ordered of the webhook, as shares in [0, 1] unless said otherwise.

    Of accepted requests: `mute` (no event of it is ever told), `early` (told before the request is answered).
    Of events: `lost` (never told), `doubled`, `late` (by `lateness` seconds), `reordered`.
    Of posts: `strange` (events no one foresaw among the others), `forged` (two more posts first, one wrongly
    signed and one by another key), `replayed` (the same bytes and signature again), `trickled` (the body in
    pieces). `group` is how many events a post has at most.
    """

    mute: float = 0.0
    early: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    reordered: float = 0.0
    late: float = 0.0
    lateness: float = 2.0
    strange: float = 0.0
    forged: float = 0.0
    replayed: float = 0.0
    trickled: float = 0.0
    group: int = GROUP


@dataclass(frozen=True)
class Manners:
    """How one post is made, and what is posted besides."""

    strange: bool = False
    forged: bool = False
    replayed: bool = False
    trickled: bool = False


def misdelivered(
    seed: str, telling: Telling, name: str, events: Iterable[PlannedEvent], hurry: float = 1.0
) -> list[PlannedEvent]:
    """Return the life called `name` as it will be told; what a mail client does stays as it is.

    `hurry` shortens the delays of doubles and disorder.
    """
    found: list[PlannedEvent] = []
    for event in events:
        if event.kind == ONE_CLICK:
            found.append(event)
            continue
        chance = chances(seed, f"{name} {event.ordinal}")
        if chance[0] < telling.lost:
            found.append(replace(event, lost=True))
            continue
        late = telling.lateness if chance[1] < telling.late else 0.0
        told = [replace(event, due_at=event.due_at + late)]
        if chance[2] < telling.doubled:
            told = doubled(seed, told, 1.0, hurry)
        found += shuffled(seed, told, hurry) if chance[3] < telling.reordered else told
    return found


def manners(seed: str, telling: Telling, post: int) -> Manners:
    """Return how post number `post` is made."""
    chance = chances(seed, f"post {post}")
    return Manners(
        strange=chance[0] < telling.strange,
        forged=chance[1] < telling.forged,
        replayed=chance[2] < telling.replayed,
        trickled=chance[3] < telling.trickled,
    )
