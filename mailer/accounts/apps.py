"""Tell Django about this app, and about two of its own that we use in part."""

from django.apps import AppConfig
from django.contrib.auth.apps import AuthConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """Users of the desk."""

    name = "mailer.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have what happens to a second factor written down."""
        from mailer.accounts import auditing  # noqa: PLC0415 - models want every app loaded

        auditing.listen()


class WithoutPermissions(AuthConfig):
    """django.contrib.auth without a row of permissions for each table: roles say what is allowed."""

    def ready(self) -> None:
        """Keep its hashers and signals, and leave its permissions out."""
        super().ready()
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
