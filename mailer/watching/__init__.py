"""What whoever watches a send sees: its ledger as a bar, the time left, the last minutes."""
