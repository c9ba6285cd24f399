"""Families of faults, and the run that a seed draws from each."""

import random
from collections.abc import Sequence

from mailer.faultpoints import POINTS
from mailer.sandbox.misbehaving import Kind, Logs, Misbehaviour
from mailer.sandbox.telling import Telling
from tests.faults.chaos import DECISIONS, HOWS, SMTP_KINDS, WINDOW, Act, Crossing, Pull, Scenario


def drawn(family: str, seed: int, *, smtp: bool, postgresql: bool) -> Scenario:
    """Return the run of this family and seed."""
    chance = random.Random(f"{family} {seed} {smtp} {postgresql}")  # noqa: S311 - a bad day, to be had again
    base = Scenario(
        seed,
        family,
        smtp=smtp,
        readers=chance.choice((30, 60, 120)),
        batch=chance.choice((5, 8, 15)),
        workers=chance.choice((2, 3, 4)),
        schedulers=chance.choice((1, 1, 2)),
        early=chance.random() < 0.25,
        decision=chance.choice(DECISIONS[:3] if smtp else DECISIONS),
        orders=Misbehaviour(seed=str(seed), silence=2.0, slow=chance.choice((0.02, 0.05)), wait=0.05),
    )
    return FAMILIES[family](base, chance, postgresql)


