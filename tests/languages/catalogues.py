"""The catalogues of mailer/locale: what readers are told, gathered, kept up to date and compiled."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "mailer" / "locale"

# How many forms a number gives a word, and which stands beside n (gettext's own notation; CLDR's rules for
# whole numbers below a million). tests/languages/test_catalogues.py compares them with CLDR.
FORMS = {
    "ar": (
        6,
        "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)",
    ),
    "fr": (2, "(n > 1)"),
    "hi": (2, "(n > 1)"),
    "ru": (3, "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"),
    "zh_Hans": (1, "0"),
}

# Where readers' words stand. Notices to owners of lists are English only, as the command line is.
TEMPLATES = (("templates/public", "*.html"), ("templates/notices", "personal*"))
MODULES = ("mailer", "subscribers")
_SPEAKS = "django.utils.translation"  # only a module that imports it can say anything

_KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_NOTE = "Translators:"
# As mailer.languages.teach and the environments set it.
_JINJA = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
_HEAD = "# What readers are told. `make messages` keeps this file; docs/languages.md tells how to work on it."


class Catalogue(Catalog):
    """One language's texts; its header holds what gettext needs, and nothing that a day would change."""

    def __init__(self, language: str) -> None:
        """Begin an empty catalogue of a language (a folder of mailer/locale)."""
        super().__init__(locale=language, header_comment=_HEAD, fuzzy=False)
        self.language = language

    @property
    def num_plurals(self) -> int:
        """Return how many forms a number gives a word."""
        return FORMS[self.language][0]

    @property
    def plural_expr(self) -> str:
        """Return which form stands beside n."""
        return FORMS[self.language][1]

    @property  # type: ignore[misc]  # Babel's may be set, ours never
    def mime_headers(self) -> list[tuple[str, str]]:
        """Return the header."""
        return [
            ("Language", self.language),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    @property
    def texts(self) -> list[Message]:
        """Return the messages, without the header."""
        return [message for message in self if message.id]


def templates() -> list[Path]:
    """Return the files whose text readers see."""
    return sorted(path for folder, names in TEMPLATES for path in (ROOT / folder).rglob(names))


def modules() -> list[Path]:
    """Return the modules that say something to readers."""
    files = sorted(path for folder in MODULES for path in (ROOT / folder).rglob("*.py"))
    return [path for path in files if _SPEAKS in path.read_text(encoding="utf-8")]


def gathered() -> Catalog:
    """Return every text of the templates and modules, in their order; raises where a template is broken."""
    found = Catalog(fuzzy=False)
    for path in templates():
        _gather(found, path, "jinja2.ext:babel_extract", _JINJA)
    for path in modules():
        _gather(found, path, "python", {})
    return found


def _gather(found: Catalog, path: Path, method: str, options: dict[str, str]) -> None:
    said = extract_from_file(method, path, _KEYWORDS, (_NOTE,), options, strip_comment_tags=True)
    for line, text, notes, context in said:
        place = (path.relative_to(ROOT).as_posix(), line)
        found.add(text, None, [place], auto_comments=notes, context=context)


def file(language: str, ending: str) -> Path:
    """Return where a language's texts (po) or what is compiled of them (mo) are."""
    return LOCALES / language / "LC_MESSAGES" / f"django.{ending}"


def kept(language: str) -> Catalogue:
    """Return a language's texts as they are in its file; raises on a file that is none."""
    catalogue = Catalogue(language)
    if not file(language, "po").exists():
        return catalogue
    with file(language, "po").open("rb") as po:
        found = read_po(po, locale=language, abort_invalid=True)
    for message in found:
        if message.id:
            catalogue[message.id] = message
    catalogue.obsolete = found.obsolete
    return catalogue


def refreshed(language: str, said: Catalog) -> Catalogue:
    """Return a language's texts brought up to what is said now; none that was translated is dropped early.

    A text that was reworded keeps its translation, marked fuzzy, for somebody to look at. Those that are said
    no more are kept at the end while anything lacks a translation: it may be them that serve.
    """
    catalogue = kept(language)
    for message in catalogue.obsolete.values():
        if catalogue.get(message.id, message.context) is None:
            catalogue[message.id] = message
    catalogue.obsolete.clear()
    catalogue.update(said)
    if not list(lacking(catalogue)):
        catalogue.obsolete.clear()
    for key in [key for key, message in catalogue.obsolete.items() if not any(_forms(message))]:
        del catalogue.obsolete[key]
    return catalogue


def lacking(catalogue: Catalogue) -> Iterator[Message]:
    """Yield the texts that are not translated, not wholly, or by a guess."""
    for message in catalogue.texts:
        forms = _forms(message)
        number = catalogue.num_plurals if message.pluralizable else 1
        if message.fuzzy or len(forms) != number or not all(forms):
            yield message


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def written(catalogue: Catalogue) -> bytes:
    """Return the file of a language's texts."""
    po = BytesIO()
    write_po(po, catalogue, width=100, include_previous=True, include_lineno=False)
    return po.getvalue()


def compiled(catalogue: Catalogue) -> bytes:
    """Return what Django reads, the same bytes for the same texts; what lacks a translation stays English."""
    ready = Catalogue(catalogue.language)
    unready = {(message.id, message.context) for message in lacking(catalogue)}
    for message in catalogue.texts:
        if (message.id, message.context) not in unready:
            ready[message.id] = message
    mo = BytesIO()
    write_mo(mo, ready)
    return mo.getvalue()
