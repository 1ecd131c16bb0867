"""Kept mails and providers. SMTP has its own file."""

import re
import stat
from email import message_from_bytes, policy

import pytest
import requests
from anymail.exceptions import AnymailAPIError, AnymailRequestsAPIError
from django.core import mail
from django.utils import timezone

from accounts.scoping import tenant_scope
from helpdesk.environment import MailTransport
from notifications.actions.draining import drain
from notifications.actions.forgetting import KEPT_FOR, forget_kept_mails
from notifications.models import Delivery, KeptMail
from notifications.transports import write_whole
from tests.factories import UserFactory, make_ticket
from tests.notifications.conftest import let_time_pass, only_mail_to, told


@pytest.fixture
def ticket(in_scope):
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


@pytest.fixture
def kept(settings):
    settings.MAIL = MailTransport(kind="keep")


def test_a_kept_mail_is_a_row_and_a_readable_file(in_scope, ticket, kept, settings):
    drain(in_scope.tenant)
    delivery = only_mail_to(in_scope.customer)
    row = KeptMail.objects.get(delivery=delivery)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d{6}_north_anna@kund\.example_\d+\.eml", row.file_name)
    path = settings.MAIL_DIR / row.file_name
    assert path.read_bytes() == bytes(row.raw)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["Message-ID"] == delivery.message_id
    assert len(list(settings.MAIL_DIR.iterdir())) == KeptMail.objects.count() == 3
    assert delivery.state == "sent"


def test_keeping_twice_leaves_one(in_scope, ticket, kept, settings, monkeypatch):
    """As when a worker dies between keeping the mail and writing down that it did."""
    from notifications.locking import Lease

    with monkeypatch.context() as crash:
        crash.setattr(Lease, "settle", lambda *args, **changes: False)
        drain(in_scope.tenant)
    assert KeptMail.objects.count() == 3
    let_time_pass()
    drain(in_scope.tenant)
    assert set(Delivery.objects.values_list("state", "unheard")) == {("sent", 0)}
    assert len(list(settings.MAIL_DIR.iterdir())) == KeptMail.objects.count() == 3


def test_no_address_leads_out_of_the_folder(in_scope, kept, settings):
    person = UserFactory(email="../../../evil@kund.example")
    make_ticket(requester=person, topic=in_scope.topic)
    drain(in_scope.tenant)
    (path,) = settings.MAIL_DIR.glob("*evil*")
    assert path.name.count("/") == 0
    assert path.parent == settings.MAIL_DIR


def test_a_folder_that_cannot_be_written_delays(in_scope, ticket, kept, settings, tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    drain(in_scope.tenant)
    assert set(Delivery.objects.values_list("state", "trouble")) == {("queued", "storing")}
    assert KeptMail.objects.count() == 0


def test_nobody_finds_half_a_file(tmp_path, monkeypatch):
    path = tmp_path / "mails" / "a.eml"
    write_whole(path, b"whole")
    monkeypatch.setattr("os.fsync", lambda number: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"half")
    assert path.read_bytes() == b"whole"


def test_kept_mails_are_forgotten_after_a_month_but_not_that_they_were_sent(in_scope, ticket, kept, settings):
    drain(in_scope.tenant)
    assert forget_kept_mails() == 0
    old = KeptMail.objects.first()
    KeptMail.objects.filter(pk=old.pk).update(created_at=timezone.now() - KEPT_FOR)
    assert forget_kept_mails() == 1
    assert not (settings.MAIL_DIR / old.file_name).exists()
    assert KeptMail.objects.count() == 2
    assert Delivery.objects.filter(state="sent").count() == 3


def test_forgetting_keeps_other_tenants_mails(in_scope, other_portal, kept):
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    drain(other_portal.tenant)
    with tenant_scope(other_portal.tenant):
        KeptMail.objects.update(created_at=timezone.now() - KEPT_FOR)
    assert forget_kept_mails() == 0


# --- Providers -------------------------------------------------------------------------------------


@pytest.fixture
def provider(settings, monkeypatch):
    """anymail's own test backend; `ending` is what the provider answers, `seen` what was asked of it."""

    class Provider:
        ending: Exception | None = None
        during: list[tuple[str, str]] = []

    from anymail.backends.test import EmailBackend

    real = EmailBackend.post_to_esp

    def post(self, payload, message):
        Provider.during = list(Delivery.objects.filter(state="sending").values_list("state", "stage"))
        if Provider.ending is not None:
            raise Provider.ending
        return real(self, payload, message)

    monkeypatch.setattr(EmailBackend, "post_to_esp", post)
    settings.MAIL = MailTransport(kind="anymail", provider="test")
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    mail.outbox = []
    return Provider


def answered(status: int) -> AnymailAPIError:
    response = requests.Response()
    response.status_code, response.reason = status, "because"
    return AnymailRequestsAPIError("trouble", response=response)


def unanswered(kind: type[Exception], cause: str = "") -> AnymailAPIError:
    error = type("Error", (AnymailRequestsAPIError, kind), {})("Error posting")
    error.__cause__ = kind(cause)
    return error


def test_a_provider_takes_the_whole_mail(in_scope, ticket, provider):
    drain(in_scope.tenant)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert provider.during == [("sending", "talking")]
    (message,) = [message for message in mail.outbox if message.to == [in_scope.customer.email]]
    assert message.extra_headers["Message-ID"] == only_mail_to(in_scope.customer).message_id
    assert message.from_email == "North support <support@north.example>"
    assert message.alternatives[0].mimetype == "text/html"
    assert message.anymail_test_params["track_clicks"] is False
    named = set(Delivery.objects.values_list("provider_id", flat=True))
    assert named
    assert "" not in named, "how the provider will name them in its reports"


@pytest.mark.parametrize(
    ("ending", "state", "trouble"),
    [
        (answered(400), "failed", "content"),
        (answered(422), "failed", "content"),
        (answered(401), "queued", "sign_in"),
        (answered(429), "queued", "later"),
        (answered(503), "queued", "later"),
        (unanswered(requests.ConnectTimeout), "queued", "away"),
        (unanswered(requests.ConnectionError, "NewConnectionError: refused"), "queued", "away"),
        (unanswered(requests.ReadTimeout), "unknown", "unheard"),
        (unanswered(requests.ConnectionError, "RemoteDisconnected"), "unknown", "unheard"),
    ],
)
def test_what_a_providers_answer_means(in_scope, provider, ending, state, trouble):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    Delivery.objects.exclude(recipient=in_scope.customer).update(next_attempt_at=None)
    provider.ending = ending
    drain(in_scope.tenant)
    delivery = only_mail_to(in_scope.customer)
    assert (delivery.state, delivery.trouble) == (state, trouble)
    assert delivery.server_reply or trouble == "unheard"
