"""How staff sort tickets and let them wait, and the settings of priorities."""

from django.urls import path

from tickets.views import (
    article_search,
    carrying_over,
    dashboard,
    desk_acts,
    desk_sorting,
    desk_time,
    exporting,
    priorities,
)

urlpatterns = [
    path("desk/dashboard/", dashboard.dashboard, name="dashboard"),
    path("desk/dashboard/export/", dashboard.dashboard_export, name="dashboard_export"),
    path("desk/export/", exporting.desk_export, name="desk_export"),
    path("desk/tickets/<int:number>/answers/", desk_sorting.desk_answers, name="desk_answers"),
    path("desk/tickets/<int:number>/topic/", desk_sorting.desk_topic, name="desk_topic"),
    path("desk/tickets/<int:number>/tags/", desk_sorting.desk_tags, name="desk_tags"),
    path("desk/tickets/<int:number>/followers/", desk_sorting.desk_followers, name="desk_followers"),
    path(
        "desk/tickets/<int:number>/followers/<int:pk>/removal/",
        desk_sorting.desk_follower_removal,
        name="desk_follower_removal",
    ),
    path("desk/tickets/<int:number>/articles/", article_search.desk_article_search, name="desk_article_search"),
    path(
        "desk/tickets/<int:number>/messages/<int:pk>/article/",
        carrying_over.desk_carry_over,
        name="desk_carry_over",
    ),
    path("desk/tickets/<int:number>/acts/", desk_acts.desk_acts, name="desk_acts"),
    path("desk/tickets/<int:number>/nudge/", desk_acts.desk_nudge, name="desk_nudge"),
    path("desk/tickets/<int:number>/waiting/", desk_time.desk_waiting, name="desk_waiting"),
    path("desk/tickets/<int:number>/snooze/", desk_time.desk_snooze, name="desk_snooze"),
    path("settings/priorities/", priorities.priority_settings_page, name="priority_settings"),
]
