"""Every address of the product."""

from django.urls import path

from mailer.web import front, health, leaving, preferences, webhooks

urlpatterns = [
    path("", front.front),
    path("u/<str:token>", leaving.leave),
    path("preferences/<str:token>", preferences.preferences),
    path("webhooks/sendgrid", webhooks.sendgrid),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
handler400 = "mailer.web.errors.bad_request"
handler403 = "mailer.web.errors.forbidden"
handler404 = "mailer.web.errors.not_found"
handler500 = "mailer.web.errors.server_error"
