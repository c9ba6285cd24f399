"""Every address of the product."""

from django.urls import include, path

from mailer.web import (
    confirming,
    front,
    glimpses,
    health,
    leaving,
    metrics,
    parting,
    pictures,
    preferences,
    subscribing,
    webhooks,
    yours,
)
from mailer.web.archive import edition, feeds, finding, listing

urlpatterns = [
    path("", front.front),
    path("subscribe/<slug:slug>", subscribing.subscribe),
    path("confirm/<str:token>", confirming.confirm),
    path("u/<str:token>", leaving.leave),
    path("undo/<str:token>", parting.undo),
    path("why/<str:token>", parting.why),
    path("preferences/<str:token>", preferences.preferences),
    path("data/<str:token>", yours.data),
    path("forget/<str:token>", yours.forget),
    path("address/<str:token>", yours.address),
    path("move/<str:token>", yours.move),
    path("o/<str:copy>", glimpses.picture),
    path("c/unseen", glimpses.unseen),
    path("c/<str:copy>/<str:place>", glimpses.link),
    path("pictures/<str:name>", pictures.picture),
    path("archive/<slug:slug>", listing.listing),
    path("archive/<slug:slug>/", listing.listing),
    path("archive/<slug:slug>/rss.xml", feeds.rss),
    path("archive/<slug:slug>/atom.xml", feeds.atom),
    path("archive/<slug:slug>/<int:number>", edition.edition),
    path("archive/<slug:slug>/<int:number>/", edition.edition),
    path("archive/<slug:slug>/<int:number>/card.png", edition.picture),
    path("sitemap.xml", finding.sitemap),
    path("robots.txt", finding.robots),
    path("desk/account/", include("mailer.accounts.urls")),
    path("desk/", include("mailer.desk.urls")),
    path("webhooks/sendgrid", webhooks.sendgrid),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics.metrics),
]
handler400 = "mailer.failing.bad_request"
handler403 = "mailer.failing.forbidden"
handler404 = "mailer.failing.not_found"
handler500 = "mailer.failing.server_error"
