"""Every command of `mailer`, with a line that does something in the full house, and what it may and may not.

Nobody can add a command without a row: `test_table` compares these with what is registered.
"""

import shlex
from dataclasses import dataclass, field

LIST = ("space-digest", "nowhere")
PERSON = ("nina@x.example", "nobody@x.example")
STRANGER = {PERSON[1]: "n•••y@x.example"}  # as they are named on a terminal
SEGMENT = ("near", "nosuch")
USER = ("sam@news.example", PERSON[1])


@dataclass(frozen=True)
class Row:
    """One command, and a sound line of it."""

    line: str
    # What an empty house answers: 0, and nothing; or 1, and what to do first.
    empty: int = 1
    # Words of the line that name what there is, and what there is not.
    missing: tuple[tuple[str, str], ...] = ()
    # Parameters that take any text as it is: names, reasons, what is looked for.
    free: frozenset[str] = frozenset()
    # What the second time ends with, and the tables that it adds lines to, which is documented.
    again: int = 0
    adds: frozenset[str] = frozenset()
    # Whether it writes in portions, of which some stay when it is killed; or only reads.
    portions: bool = False
    reads: bool = False
    # The status that it has in the full house.
    status: int = 0
    # Other sound lines, for parameters that do not go with the first.
    others: tuple[str, ...] = ()
    # Where else it is tried, if not here: what never ends by itself, and what sends do.
    elsewhere: str = ""
    name: str = field(default="", compare=False)

    @property
    def lines(self) -> list[list[str]]:
        """Return all its sound lines as a shell would give them."""
        return [self.words, *map(shlex.split, self.others)]

    @property
    def words(self) -> list[str]:
        """Return the line as a shell would give it."""
        return shlex.split(self.line)


def _row(name: str, rest: str = "", **options: object) -> Row:
    for many in ("free", "adds"):
        options[many] = frozenset(str(options.pop(many, "")).split())
    return Row(f"{name} {rest}".strip(), name=name, **options)  # type: ignore[arg-type]  # each by its name


_SENDER = '--name "New List" --from "Ed <ed@news.example>" --postal-address "1 Road" --interest moon=Moon'
_AUDIT = "change"

