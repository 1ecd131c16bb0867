from django.urls import path

from notifications.views import addresses, mail_settings

urlpatterns = [
    path("settings/mail/", mail_settings.mail_settings, name="mail_settings"),
    path("settings/mail/addresses/new/", addresses.address_new, name="address_new"),
    path("settings/mail/addresses/<int:pk>/", addresses.address, name="address"),
    path("settings/mail/addresses/<int:pk>/retirement/", addresses.address_retirement, name="address_retirement"),
    path("settings/mail/addresses/<int:pk>/return/", addresses.address_return, name="address_return"),
    path("settings/mail/addresses/<int:pk>/removal/", addresses.address_removal, name="address_removal"),
]
