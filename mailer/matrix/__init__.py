"""The matrix of an edition: every letter it becomes, side by side, as files and one page."""
