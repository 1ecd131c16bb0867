from django.urls import path

from tickets.views import organisation_routing, routing_rules, routing_tables, routing_trials

urlpatterns = [
    path(
        "desk/organisations/<int:pk>/department/",
        organisation_routing.organisation_department,
        name="organisation_department",
    ),
    path(
        "desk/organisations/<int:pk>/department/exceptions/",
        organisation_routing.organisation_exceptions,
        name="organisation_exceptions",
    ),
    path(
        "desk/organisations/<int:pk>/department/exceptions/<int:row>/removal/",
        organisation_routing.organisation_exception_removal,
        name="organisation_exception_removal",
    ),
    path("settings/routing/", routing_rules.routing, name="routing"),
    path("settings/routing/earlier/", routing_rules.routing_earlier, name="routing_earlier"),
    path("settings/routing/rules/new/", routing_rules.routing_rule_new, name="routing_rule_new"),
    path("settings/routing/rules/<int:pk>/", routing_rules.routing_rule, name="routing_rule"),
    path("settings/routing/rules/<int:pk>/place/", routing_rules.routing_rule_place, name="routing_rule_place"),
    path("settings/routing/rules/<int:pk>/state/", routing_rules.routing_rule_state, name="routing_rule_state"),
    path("settings/routing/rules/<int:pk>/removal/", routing_rules.routing_rule_removal, name="routing_rule_removal"),
    path("settings/routing/trial/", routing_trials.routing_trial, name="routing_trial"),
    path("settings/routing/changes/<int:pk>/", routing_trials.routing_change, name="routing_change"),
    path(
        "settings/routing/changes/<int:pk>/saving/", routing_trials.routing_change_saving, name="routing_change_saving"
    ),
    path("settings/routing/tables/", routing_tables.routing_tables, name="routing_tables"),
    path("settings/routing/tables/new/", routing_tables.routing_table_new, name="routing_table_new"),
    path("settings/routing/tables/<int:pk>/", routing_tables.routing_table, name="routing_table"),
    path("settings/routing/tables/<int:pk>/rows/", routing_tables.routing_table_rows, name="routing_table_rows"),
    path("settings/routing/tables/<int:pk>/name/", routing_tables.routing_table_name, name="routing_table_name"),
    path(
        "settings/routing/tables/<int:pk>/removal/", routing_tables.routing_table_removal, name="routing_table_removal"
    ),
    path("settings/routing/tables/<int:pk>/file/", routing_tables.routing_table_export, name="routing_table_export"),
]
