"""Passkeys (WebAuthn) as a second factor, bound to the portal's own host. Pure: what was stored goes in as values."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST = 20_000  # characters of an answer; real ones have about a thousand


class WrongPasskey(ValueError):
    """The browser's answer proves nothing: forged, for another page, not asked for now, or by a copied key."""


@dataclass(frozen=True)
class Place:
    """Where passkeys count: `host` is what they are bound to, `origin` where the browser must stand."""

    host: str
    origin: str


@dataclass(frozen=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes
    sign_count: int


def creation_options(
    place: Place, *, portal: str, account: str, name: str, handle: bytes, known: Iterable[bytes]
) -> tuple[str, str]:
    """What the browser is asked to make a passkey with, as JSON, and its challenge, to be kept until the answer."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=portal,
        user_name=account,
        user_display_name=name,
        user_id=handle,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.DISCOURAGED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key) for key in known],
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def created_passkey(place: Place, answer: str, *, challenge: str) -> NewPasskey:
    """The passkey a browser made. Raises WrongPasskey."""
    try:
        made = verify_registration_response(
            credential=_answer(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except Exception as reason:  # the library lets errors of its parsers through; whatever it is, nothing is proven
        raise WrongPasskey from reason
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def request_options(place: Place, *, known: Iterable[bytes]) -> tuple[str, str]:
    """What the browser is asked to sign, as JSON, and its challenge."""
    options = generate_authentication_options(
        rp_id=place.host,
        allow_credentials=[PublicKeyCredentialDescriptor(id=key) for key in known],
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def credential_of(answer: str) -> bytes:
    """Which passkey an answer claims to be by. Raises WrongPasskey."""
    try:
        return parse_authentication_credential_json(_answer(answer)).raw_id
    except (WebAuthnException, ValueError, KeyError, TypeError) as reason:
        raise WrongPasskey from reason


def proven_sign_count(place: Place, answer: str, *, challenge: str, public_key: bytes, sign_count: int) -> int:
    """Check an answer against the passkey it is by; returns the passkey's counter now. Raises WrongPasskey."""
    try:
        proven = verify_authentication_response(
            credential=_answer(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except Exception as reason:  # as above
        raise WrongPasskey from reason
    return proven.new_sign_count


def _answer(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise WrongPasskey
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as reason:
        raise WrongPasskey from reason
    if not isinstance(answer, dict):
        raise WrongPasskey
    return answer
