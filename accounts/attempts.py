"""Who may try again, counted so that nobody can be locked out by others (docs/decisions/0006-lock-out.md).

Every function does the same for an address somebody has and one nobody has.
"""

from datetime import timedelta

from accounts.actions.limiting import Ask, network_of, spend_allowances
from accounts.devices import device_nonce
from accounts.folding import fold_address
from accounts.models import User
from accounts.passing import client_address
from accounts.queries.people import person_at
from accounts.requests import PortalRequest

DAY = timedelta(days=1)
STRANGERS_AN_HOUR, STRANGERS_A_DAY = 20, 100  # all devices together that have not been the person's before
DEVICE_AN_HOUR = 20  # one that has
NETWORK_AN_HOUR = 600  # so that one password cannot be tried on every address
MAILS_AN_HOUR, MAILS_FROM_ONE_NETWORK, MAILS_PER_NETWORK, MAILS_PER_DEVICE = 8, 3, 30, 5
FACTORS_AN_HOUR, FACTORS_A_DAY = 10, 30


def wait_before_sign_in(request: PortalRequest, address: str) -> int:
    """Count one try of a password. Returns 0, or the minutes until the next one is looked at."""
    network = Ask("sign-in-network", _network(request), NETWORK_AN_HOUR)
    nonce = _nonce(request, person_at(address))
    if nonce:
        return spend_allowances(Ask("sign-in-device", nonce, DEVICE_AN_HOUR), network)
    key = fold_address(address)
    wait = spend_allowances(Ask("sign-in", key, STRANGERS_AN_HOUR), network)
    return wait or spend_allowances(Ask("sign-in-day", key, STRANGERS_A_DAY), window=DAY)


def may_ask_for_mail(request: PortalRequest, kind: str, address: str) -> bool:
    """Count one request for a mail (`kind`: "reset" or "code") to an address. Whether it is to be sent."""
    network = Ask(f"{kind}-network", _network(request), MAILS_PER_NETWORK)
    nonce = _nonce(request, person_at(address))
    if nonce:
        return not spend_allowances(Ask(f"{kind}-device", nonce, MAILS_PER_DEVICE), network)
    key = fold_address(address)
    from_here = Ask(f"{kind}-here", f"{_network(request)} {key}", MAILS_FROM_ONE_NETWORK)
    return not spend_allowances(Ask(kind, key, MAILS_AN_HOUR), from_here, network)


def wait_before_code(request: PortalRequest) -> int:
    """Count one try of a code by mail; the code itself allows only few."""
    return spend_allowances(Ask("code-try-network", _network(request), NETWORK_AN_HOUR))


def wait_before_factor(request: PortalRequest, person: User, means: str) -> int:
    """Count one try of a code of the app or of a recovery code, each by itself: who uses up the one leaves the other.

    A passkey is not counted; it cannot be guessed.
    """
    nonce = _nonce(request, person)
    key = f"{means} {person.pk} {nonce}".strip()
    wait = spend_allowances(Ask("factor", key, FACTORS_AN_HOUR))
    return wait or spend_allowances(Ask("factor-day", key, FACTORS_A_DAY), window=DAY)


def may_check_password(request: PortalRequest) -> bool:
    """Count one look at a password while it is being typed."""
    return not spend_allowances(Ask("password-check", _network(request), NETWORK_AN_HOUR))


def _nonce(request: PortalRequest, person: User | None) -> str:
    return device_nonce(request, person.pk if person is not None else None)


def _network(request: PortalRequest) -> str:
    return network_of(client_address(request))
