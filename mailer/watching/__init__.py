"""What whoever watches a send sees: how it stands, the time left, the last minutes."""
