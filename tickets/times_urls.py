"""Settings of what is promised to whom, in working time."""

from django.urls import path

from tickets.views import ageing, agreements, calendars, department_hours, level_settings, weighing

urlpatterns = [
    path("settings/calendars/", calendars.calendars, name="calendars"),
    path("settings/calendars/new/", calendars.calendar_new, name="calendar_new"),
    path("settings/calendars/<int:pk>/", calendars.calendar, name="calendar"),
    path("settings/calendars/<int:pk>/days/", calendars.calendar_days, name="calendar_days"),
    path("settings/calendars/<int:pk>/days/removal/", calendars.calendar_days_removal, name="calendar_days_removal"),
    path("settings/calendars/<int:pk>/default/", calendars.calendar_default, name="calendar_default"),
    path("settings/calendars/<int:pk>/removal/", calendars.calendar_removal, name="calendar_removal"),
    path("settings/agreements/", agreements.agreements, name="agreements"),
    path("settings/agreements/export.csv", agreements.agreements_export, name="agreements_export"),
    path("settings/agreements/new/", agreements.agreement_new, name="agreement_new"),
    path("settings/agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("settings/agreements/<int:pk>/retirement/", agreements.agreement_retirement, name="agreement_retirement"),
    path("settings/agreements/<int:pk>/return/", agreements.agreement_return, name="agreement_return"),
    path("desk/organisations/<int:pk>/agreement/", agreements.organisation_agreement, name="organisation_agreement"),
    path("settings/service-levels/", level_settings.levels, name="levels"),
    path("settings/service-levels/new/", level_settings.level_new, name="level_new"),
    path("settings/service-levels/<int:pk>/", level_settings.level, name="level"),
    path("settings/service-levels/<int:pk>/removal/", level_settings.level_removal, name="level_removal"),
    path("settings/departments/<int:pk>/calendar/", department_hours.department_calendar, name="department_calendar"),
    path("settings/departments/<int:pk>/place/", department_hours.department_place, name="department_place"),
    path("settings/ageing/", ageing.ageing, name="ageing"),
    path("settings/ageing/new/", ageing.ageing_new, name="ageing_new"),
    path("settings/ageing/<int:pk>/", ageing.ageing_policy, name="ageing_policy"),
    path("settings/ageing/<int:pk>/state/", ageing.ageing_state, name="ageing_state"),
    path("settings/ageing/<int:pk>/removal/", ageing.ageing_removal, name="ageing_removal"),
    path("settings/alerts/", ageing.alerts, name="alerts"),
    path("settings/times/<int:pk>/", weighing.times_trial, name="times_trial"),
]