def _kills(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - one shape for all families
    """SIGKILL of workers, scheduler and web at random moments."""
    who = ("worker", "worker", "worker", "scheduler", *(() if base.smtp else ("web",)))
    pulls = [Pull(chance.uniform(0.0, WINDOW), chance.choice(who)) for _ in range(chance.randint(3, 10))]
    # Where time alone would seldom strike, on a machine that is busy.
    places = [point for point in POINTS if point.startswith(("claim", "fire", "submit", "settle"))]
    crossings = {
        Crossing(point, chance.randint(1, 60 if "message" in point else 12), "kill")
        for point in chance.choices(places, k=chance.randint(3, 8))
    }
    ordered = tuple(sorted(crossings, key=lambda crossing: (crossing.point, crossing.nth)))
    return _replaced(_slow(base, chance, pulls), crossings=ordered)


def _points(base: Scenario, chance: random.Random, postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """Every named place, every way to go, at the first, a middle and a late crossing."""
    reached = [
        point
        for point in POINTS
        if base.smtp or point not in {"submit.before_message", "submit.after_message"}
    ]
    reached = [point for point in reached if not (base.smtp and point.startswith("events."))]
    once = ("freeze.", "cancel.", "correct.", "resend.", "replay.")
    every = [
        (point, how, nth)
        for nth in (1, 4, 9)
        for how in HOWS
        for point in reached
        if nth == 1 or not point.startswith(once)
    ]
    point, how, nth = every[base.seed % len(every)]
    acts: list[Act] = []
    if point.startswith("cancel."):
        acts.append(Act(chance.uniform(0.05, 0.4), "cancel"))
    if point.startswith("correct."):
        acts.append(Act(chance.uniform(0.05, 0.25), "correct"))
    crossings = [Crossing(point, nth, how)]
    if point.startswith("replay."):  # only a process that died in the middle leaves anything to replay
        dying = chance.choice(("submit.before_request", "submit.after_answer", "submit.after_journal"))
        crossings += [Crossing(dying, each, "kill") for each in (1, 2, 3)]
    scenario = _with(base, chance, trouble=0.05)
    if point.startswith("resend."):
        kinds = ("gone-after-dot-accepted", "gone-after-dot")
        orders = _orders(base, rate=0.3, kinds=(Kind.RESET_TAKEN, Kind.RESET), mute=1.0)
        scenario = _replaced(scenario, orders=orders, smtp_kinds=kinds, decision="resend")
    del postgresql
    return _replaced(scenario, acts=tuple(acts), crossings=tuple(crossings))


def _answers(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """Whatever a transport may answer, and addresses that it refuses for ever."""
    kinds = [kind for kind in Kind if kind is not Kind.WELL]
    few = tuple(chance.sample(kinds, chance.choice((2, 4, len(kinds)))))
    smtp_kinds = tuple(chance.sample(SMTP_KINDS, chance.choice((2, 5, len(SMTP_KINDS)))))
    orders = _orders(
        base,
        rate=chance.choice((0.2, 0.4, 0.7)),
        kinds=few,
        mute=chance.choice((0.0, 0.5, 1.0)),
        poisoned=chance.choice((0.0, 0.02, 0.1)),
    )
    if base.smtp:  # one letter, one answer: as many again would keep a send from ever ending
        orders = _orders(
            base, rate=chance.choice((0.05, 0.15)), kinds=few, mute=0.0, poisoned=orders.poisoned
        )
    slow = chance.choice((0.02, 0.2, 0.6))
    return _replaced(base, orders=_slowed(orders, slow), smtp_kinds=smtp_kinds)


def _webhooks(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """Events lost, doubled, reordered, early, late, forged, replayed and strange, and a web that dies."""
    telling = Telling(
        mute=chance.choice((0.0, 0.3)),
        early=chance.choice((0.0, 0.5, 1.0)),
        lost=chance.choice((0.0, 0.2)),
        doubled=chance.choice((0.0, 0.5, 1.0)),
        reordered=chance.choice((0.0, 1.0)),
        late=chance.choice((0.0, 0.3)),
        lateness=0.5,
        strange=chance.choice((0.0, 0.5)),
        forged=chance.choice((0.0, 0.5)),
        replayed=chance.choice((0.0, 0.5)),
        trickled=chance.choice((0.0, 0.2)),
        group=chance.choice((3, 20, 1000)),
    )
    kinds = (Kind.ERROR_TAKEN, Kind.ERROR, Kind.RESET_TAKEN, Kind.RESET, Kind.SLOW)
    orders = _orders(base, rate=0.25, kinds=kinds, mute=0.0)
    pulls = [
        Pull(chance.uniform(0.05, WINDOW), chance.choice(("web", "worker")))
        for _ in range(chance.randint(1, 6))
    ]
    return _replaced(base, orders=_told(orders, telling), pulls=_sorted(pulls), eventful=True)


def _people(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """Cancel, pause, correct, leave, be suppressed or erased, a second send: at any moment."""
    acts = [
        Act(
            chance.uniform(0.0, WINDOW),
            chance.choice(("unsubscribe", "suppress", "one_click", "erase")),
            chance.randint(1, 8),
        )
        for _ in range(chance.randint(1, 5))
    ]
    for what, share in (
        ("pause", 0.4),
        ("double", 0.25),
        ("cancel", 0.35),
        ("correct", 0.4),
        ("correct", 0.15),
    ):
        if chance.random() < share:
            acts.append(Act(chance.uniform(0.0, WINDOW * 0.7), what, chance.uniform(0.05, 0.3)))
    acts = [act for act in acts if not (base.smtp and act.what == "one_click")]
    pulls = [Pull(chance.uniform(0.0, WINDOW), "worker") for _ in range(chance.randint(0, 4))]
    return _with(base, chance, pulls=_sorted(pulls), acts=acts, trouble=0.2)


def _stops(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """SIGSTOP beyond the lease, and SIGCONT: a worker that wakes up in another world."""
    pulls = [
        Pull(chance.uniform(0.0, 0.6), "worker", stays=chance.choice((0.2, 0.5, 0.9, 1.5)))
        for _ in range(chance.randint(2, 6))
    ]
    return _slow(base, chance, pulls)


def _storm(base: Scenario, chance: random.Random, postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """All of it at once."""
    people = _people(base, chance, postgresql)
    kills = _kills(base, chance, postgresql)
    stops = _stops(base, chance, postgresql)
    answers = _answers(base, chance, postgresql)
    webhooks = _webhooks(base, chance, postgresql)
    orders = _told(answers.orders, webhooks.orders.webhook)
    pulls = _sorted([*people.pulls, *kills.pulls, *stops.pulls[:2]])
    return _replaced(answers, acts=people.acts, pulls=pulls, orders=orders, eventful=True)


def _database(base: Scenario, chance: random.Random, postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """PostgreSQL's backends terminated, its server crashed or restarted; the disk full for our processes."""
    what = (
        ("terminate", "terminate", "crash", "restart", "full_journal")
        if postgresql
        else ("full", "full", "full_journal")
    )
    acts = [
        Act(chance.uniform(0.0, WINDOW), chance.choice(what), chance.uniform(0.1, 0.4))
        for _ in range(chance.randint(1, 3))
    ]
    pulls = [Pull(chance.uniform(0.0, WINDOW), "worker") for _ in range(chance.randint(0, 3))]
    return _with(base, chance, pulls=_sorted(pulls), acts=acts, trouble=0.15)


def _clock(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """The clock set back and forward under the feet of all our processes, and left there.

    Only once the audience is frozen: a send that is not due by the corrected clock waits for its time.
    """
    base = _replaced(base, early=False)
    far = chance.choice(((-1, 1, -5, 5, -15, 15), (-60, 60), (-600, 600, -3600, 3600), (-3600,), (3600, 0)))
    moments = sorted(chance.uniform(0.05, WINDOW) for _ in range(chance.randint(1, 3)))
    acts = [Act(at, "clock", chance.choice(far)) for at in moments]
    acts += [
        Act(chance.uniform(0.0, WINDOW), chance.choice(("unsubscribe", "suppress")), chance.randint(1, 8))
        for _ in range(chance.randint(0, 2))
    ]
    pulls = [Pull(chance.uniform(0.0, WINDOW), "worker") for _ in range(chance.randint(0, 4))]
    return _with(base, chance, pulls=_sorted(pulls), acts=acts, trouble=0.15)


def _doorbell(base: Scenario, chance: random.Random, _postgresql: bool) -> Scenario:  # noqa: FBT001 - as above
    """Celery's own workers, and a broker that is flushed, killed and started again under their feet."""
    what = ("flush", "flush", "down")
    acts = [Act(chance.uniform(0.0, 2.0), chance.choice(what), chance.uniform(0.1, 0.6)) for _ in range(4)]
    pulls = [Pull(chance.uniform(0.0, 2.0), "worker") for _ in range(chance.randint(1, 3))]
    scenario = _with(base, chance, pulls=_sorted(pulls), acts=acts, trouble=0.15)
    return _replaced(scenario, celery=True, workers=2, schedulers=1, readers=60, window=2.5)


FAMILIES = {
    "kills": _kills,
    "points": _points,
    "answers": _answers,
    "webhooks": _webhooks,
    "people": _people,
    "stops": _stops,
    "database": _database,
    "clock": _clock,
    "storm": _storm,
    "doorbell": _doorbell,
}
# Those that need another world around them, and are asked for by name: libfaketime, a broker.
ON_THEIR_OWN = ("clock", "doorbell")
# Those that a transport without a webhook, or a broken protocol, has nothing to do with.
WITHOUT_SMTP = frozenset({"webhooks"})


def _slow(base: Scenario, chance: random.Random, pulls: Sequence[Pull]) -> Scenario:
    """Return `base` with these, and answers that take their time, so that many die waiting for one."""
    kinds = (*(Kind.SLOW,) * 8, Kind.ERROR_TAKEN, Kind.RESET_TAKEN, Kind.SILENCE_TAKEN)
    orders = _orders(base, rate=0.8, kinds=kinds, mute=chance.choice((0.0, 0.5, 1.0)))
    slow = chance.choice((0.01, 0.03) if base.smtp else (0.03, 0.1, 0.2))
    doubt = ("gone-after-dot-accepted", "gone-after-dot", "4xx-recipient")
    return _replaced(
        base, pulls=_sorted(pulls), orders=_slowed(orders, slow), smtp_kinds=(*("slow",) * 40, *doubt)
    )


def _with(
    base: Scenario,
    chance: random.Random,
    *,
    pulls: Sequence[Pull] = (),
    acts: Sequence[Act] = (),
    trouble: float = 0.0,
) -> Scenario:
    """Return `base` with these, and an oracle that is in trouble now and then."""
    kinds = (
        *(Kind.ERROR, Kind.ERROR_TAKEN, Kind.RESET, Kind.RESET_TAKEN, Kind.TOO_MANY, Kind.GATEWAY_TAKEN),
        *(Kind.SILENCE, Kind.SILENCE_TAKEN, Kind.SLOW, Kind.SLOW, Kind.EMPTY_TAKEN, Kind.BAD_INDEX),
    )
    orders = _orders(base, rate=trouble, kinds=kinds, mute=chance.choice((0.0, 0.5, 1.0)))
    smtp_kinds = ("gone-after-dot", "gone-after-dot-accepted", "4xx-recipient", "421-mail", "slow")
    return _replaced(
        base,
        orders=orders,
        smtp_kinds=smtp_kinds,
        pulls=tuple(pulls),
        acts=tuple(sorted(acts, key=lambda act: act.at)),
    )


def _orders(
    base: Scenario, *, rate: float, kinds: tuple[Kind, ...], mute: float, poisoned: float = 0.0
) -> Misbehaviour:
    given = base.orders
    return Misbehaviour(
        seed=given.seed,
        rate=rate,
        kinds=kinds,
        poisoned=poisoned,
        silence=given.silence,
        slow=given.slow,
        wait=given.wait,
        webhook=Telling(mute=mute),
        logs=Logs(missing=0.2),
    )


def _slowed(orders: Misbehaviour, slow: float) -> Misbehaviour:
    return Misbehaviour(**{**vars(orders), "slow": slow})


def _told(orders: Misbehaviour, telling: Telling) -> Misbehaviour:
    return Misbehaviour(**{**vars(orders), "webhook": telling})


def _replaced(scenario: Scenario, **changes: object) -> Scenario:
    return Scenario(**{**vars(scenario), **changes})


def _sorted(pulls: Sequence[Pull]) -> tuple[Pull, ...]:
    return tuple(sorted(pulls, key=lambda pull: pull.at))
