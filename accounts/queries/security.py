"""What a person proves who they are with, and where they are signed in."""

from accounts.models import SecondFactor, User


def has_factors(user: User) -> bool:
    return bool(SecondFactor.objects.filter(user=user).exists())
