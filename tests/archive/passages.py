"""Passages as a line of text, to compare."""

from mailer.archive.passages import Passage, Piece


def said(passage: Passage) -> tuple[str, str]:
    """Return both sides of a passage, what differs in brackets."""

    def side(pieces: tuple[Piece, ...]) -> str:
        return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)

    return side(passage.before), side(passage.now)
