"""The templates of letters, and an installation's own on top of them: found first, and kept in a sandbox.

An own template is given values, and may include templates: no file outside the two folders, nothing behind an
underscore, and nothing of the process it runs in.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound

from mailer.rendering.bounds import BoundedEnvironment

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"
# What letters are made of; editors and version control leave other things in a folder.
_KINDS = (".j2", ".css")


class TemplateFault(Exception):  # noqa: N818 - it is what is wrong with a template
    """An own template cannot be used; the message says which, where, and what is wrong."""


class _Own(FileSystemLoader):
    """Finds templates and stylesheets below its folder, and follows no link out of it."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text. Raises TemplateNotFound."""
        if not _is_template(Path(template)):
            raise TemplateNotFound(template)
        source, filename, is_current = super().get_source(environment, template)
        folder = Path(self.searchpath[0]).resolve()
        if not Path(filename).resolve().is_relative_to(folder):
            raise TemplateNotFound(template)
        return source, filename, is_current


class _Layers(BaseLoader):
    """Ours beneath their own."""

    def __init__(self, own: str) -> None:
        self._layers = (_Own(own), FileSystemLoader(TEMPLATES))

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        own, ours = self._layers
        try:
            return own.get_source(environment, template)
        except TemplateNotFound:
            return ours.get_source(environment, template)


@cache
def environment(own: str, finalize: Callable[[object], object]) -> Environment:
    """Return the environment with the templates in the folder `own` on top; '' for ours alone."""
    kind, loader = (BoundedEnvironment, _Layers(own)) if own else (Environment, FileSystemLoader(TEMPLATES))
    return kind(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@contextmanager
def faults(own: str) -> Iterator[None]:
    """Tell of whatever is wrong with an own template, in one line. Raises TemplateFault.

    What is wrong with ours is a mistake of ours, and goes on as it is.
    """
    try:
        yield
    except (
        *(TemplateError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError),
        *(RecursionError, MemoryError, OSError),
    ) as error:
        if not own:
            raise
        lines = str(error).splitlines() or [type(error).__name__]
        raise TemplateFault(
            f"{_where(error, own)}: {lines[0]}; mend it, or take it out of the folder"
        ) from error


def files(own: str) -> dict[str, Path]:
    """Return every file that a letter may be made of, by its name; an own one takes the place of ours."""
    folders = [TEMPLATES, Path(own)] if own else [TEMPLATES]
    return {
        name.as_posix(): folder / name
        for folder in folders
        for name in sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        if _is_template(name)
    }


def _is_template(name: Path) -> bool:
    return name.suffix in _KINDS and not any(part.startswith(".") for part in name.parts)


def _where(error: BaseException, own: str) -> str:
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith((own, str(TEMPLATES))) and frame.filename.endswith((".j2", ".css")):
            name, line = frame.filename, frame.lineno
    return f"{name}, line {line}" if name else own
