from django.urls import include, path

from accounts.views import account, brand, entry

urlpatterns = [
    path("", include("accounts.security_urls")),
    path("sign-in/", entry.sign_in, name="sign_in"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("password/", entry.password_request, name="password_request"),
    path("password/<str:uid>/<str:token>/", entry.password_set, name="password_set"),
    path("", include("accounts.entering_urls")),
    path("", include("accounts.account_urls")),
    path("", include("accounts.customer_urls")),
    path("", include("accounts.transfer_urls")),
    path("language/", account.language, name="language"),
    path("brand/<str:fingerprint>.css", brand.brand_css, name="brand_css"),
    path("brand/logo/", brand.logo, name="logo"),
    path("settings/", brand.portal_settings, name="portal_settings"),
]
