"""What ends an import: the file as a whole, or one cell of it."""

from subscribers.errors import SubscribersError


class CsvError(SubscribersError):
    """The file cannot be imported; nothing was."""


class ConsentMissingError(CsvError):
    """Neither the file nor whoever imports it says where and how these people agreed."""


class CellError(Exception):
    """One row cannot be used, because of one cell or ('' for the column) as a whole."""

    def __init__(self, column: str, reason: str) -> None:
        """Keep the column's target, as `name` or `consent_at`, and the reason."""
        self.column, self.reason = column, reason
        super().__init__(reason)
