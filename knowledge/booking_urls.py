"""What can be booked, for customers and on the desk."""

from django.urls import path

from knowledge.views import booking

urlpatterns = [
    path("booking/", booking.booking, name="booking"),
    path("booking/<int:pk>/", booking.occasion, name="occasion"),
    path("booking/<int:pk>/place/", booking.occasion_booking, name="occasion_booking"),
    path("booking/<int:pk>/leaving/", booking.occasion_leaving, name="occasion_leaving"),
    path("booking/<int:pk>/calendar.ics", booking.occasion_calendar, name="occasion_calendar"),
]
