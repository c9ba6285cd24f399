"""The addresses of sends at the desk."""

from django.urls import URLPattern, path

from mailer.desk.sends import controlling, correcting, listing, resolving, showing

urlpatterns: list[URLPattern] = [
    path("", listing.ls),
    path("<int:number>", showing.show),
    path("<int:number>/watched", showing.watched),
    path("<int:number>/live", showing.live),
    path("<int:number>/events", showing.events),
    path("<int:number>/log", showing.log),
    path("<int:number>/pause", controlling.pause),
    path("<int:number>/stop", controlling.stop),
    path("<int:number>/resume", controlling.resume),
    path("<int:number>/cancel", controlling.cancel),
    path("<int:number>/move", controlling.move),
    path("<int:number>/correct", correcting.correct),
    path("<int:number>/look-up", resolving.look_up),
    path("<int:number>/unknown/<slug:decision>", resolving.decide),
]
