"""The pages of one's own account, besides its security."""

from django.urls import path

from accounts.views import account, address, leaving

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/address/", address.account_address, name="account_address"),
    path("account/address/sent/", address.account_address_sent, name="account_address_sent"),
    path("account/address/<str:token>/", address.account_address_confirm, name="account_address_confirm"),
    path("account/data/", leaving.account_data, name="account_data"),
    path("account/closure/", leaving.account_closure, name="account_closure"),
]
