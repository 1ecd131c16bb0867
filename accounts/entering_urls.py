"""How people come in, and where it is decided."""

from django.urls import path

from accounts.views import access, applications, colleagues, entering, invitations

urlpatterns = [
    path("register/", entering.register, name="register"),
    path("register/sent/", entering.register_sent, name="register_sent"),
    path("register/sent/again/", entering.register_again, name="register_again"),
    path("verify/<str:uid>/<str:token>/", entering.verify, name="verify"),
    path("invitations/<str:token>/", entering.invitation, name="invitation"),
    path("welcome/", entering.welcome, name="welcome"),
    path("whom-to-ask/", entering.whom_to_ask, name="whom_to_ask"),
    path("mail-help/", entering.mail_help, name="mail_help"),
    path("account/colleagues/", colleagues.colleagues, name="colleagues"),
    path("account/colleagues/places/", colleagues.places, name="colleague_places"),
    path("account/colleagues/<int:pk>/contact/", colleagues.contact, name="colleague_contact"),
    path("account/colleagues/invitations/<int:pk>/again/", colleagues.again, name="colleague_invitation_again"),
    path("account/colleagues/invitations/<int:pk>/revocation/", colleagues.revocation, name="colleague_revocation"),
    path("desk/applications/", applications.applications, name="applications"),
    path("desk/applications/<int:pk>/", applications.application, name="application"),
    path("desk/applications/<int:pk>/approval/", applications.approval, name="application_approval"),
    path("desk/applications/<int:pk>/refusal/", applications.refusal, name="application_refusal"),
    path("desk/invitations/", invitations.invitations, name="invitations"),
    path("desk/invitations/new/", invitations.invite, name="invite"),
    path("desk/invitations/<int:pk>/again/", invitations.again, name="invitation_again"),
    path("desk/invitations/<int:pk>/revocation/", invitations.revocation, name="invitation_revocation"),
    path("settings/access/", access.access_settings, name="access_settings"),
    path("settings/access/private-domains/", access.private_domains, name="private_domains"),
    path("settings/access/private-domains/default/", access.default_domains, name="default_private_domains"),
    path("settings/access/private-domains/<int:pk>/removal/", access.removal, name="private_domain_removal"),
]
