"""The addresses of lists, users and the log at the desk."""

from django.urls import path

from mailer.desk.office import lists, log, users

urlpatterns = [
    path("lists/", lists.index),
    path("lists/<slug:slug>", lists.one),
    path("lists/<slug:slug>/count", lists.count),
    path("lists/<slug:slug>/edit", lists.edit),
    path("users/", users.users),
    path("users/<int:number>", users.one),
    path("users/<int:number>/set", users.change),
    path("users/<int:number>/reset", users.reset),
    path("log/", log.log),
    path("log/check", log.check),
]
