"""Columns that hold one word of a vocabulary, and the constraint that keeps it so."""

from enum import StrEnum

from django.db import models


def word(vocabulary: type[StrEnum], **options: object) -> "models.CharField[str, str]":
    """Return a column for one word of `vocabulary`, at most 24 characters."""
    return models.CharField(max_length=24, choices=[(w.value, w.value) for w in vocabulary], **options)  # type: ignore[arg-type]  # options are a column's own


def only(
    table: str, column: str, vocabulary: type[StrEnum], *, or_null: bool = False
) -> models.CheckConstraint:
    """Return the constraint by which the database itself refuses any other word."""
    condition = models.Q(**{f"{column}__in": [w.value for w in vocabulary]})
    if or_null:
        condition |= models.Q(**{f"{column}__isnull": True})
    return models.CheckConstraint(condition=condition, name=f"{table}_{column}_word")
