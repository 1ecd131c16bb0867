"""Settings of what is promised in working time."""

from django.urls import path

from tickets.views import weighing

urlpatterns = [
    path("settings/times/<int:pk>/", weighing.times_trial, name="times_trial"),
]
