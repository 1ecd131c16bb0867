"""What the environment may say, read without Django."""

import stat

import pytest

from helpdesk.environment import MailTransport, kept_secret, mail_transport


@pytest.mark.parametrize(
    ("url", "transport"),
    [
        ("keep://", MailTransport("keep")),
        ("smtp://mail.example", MailTransport("smtp", "mail.example", 25)),
        ("smtp://mail.example:2525", MailTransport("smtp", "mail.example", 2525)),
        (
            "smtp+tls://user%40x.se:p%40ss%3A%2F@mail.example",
            MailTransport("smtp", "mail.example", 587, "user@x.se", "p@ss:/", "starttls"),
        ),
        ("smtp+ssl://u:p@mail.example", MailTransport("smtp", "mail.example", 465, "u", "p", "tls")),
        ("smtp://[::1]:25", MailTransport("smtp", "::1", 25)),
        (
            "anymail+mailgun://?api_key=k%26y&sender-domain=x.se",
            MailTransport(
                "anymail", provider="mailgun", anymail={"MAILGUN_API_KEY": "k&y", "MAILGUN_SENDER_DOMAIN": "x.se"}
            ),
        ),
    ],
)
def test_a_mail_address_is_understood(url, transport):
    assert mail_transport(url) == transport


@pytest.mark.parametrize(
    "url", ["", "smtp://", "smtp:", "mail.example", "imap://mail.example", "smtp://mail.example:x"]
)
def test_a_mail_address_that_makes_no_sense_says_why(url):
    with pytest.raises(ValueError, match=r"\w"):
        mail_transport(url)


def test_a_secret_is_made_once_and_read_by_its_owner_only(tmp_path):
    path = tmp_path / "var" / "secret_key"

    first = kept_secret(path)

    assert kept_secret(path) == first
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_secret(tmp_path / "other") != first
