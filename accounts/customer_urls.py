"""The desk's pages about people and organisations, and the settings about staff."""

from django.urls import path

from accounts.views import organisation_actions, organisations, people, people_actions, sites, staff

urlpatterns = [
    path("desk/people/", people.people, name="people"),
    path("desk/people/<int:pk>/", people.person, name="person"),
    path("desk/people/<int:pk>/details/", people.person_details, name="person_details"),
    path("desk/people/<int:pk>/contact/", people_actions.person_contact, name="person_contact"),
    path("desk/people/<int:pk>/organisation/", people_actions.person_organisation, name="person_organisation"),
    path("desk/people/<int:pk>/closure/", people_actions.person_closure, name="person_closure"),
    path("desk/people/<int:pk>/reopening/", people_actions.person_reopening, name="person_reopening"),
    path("desk/people/<int:pk>/role/", people_actions.person_role, name="person_role"),
    path("desk/people/<int:pk>/factors/", people_actions.person_factors, name="person_factors"),
    path("desk/organisations/", organisations.organisations, name="organisations"),
    path("desk/organisations/new/", organisations.organisation_new, name="organisation_new"),
    path("desk/organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("desk/organisations/<int:pk>/name/", organisation_actions.organisation_name, name="organisation_name"),
    path("desk/organisations/<int:pk>/notes/", organisation_actions.organisation_notes, name="organisation_notes"),
    path(
        "desk/organisations/<int:pk>/contacts/replacement/",
        organisations.organisation_replacement,
        name="organisation_replacement",
    ),
    path("desk/organisations/<int:pk>/contacts/", organisation_actions.organisation_place, name="organisation_place"),
    path(
        "desk/organisations/<int:pk>/domains/", organisation_actions.organisation_domains, name="organisation_domains"
    ),
    path(
        "desk/organisations/<int:pk>/domains/joining/",
        organisation_actions.organisation_joining,
        name="organisation_joining",
    ),
    path(
        "desk/organisations/<int:pk>/domains/<int:row>/removal/",
        organisation_actions.organisation_domain_removal,
        name="organisation_domain_removal",
    ),
    path("desk/organisations/<int:pk>/sites/", sites.organisation_sites, name="organisation_sites"),
    path("desk/organisations/<int:pk>/sites/<int:row>/", sites.organisation_site, name="organisation_site"),
    path(
        "desk/organisations/<int:pk>/sites/<int:row>/removal/",
        sites.organisation_site_removal,
        name="organisation_site_removal",
    ),
    path(
        "desk/organisations/<int:pk>/sites/<int:row>/return/",
        sites.organisation_site_return,
        name="organisation_site_return",
    ),
    path(
        "desk/organisations/<int:pk>/administrators/",
        organisation_actions.organisation_administrators,
        name="organisation_administrators",
    ),
    path(
        "desk/organisations/<int:pk>/administrators/<int:row>/",
        organisation_actions.organisation_administrator,
        name="organisation_administrator",
    ),
    path(
        "desk/organisations/<int:pk>/administrators/<int:row>/removal/",
        organisation_actions.organisation_administrator_removal,
        name="organisation_administrator_removal",
    ),
    path(
        "desk/organisations/<int:pk>/provider-contacts/",
        organisation_actions.organisation_provider_contacts,
        name="organisation_provider_contacts",
    ),
    path(
        "desk/organisations/<int:pk>/provider-contacts/<int:row>/removal/",
        organisation_actions.organisation_provider_contact_removal,
        name="organisation_provider_contact_removal",
    ),
    path(
        "desk/organisations/<int:pk>/visibility/",
        organisation_actions.organisation_visibility,
        name="organisation_visibility",
    ),
    path("settings/staff/", staff.staff, name="staff"),
]
