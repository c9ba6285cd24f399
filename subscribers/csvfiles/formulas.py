"""The apostrophe that keeps a spreadsheet from running a cell as a formula: put on, and taken off again."""

# What spreadsheets begin a formula with, and the full-width forms that some of them take for the same
# (OWASP, CSV Injection).
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def shielded(cell: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{cell}" if cell.lstrip("'").startswith(BEGINNINGS) else cell


def bare(cell: str) -> str:
    """Return a cell without the apostrophe that `shielded` put on; other apostrophes stay."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(BEGINNINGS) else cell
