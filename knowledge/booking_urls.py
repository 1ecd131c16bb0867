"""What can be booked, for customers and on the desk."""

from django.urls import path

from knowledge.views import booking, desk_activities, desk_booking

urlpatterns = [
    path("booking/", booking.booking, name="booking"),
    path("booking/<int:pk>/", booking.occasion, name="occasion"),
    path("booking/<int:pk>/place/", booking.occasion_booking, name="occasion_booking"),
    path("booking/<int:pk>/leaving/", booking.occasion_leaving, name="occasion_leaving"),
    path("booking/<int:pk>/calendar.ics", booking.occasion_calendar, name="occasion_calendar"),
    path("desk/booking/", desk_booking.desk_booking, name="desk_booking"),
    path("desk/booking/new/", desk_booking.desk_occasion_new, name="desk_occasion_new"),
    path("desk/booking/<int:pk>/", desk_booking.desk_occasion, name="desk_occasion"),
    path("desk/booking/<int:pk>/edit/", desk_booking.desk_occasion_edit, name="desk_occasion_edit"),
    path(
        "desk/booking/<int:pk>/cancellation/",
        desk_booking.desk_occasion_cancellation,
        name="desk_occasion_cancellation",
    ),
    path("desk/booking/<int:pk>/participants.csv", desk_booking.desk_occasion_export, name="desk_occasion_export"),
    path("desk/booking/<int:pk>/places/", desk_booking.desk_occasion_place, name="desk_occasion_place"),
    path(
        "desk/booking/<int:pk>/places/<int:row>/removal/",
        desk_booking.desk_occasion_removal,
        name="desk_occasion_removal",
    ),
    path("desk/booking/<int:pk>/places/<int:row>/first/", desk_booking.desk_occasion_first, name="desk_occasion_first"),
    path("desk/booking/activities/", desk_activities.desk_activities, name="desk_activities"),
    path("desk/booking/activities/new/", desk_activities.desk_activity_new, name="desk_activity_new"),
    path("desk/booking/activities/<int:pk>/", desk_activities.desk_activity, name="desk_activity"),
    path("desk/booking/activities/<int:pk>/state/", desk_activities.desk_activity_state, name="desk_activity_state"),
]
