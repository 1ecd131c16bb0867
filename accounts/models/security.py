"""Proving who one is: sessions that their owner can see, sign-in codes, second factors, recovery codes."""

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import FactorKind
from accounts.models.people import User
from accounts.models.tenancy import TenantModel


class Session(AbstractBaseSession):
    """A browser's session. Bound to a tenant by its user, who is looked up in scope; a stranger's has none.

    A row of Django's own kind with columns for what its owner is shown (see "Extending database-backed session engines"
    in Django's manual), so that listing and ending sessions costs the ordinary request nothing.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    browser = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(auto_now=True)
    objects = BaseSessionManager()  # type: ignore[misc]

    @classmethod
    def get_session_store_class(cls) -> type:
        from accounts.sessions import SessionStore

        return SessionStore


class SignInCode(TenantModel):
    """A code by mail in place of a password, usable in the browser that asked for it. A row for every address typed,
    known or not. The digits are derived from `nonce` (`accounts/tokens.py`) and never stored."""

    address_key = models.CharField(max_length=254)
    nonce = models.CharField(max_length=43)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="sign_in_code_old")]

    def __str__(self) -> str:
        return self.address_key


class SecondFactor(TenantModel):
    """Something a person has besides the password. `secret` (TOTP) is encrypted; a passkey keeps its public key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=7, choices=FactorKind.choices)
    name = models.CharField(max_length=60)
    secret = models.TextField(blank=True)
    last_step = models.BigIntegerField(default=0)  # the last 30-second step whose code was taken: none counts twice
    credential_id = models.BinaryField(blank=True, default=b"")
    public_key = models.BinaryField(blank=True, default=b"")
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(kind=FactorKind.TOTP), name="one_authenticator_app_per_person"
            ),
            models.CheckConstraint(
                condition=(Q(kind=FactorKind.TOTP) & ~Q(secret="")) | (Q(kind=FactorKind.PASSKEY) & Q(secret="")),
                name="factors_are_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.name}"


class RecoveryCode(TenantModel):
    """Lets somebody in once who has lost their second factor. Only a keyed digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id}"
