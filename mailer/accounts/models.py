"""The people who sign in, and what is counted about attempts to."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from mailer.accounts.names import UserName
from mailer.accounts.roles import Role
from subscribers.models.choices import only, word


class User(AbstractBaseUser):
    """One person who signs in to the desk; deactivated, never deleted, since the audit log names them."""

    # As it is compared: in small letters. They sign in with it.
    email = models.CharField(max_length=254, unique=True)
    # How the audit log and approvals name them: two of one name could not be told apart.
    name = models.CharField(max_length=200, unique=True)
    role = word(Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = BaseUserManager["User"]()

    class Meta:
        """The table."""

        db_table = "desk_user"
        constraints = (only("desk_user", "role", Role),)

    def __str__(self) -> str:
        """Return the number, never the person."""
        return f"user {self.pk}"

    @property
    def by(self) -> UserName:
        """Return who did it, as the audit log and approvals have it."""
        return UserName.of(self.name, self.pk)


class Counter(models.Model):
    """What Django's database cache keeps: attempts that were counted, codes that were used.

    A model, so that its table is made, and emptied in tests, like every other.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        """The table."""

        db_table = "desk_counter"

    def __str__(self) -> str:
        """Return what it is; its key may tell of a person."""
        return "a counter"
