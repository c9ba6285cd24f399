"""Segments: a part of a list by typed conditions on what is known of its people, never by SQL.

Text becomes a tree (`reading`), which is kept as JSON (`storing`), shown as text and in words (`writing`),
and asked of the database (`querying`) or of one person's values (`evaluating`), with the same answer.
"""
