"""Which column is what: by the names that many writers give them, or by what a person says."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from subscribers.csvfiles.errors import CsvError
from subscribers.csvfiles.headers import plain
from subscribers.csvfiles.names_of_columns import NAMES, UNLESS_BETTER
from subscribers.csvfiles.topics import Topics

IGNORE = "ignore"
INTEREST, ATTRIBUTE = "interest:", "attribute:"
# What a column can be, as --map takes it; of those in SEVERAL there may be more than one.
TARGETS = (
    "email", "name", "first_name", "last_name", "locale", "interests", "tags", "consent", "consent_at",
    "status", "suppressed", "subscribed", "unsubscribed", "unsubscribed_at", "bounced_at", "since",
    "paused_until", "attributes", "text_only", "tracked", IGNORE,
)  # fmt: skip
SEVERAL = frozenset({"interests", "tags", "consent_at", "unsubscribed_at", "bounced_at"})
_LONGEST_ATTRIBUTE = 64  # characters of its name


@dataclass(frozen=True)
class Column:
    """One column: where it stands, what it is called, what it is. `ignore` is one that is not used."""

    place: int
    header: str
    target: str

    @property
    def used(self) -> bool:
        """Return whether anything is read from it."""
        return self.target != IGNORE


def parse_map(words: Iterable[str], topics: Topics) -> dict[str, str]:
    """Return header: target of what a person says, each as `Their Header=email`. Raises CsvError."""
    wanted: dict[str, str] = {}
    for word in words:
        header, equals, target = word.rpartition("=")
        if not equals or not header.strip():
            raise CsvError(f'Write it as --map "Their Header=email", not {word!r}')
        wanted[header.strip()] = _target(target.strip(), topics)
    return wanted


def assign(
    header: Sequence[str], wanted: Mapping[str, str], peers: Mapping[str, str], topics: Topics
) -> tuple[Column, ...]:
    """Return what each column is: what was wanted, what a peer's layout says, then what its name says.

    Raises CsvError where two columns are the same thing, or a column that was wanted is not there.
    """
    targets = _wanted_targets(header, wanted)
    for place, name in enumerate(header):
        if place in targets:
            continue
        # What a peer's layout does not name is that list's own: only what has a meaning here is taken.
        target = (peers.get(plain(name)) or _own(name, topics)) if peers else _by_name(name, topics)
        targets[place] = target if _free(target, targets, wanted) else IGNORE
    _settle_names(header, targets, wanted)
    if not peers:
        _settle_second_choices(header, targets)
    columns = tuple(Column(place, name.strip(), targets[place]) for place, name in enumerate(header))
    _refuse_twice(columns)
    return columns


def known(header: Sequence[str], wanted: Mapping[str, str], topics: Topics) -> int:
    """Return how many columns have a meaning; an address counts for many, since nothing goes without."""
    names = {plain(name) for name in header}
    targets = [_by_name(name, topics) for name in header]
    count = sum(target != IGNORE for target in targets)
    count += sum(plain(name) in names for name in wanted)
    if "email" in targets or names & UNLESS_BETTER["email"]:
        count += 10
    return count + 10 * sum(plain(name) in names for name, target in wanted.items() if target == "email")


def _target(text: str, topics: Topics) -> str:
    kind, colon, rest = text.partition(":")
    kind, rest = kind.strip().lower(), rest.strip()
    if not colon and kind in TARGETS:
        return kind
    if f"{kind}:" == INTEREST:
        if topics.bit(rest) is None:
            raise CsvError(f"--map: {topics.unknown(rest)}")
        return f"{INTEREST}{rest.lower()}"
    if f"{kind}:" == ATTRIBUTE and 0 < len(rest) <= _LONGEST_ATTRIBUTE and rest.isprintable():
        return f"{ATTRIBUTE}{rest}"
    raise CsvError(f"A column can be {', '.join(TARGETS)}, {INTEREST}SLUG or {ATTRIBUTE}NAME, not {text!r}")


def _wanted_targets(header: Sequence[str], wanted: Mapping[str, str]) -> dict[int, str]:
    targets: dict[int, str] = {}
    for name, target in wanted.items():
        places = [place for place, there in enumerate(header) if there.strip() == name] or [
            place for place, there in enumerate(header) if plain(there) == plain(name)
        ]
        if not places:
            there = ", ".join(f"“{name.strip()}”" for name in header)
            raise CsvError(f"--map: there is no column “{name}”; there are {there}")
        targets |= dict.fromkeys(places, target)
    return targets


def _by_name(header: str, topics: Topics) -> str:
    name = plain(header)
    if target := NAMES.get(name) or NAMES.get(name.rstrip(" 0123456789"), ""):
        # “Interest 2” is another of them; “Name 2” is nothing we know.
        return target if name in NAMES or target in SEVERAL else IGNORE
    return _own(header, topics)


def _own(header: str, topics: Topics) -> str:
    """Return what a column of this list's own is: interests, one interest, or nothing we know."""
    name = plain(header)
    if NAMES.get(name) in {"interests", "locale"} or NAMES.get(name.rstrip(" 0123456789")) == "interests":
        return NAMES.get(name) or "interests"
    for beginning in ("interest ", "interests ", "topic ", "topics ", ""):
        if name.startswith(beginning) and (slug := topics.slug_of_header(name.removeprefix(beginning))):
            return f"{INTEREST}{slug}"
    return IGNORE


def _free(target: str, targets: Mapping[int, str], wanted: Mapping[str, str]) -> bool:
    """Return whether a target is still to be given: what a person said is not said again by a name."""
    return target in SEVERAL or target not in wanted.values() or target not in targets.values()


def _settle_names(header: Sequence[str], targets: dict[int, str], wanted: Mapping[str, str]) -> None:
    """Make `Name` the part of a name that it is beside `Surname`, or beside `Vorname`."""
    places = {target: place for place, target in targets.items() if header[place].strip() not in wanted}
    if "name" not in places:
        return
    has = set(targets.values())
    if "last_name" in has and "first_name" not in has:
        targets[places["name"]] = "first_name"
    elif "first_name" in has and "last_name" not in has:
        first = plain(header[next(place for place, target in targets.items() if target == "first_name")])
        if not first.startswith(("first", "given", "fore")):
            targets[places["name"]] = "last_name"


def _settle_second_choices(header: Sequence[str], targets: dict[int, str]) -> None:
    """Take a header that may mean the address where no other does."""
    for target, names in UNLESS_BETTER.items():
        if target in targets.values():
            continue
        for place, name in enumerate(header):
            if plain(name) in names and targets[place] == IGNORE:
                targets[place] = target
                break


def _refuse_twice(columns: Collection[Column]) -> None:
    for target in {column.target for column in columns} - SEVERAL - {IGNORE}:
        same = [column for column in columns if column.target == target]
        if len(same) > 1:
            there = " and ".join(f"“{column.header}”" for column in same)
            raise CsvError(
                f"The column {target} is there twice: {there}; say which is not, with"
                f' --map "{same[-1].header}=ignore"'
            )
