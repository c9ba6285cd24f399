"""Rules of size: what Gmail cuts off, counted as the letter will leave."""

from collections.abc import Iterator

from mailer.preflight.values import Found, Letter, Matter

# Gmail cuts HTML at about 102,400 bytes, and with it the way to leave.
WARNED, CUT = 80_000, 100_000  # bytes
# A link that SendGrid counts clicks on becomes 300 to 500 bytes long: what is certain blocks, what
# may be warns. One of our own is as long as it is.
SHORTEST_LINK, LONGEST_LINK = 300, 500


def cut(matter: Matter) -> Iterator[Found]:
    """Find letters that Gmail certainly cuts."""
    yield from _larger(matter, CUT, SHORTEST_LINK, "Gmail cuts it off, and the way to leave with it")


def large(matter: Matter) -> Iterator[Found]:
    """Find letters near the size at which Gmail cuts, and not beyond it."""
    beyond = {letter.name for letter in matter.letters if bytes_of(letter, SHORTEST_LINK) > CUT}
    for found in _larger(matter, WARNED, LONGEST_LINK, f"Gmail cuts off what is beyond {CUT // 1000} kB"):
        if near := tuple(name for name in found.variants if name not in beyond):
            yield Found(found.message, found.place, near)


def _larger(matter: Matter, most: int, link: int, what: str) -> Iterator[Found]:
    sizes = {letter.name: bytes_of(letter, link) for letter in matter.letters}
    if names := tuple(name for name, size in sizes.items() if size > most):
        largest = max(sizes[name] for name in names) / 1000
        letters = "The letter" if len(sizes) == 1 else f"{len(names)} of {len(sizes)} letters"
        has = "has" if len(sizes) == 1 or len(names) == 1 else "have"
        said = f"{letters} {has} up to {largest:.0f} kB of HTML once links are rewritten, and {what}"
        yield Found(f"{said}: shorten summaries, or leave stories out", variants=names)


def bytes_of(letter: Letter, link: int) -> int:
    """Return the bytes of a letter's HTML as it leaves, where a link that grows takes at least `link`."""
    size, links = letter.measured
    return size + sum(max(link - length, 0) for length in links)
