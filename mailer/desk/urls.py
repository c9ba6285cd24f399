"""Every address of the desk; each room of it has its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("mailer.desk.editions.urls")),
    path("", include("mailer.desk.reporting.urls")),
    path("sends/", include("mailer.desk.sends.urls")),
    path("subscribers/", include("mailer.desk.people.urls")),
    path("", include("mailer.desk.office.urls")),
]
