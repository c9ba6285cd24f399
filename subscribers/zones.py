"""Time zones by their names: those of the IANA's that are of a place, as people write them."""

import functools
import zoneinfo

# What systems keep among the zones: the machine's own setting, and rules of no place.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
_OTHER_RULES = ("posix/", "right/")  # the same places again; the latter count leap seconds
# Where cities are; Etc/GMT+3 is three hours behind, and “Eastern” is in several countries.
_CONTINENTS = frozenset(
    {
        *("Africa", "America", "Antarctica", "Arctic", "Asia"),
        *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
    }
)


@functools.cache
def names() -> frozenset[str]:
    """Return the names that may be used."""
    known = zoneinfo.available_timezones() - _NO_ZONES
    return frozenset(name for name in known if not name.startswith(_OTHER_RULES))


def find(written: str) -> str | None:
    """Return the zone of this name, in capitals or not (“europe/berlin”); None where there is none."""
    return _folded().get(_fold(written))


def of_place(place: str) -> tuple[str, ...]:
    """Return the zones of a place of this name (“nairobi”, “New York”); more than one are mostly the same."""
    return _places().get(_fold(place), ())


def _fold(written: str) -> str:
    return "_".join(written.split()).casefold()


@functools.cache
def _folded() -> dict[str, str]:
    return {name.casefold(): name for name in names()}


@functools.cache
def _places() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(names()):
        continent, _, place = name.rpartition("/")
        if continent.partition("/")[0] in _CONTINENTS:
            found[place.casefold()] = (*found.get(place.casefold(), ()), name)
    return found
