"""The shapes of mail_settings and tracking_settings: each key's type, and what is said if it is another."""

from collections.abc import Iterator

from mailer.sandbox.faults import Fault, fault, mistyped, unknown_key

Shapes = dict[str, dict[str, tuple[type, str]]]

TRACKING: Shapes = {
    "click_tracking": {
        "enable": (bool, "The click tracking enable param should be a boolean value."),
        "enable_text": (bool, "The click tracking enable text must be a boolean value."),
    },
    "open_tracking": {
        "enable": (bool, "The open tracking enable param should be a boolean value."),
        "substitution_tag": (str, "The open tracking substitution tag must be a string."),
    },
    "subscription_tracking": {
        "enable": (bool, "The subscription tracking enable param should be a boolean value."),
        "text": (
            str,
            "The subscription tracking unsubscribe content for text/plain messages must be a string.",
        ),
        "html": (
            str,
            "The subscription tracking unsubscribe content for text/html messages must be a string.",
        ),
        "substitution_tag": (str, "The subscription tracking substitution tag must be a string value."),
    },
    "ganalytics": {
        "enable": (bool, "The Google Analytics enable param must be a boolean value."),
        "utm_source": (str, "The Google Analytics utm_source must be a string value."),
        "utm_medium": (str, "The Google Analytics utm_medium must be a string value."),
        "utm_term": (str, "The Google Analytics utm_term must be a string value."),
        "utm_content": (str, "The Google Analytics utm_content must be a string value."),
        "utm_campaign": (str, "The Google Analytics utm_campaign must be a string value."),
    },
}

# The reference has wordings for the first, the footer and sandbox mode; the others follow them.
MAIL: Shapes = {
    "bypass_list_management": {
        "enable": (bool, "The bypass list management enable param should be a boolean value."),
    },
    "bypass_spam_management": {
        "enable": (bool, "The bypass spam management enable param should be a boolean value."),
    },
    "bypass_bounce_management": {
        "enable": (bool, "The bypass bounce management enable param should be a boolean value."),
    },
    "bypass_unsubscribe_management": {
        "enable": (bool, "The bypass unsubscribe management enable param should be a boolean value."),
    },
    "footer": {
        "enable": (bool, "The footer enable param should be a boolean value."),
        "text": (str, "The text/plain version of your footer should be a string."),
        "html": (str, "The text/html version of your footer should be a string."),
    },
    "sandbox_mode": {
        "enable": (bool, "The sandbox mode enable param should be a boolean value."),
    },
}


def tracking_setting_faults(settings: object) -> Iterator[Fault]:
    """Yield what is wrong with `tracking_settings`."""
    yield from _shape_faults(settings, "tracking_settings", TRACKING)


def mail_setting_faults(settings: object) -> Iterator[Fault]:
    """Yield what is wrong with `mail_settings`."""
    yield from _shape_faults(settings, "mail_settings", MAIL)
    if not isinstance(settings, dict):
        return
    on = {name for name, group in settings.items() if isinstance(group, dict) and group.get("enable") is True}
    bypasses = {name for name in on if name.startswith("bypass_")}
    if "bypass_list_management" in bypasses and len(bypasses) > 1:
        # Ours: the reference says that it cannot be combined with the other bypass settings.
        yield fault(
            "The bypass list management setting cannot be combined with other bypass settings.",
            "mail_settings.bypass_list_management",
            "mail_settings.bypass_list_management.enable",
        )


def _shape_faults(settings: object, field: str, shapes: Shapes) -> Iterator[Fault]:
    if not isinstance(settings, dict):
        yield mistyped("object", settings, field, field)
        return
    for name, group in settings.items():
        where = f"{field}.{name}"
        if name not in shapes:
            yield unknown_key(name, field)
        elif not isinstance(group, dict):
            yield mistyped("object", group, where, where)
        else:
            for key, value in group.items():
                if key not in shapes[name]:
                    yield unknown_key(key, where)
                elif not isinstance(value, shapes[name][key][0]):
                    yield fault(shapes[name][key][1], f"{where}.{key}", f"{where}.{key}")
