"""What a list's theme says of its sections; data that an admin wrote, so nothing in it is taken on trust."""

from collections.abc import Mapping

from mailer.manuscript.document import Document, Section

PULL_OUT = "pull-out"


def pull_outs(document: Document, theme: Mapping[str, object]) -> tuple[str, ...]:
    """Return the titles of the sections whose prose is set apart.

    The theme says so by `{"sections": {"Title": {"style": "pull-out"}}}`. Where it styles no section of
    this edition, the first of several sections of prose alone is.
    """
    styles = {section.title: _style(theme, section.title) for section in document.sections}
    if any(styles.values()):
        return tuple(title for title, style in styles.items() if style == PULL_OUT)
    prose = [section.title for section in document.sections if _is_prose(section)]
    return tuple(prose[:1]) if len(prose) > 1 else ()


def _style(theme: Mapping[str, object], title: str) -> str:
    sections = theme.get("sections")
    section = sections.get(title) if isinstance(sections, dict) else None
    style = section.get("style") if isinstance(section, dict) else None
    return style if isinstance(style, str) else ""


def _is_prose(section: Section) -> bool:
    return bool(section.prose) and not section.groups and not section.stories
