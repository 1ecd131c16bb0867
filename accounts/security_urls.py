"""Where one proves who one is, and where one's own security is set."""

from django.urls import path

from accounts.views import codes, entry, second_step, security, security_settings

urlpatterns = [
    path("sign-in/code/", codes.sign_in_code, name="sign_in_code"),
    path("sign-in/code/enter/", codes.sign_in_code_enter, name="sign_in_code_enter"),
    path("sign-in/second/", second_step.second_factor, name="second_factor"),
    path("password/check/", entry.password_check, name="password_check"),
    path("account/security/", security.security, name="security"),
    path("account/security/proof/", second_step.security_proof, name="security_proof"),
    path("account/security/password/", security.security_password, name="security_password"),
    path("account/security/app/", security.security_app, name="security_app"),
    path("account/security/passkeys/new/", security.security_passkey, name="security_passkey"),
    path(
        "account/security/factors/<int:pk>/removal/", security.security_factor_removal, name="security_factor_removal"
    ),
    path("account/security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
    path("account/security/recovery-codes/file/", security.recovery_codes_file, name="recovery_codes_file"),
    path("account/security/recovery-codes/kept/", security.recovery_codes_kept, name="recovery_codes_kept"),
    path("account/security/sessions/end/", security.sessions_end, name="sessions_end"),
    path("account/security/sessions/<str:mark>/end/", security.session_end, name="session_end"),
    path("settings/security/", security_settings.security_settings, name="security_settings"),
]
