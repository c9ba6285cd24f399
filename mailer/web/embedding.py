"""The sign-up form as plain HTML for another site: it brings the visitor to our own page, filled in."""

from django.template.loader import render_to_string
from django.utils import translation

from mailer.languages import current, nearest
from subscribers.models import List


def form_of(newsletter: List, base_url: str) -> str:
    """Return the form of a list, in the list's language if we speak it; it needs no script and no style."""
    with translation.override(nearest(newsletter.language)):
        html = render_to_string(
            "public/embedded.html",
            {
                "list": newsletter,
                "interests": list(newsletter.interests.filter(retired_at=None)),
                "language": current(),
                "action": f"{base_url.rstrip('/')}/subscribe/{newsletter.slug}",
            },
        )
    return f"{html}\n"
