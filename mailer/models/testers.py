"""Whoever gets the test letters of a list: colleagues by their addresses, not subscribers."""

from django.db import models

from subscribers.models.lists import List


class Tester(models.Model):
    """One address of a list's test list."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="testers")
    # As it was typed, for sending.
    address = models.CharField(max_length=254)
    # The keyed hash that suppressions and erasure know an address by: two spellings are one tester.
    address_key = models.CharField(max_length=32)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "tester"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["list", "address_key"], name="tester_once_on_a_list")]
        indexes = [
            # Who is erased is sought by the key alone.
            models.Index(fields=["address_key"], name="tester_by_address"),
        ]

    def __str__(self) -> str:
        """Return the number, never the address: this text reaches logs."""
        return f"tester {self.pk}"