ROWS = (
    _row(
        "lists add",
        f"new {_SENDER}",
        empty=0,
        free="SLUG --name --postal-address --description --reply-to --owner",
    ),
    _row("lists ls", empty=0, reads=True),
    _row("lists show", "space-digest", missing=(LIST,), reads=True),
    _row(
        "lists set",
        'space-digest --name "Moon Digest" --keep-pending-days 9',
        missing=(LIST,),
        free="--name --postal-address --description --reply-to --owner",
    ),
    _row("lists form", "space-digest", missing=(LIST,), free="--base-url", reads=True),
    _row(
        "lists growth",
        "space-digest --days 3 --interest africa",
        missing=(LIST, ("africa", "venus")),
        reads=True,
    ),
    _row(
        "lists report",
        "space-digest",
        missing=(LIST,),
        reads=True,
        others=("lists report space-digest --csv",),
    ),
    _row("lists rm", "quiet --yes", missing=(("quiet", "nowhere"),), again=1),
    _row(
        "lists testers",
        "space-digest --add ada@news.example",
        missing=(LIST,),
        others=("lists testers space-digest --remove tess@news.example",),
    ),
    _row("interests ls", "space-digest", missing=(LIST,), reads=True),
    _row("interests add", "space-digest moon Moon", missing=(LIST,), free="SLUG NAME"),
    _row(
        "interests rename",
        "space-digest russia --slug eurasia --name Eurasia",
        missing=(LIST, ("russia", "venus")),
        free="--slug --name",
        again=1,
    ),
    _row(
        "interests reorder",
        "space-digest africa china russia south-asia",
        missing=(LIST, ("russia", "venus")),
    ),
    _row(
        "interests merge",
        "space-digest russia africa --yes",
        missing=(LIST, ("russia", "venus"), ("africa", "venus")),
        portions=True,
    ),
    _row(
        "interests retire",
        "space-digest russia --to-everything --yes",
        missing=(LIST, ("russia", "venus")),
        again=1,
        portions=True,
        others=("interests retire space-digest russia --move-to africa --yes",),
    ),
    _row(
        "subscribers import",
        "space-digest people.csv --consent stand",
        missing=(LIST, ("people.csv", "nofile.csv")),
        free="--consent",
        adds=_AUDIT,
        portions=True,
    ),
    _row(
        "subscribers import",
        "space-digest bad.csv --consent stand --skip-bad-rows",
        adds=_AUDIT,
        portions=True,
    ),
    _row("subscribers export", "space-digest -o out.csv", missing=(LIST,), free="-o", again=1),
    _row(
        "subscribers add",
        "space-digest zoe@z.example --consent stand --interest africa",
        missing=(LIST, ("africa", "venus")),
        free="--consent --name",
    ),
    _row("subscribers show", "nina@x.example", missing=(PERSON,), reads=True),
    _row("subscribers ls", "--list space-digest", missing=(LIST,), free="--match --after", reads=True),
    _row(
        "subscribers set",
        "nina@x.example --list space-digest --interest russia --attribute city=Kampala",
        missing=(LIST, PERSON, ("russia", "venus")),
        free="--name --locale --reason --attribute",
        others=("subscribers set nina@x.example --pause-until 2027-01-15",),
    ),
    _row("subscribers unsubscribe", "nina@x.example --list space-digest", missing=(LIST,), free="--reason"),
    _row("subscribers suppress", 'nina@x.example --reason "asked"', empty=0, free="--reason"),
    _row(
        "subscribers lift",
        'ben@y.example --reason "works again"',
        missing=(("ben@y.example", PERSON[1]),),
        free="--reason",
    ),
    _row("subscribers erase", "nina@x.example --yes", missing=(PERSON,)),
    _row("segments add", 'space-digest far "not domain = x.example"', missing=(LIST,), free="SLUG"),
    _row("segments ls", "space-digest", missing=(LIST,), reads=True),
    _row("segments show", "space-digest near", missing=(LIST, SEGMENT), reads=True),
    _row(
        "segments count",
        "space-digest near",
        missing=(LIST, SEGMENT),
        others=('segments count space-digest --where "domain = x.example"',),
        reads=True,
    ),
    _row("segments rm", "space-digest near --yes", missing=(LIST, SEGMENT), again=1),
    _row("suppressions sync", empty=0, adds=_AUDIT, portions=True),
    _row("suppressions ls", "--list space-digest", missing=(LIST,), reads=True),
    _row("changes ls", "--list space-digest", missing=(LIST,), free="--who", reads=True),
    _row("changes check", empty=0, reads=True),
    _row("users add", "eve@news.example --name Eve --role viewer", empty=0, free="--name", adds=_AUDIT),
    _row("users ls", empty=0, reads=True),
    _row("users set", "sam@news.example --role editor --name Sam2", missing=(USER,), free="--name"),
    _row("users unlock", "sam@news.example", missing=(USER,), adds=_AUDIT),
    _row("users reset", "sam@news.example --yes", missing=(USER,), adds=_AUDIT),
    _row("stats", "space-digest", missing=(LIST,), reads=True),
    _row("retention", empty=0, portions=True),
    _row("seed", "--subscribers 12 --deliveries 20 --lists 1 --yes", empty=0, free="--seed", portions=True),
    _row("explain", "nina@x.example 1", missing=(("1", "999"),), reads=True),
    _row("editions import", "space-digest edition.md", missing=(LIST, ("edition.md", "nofile.md"))),
    _row("editions export", "1", missing=(("1", "999"),), reads=True),
    _row("editions ls", "--list space-digest", missing=(LIST,), reads=True),
    _row("editions show", "1", missing=(("1", "999"),), reads=True),
    _row("editions render", "1 -o letter", missing=(("1", "999"),), free="-o", portions=True),
    _row("editions render", "1 --all --no-pictures -o letters", missing=(("1", "999"),), portions=True),
    _row("editions check", "6", missing=(("6", "999"),), reads=True),
    _row("editions pictures", "6", missing=(("6", "999"),), reads=True),
    _row(
        "editions approve", "6 --word meant", missing=(("6", "999"),), adds="approval change", free="--word"
    ),
    _row("editions test", "6 --to ed@news.example", missing=(("6", "999"),), adds="change send"),
    _row(
        "pictures add",
        'dish.png --alt "The dish"',
        empty=0,
        missing=(("dish.png", "nofile.png"),),
        free="--alt",
    ),
    _row("pictures ls", empty=0, reads=True),
    _row(
        "themes check", "space-digest theme.toml", missing=(LIST, ("theme.toml", "nofile.toml")), reads=True
    ),
    _row("themes set", "space-digest theme.toml", missing=(LIST, ("theme.toml", "nofile.toml"))),
    _row("themes restore", "space-digest 2", missing=(LIST, ("2", "999"))),
    _row("themes ls", "space-digest", missing=(LIST,), reads=True),
    _row(
        "themes show",
        "space-digest",
        missing=(LIST,),
        others=("themes show space-digest --version 1",),
        reads=True,
    ),
    _row(
        "themes preview",
        "space-digest theme.toml -o look",
        missing=(LIST, ("theme.toml", "nofile.toml")),
        free="-o",
        portions=True,
    ),
    _row(
        "sends schedule",
        "6 --segment near --word meant",
        missing=(("6", "999"), SEGMENT),
        adds="approval change send",
        free="--word",
    ),
    _row("sends ls", empty=0, free="--before", reads=True),
    _row("sends show", "1", missing=(("1", "999"),), reads=True),
    _row("sends ledger", "1", missing=(("1", "999"),), reads=True),
    _row("sends pause", "4", missing=(("4", "999"),), free="--reason"),
    _row("sends resume", "5", missing=(("5", "999"),)),
    _row("sends report", "1", missing=(("1", "999"),), reads=True, others=("sends report 1 --csv",)),
    _row("sends recount", "", empty=0, reads=True, others=("sends recount 1", "sends recount --mend --yes")),
    _row("sends move", '4 --at "2031-06-01 09:00" --tz Africa/Nairobi', missing=(("4", "999"),)),
    _row("sends cancel", "4 --yes", missing=(("4", "999"),), portions=True),
    _row(
        "sends correct",
        "4 corrected.md --yes",
        missing=(("4", "999"), ("corrected.md", "nofile.md")),
        status=1,
        reads=True,
    ),
    _row("sends resolve", "1 --status", missing=(("1", "999"),), reads=True),
    _row("health", empty=0, status=1, reads=True),
    _row("completion", "bash", empty=0, reads=True),
    _row("version", empty=0, reads=True),
    _row("migrate", empty=0, reads=True),
    _row("bounces", elsewhere="tests/commands/test_bounces.py"),
    _row("demo", elsewhere="tests/acceptance/test_demo.py"),
    _row("up", elsewhere="tests/commands/test_running.py"),
    _row("web", elsewhere="tests/commands/test_running.py"),
    _row("worker", elsewhere="tests/commands/test_running.py"),
    _row("scheduler", elsewhere="tests/commands/test_running.py"),
    _row("sandbox", elsewhere="tests/commands/test_running.py"),
)
