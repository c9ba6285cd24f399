"""What became of a send's copies, counted: kept as events come, and countable again from the rows.

A copy counts for a measure and a key by what its row and its traces say; each event that changes that adds
the difference, in the transaction that applies it. So no order of events can matter, nor their repetition.
"""
