"""What a domain says about its mail: judged by itself, and asked of a real name server."""

import base64
import threading
from collections.abc import Iterator
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import dns_looking
from notifications.actions.mail_settings import set_dkim_selectors
from notifications.dns_advice import Finding, Records, Subject, judge, judge_dkim, judge_dmarc, judge_mx, judge_spf
from notifications.dns_in_words import WORDS, in_words
from notifications.dns_looking import look_up
from tests.pages import Page

NORTH = "north.example"


def key(bits: int = 2048) -> str:
    public = rsa.RSAPublicNumbers(65537, 2**bits - 1).public_key()
    encoded = base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    return f"v=DKIM1; k=rsa; p={encoded}"


# -- judged by itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("txt", "finding", "value"),
    [
        (None, Finding.SILENT, None),
        ((), Finding.MISSING, "v=spf1 a:smtp.north.example ~all"),
        (("google-site-verification=x", "v=spf10 -all"), Finding.MISSING, "v=spf1 a:smtp.north.example ~all"),
        (("v=spf1 mx -all",), Finding.GOOD, None),
        (("V=SPF1 include:_spf.example ~all", "other"), Finding.GOOD, None),
        (("v=spf1 redirect=_spf.example",), Finding.GOOD, None),
        (("v=spf1 mx -all", "v=spf1 a ~all"), Finding.SEVERAL, "v=spf1 mx a ~all"),
        (("v=spf1 mx +all",), Finding.ANYBODY, "v=spf1 mx ~all"),
        (("v=spf1 all",), Finding.ANYBODY, "v=spf1 ~all"),
        (("v=spf1 mx",), Finding.NO_END, "v=spf1 mx ~all"),
        (("v=spf1 mx ?all",), Finding.NO_END, "v=spf1 mx ~all"),
        (("v=spf1 -all",), Finding.NOT_OURS, "v=spf1 a:smtp.north.example -all"),
        (("v=spf1 " + " ".join(f"include:{n}.example" for n in range(11)) + " -all",), Finding.TOO_LONG, None),
    ],
)
def test_who_may_send(txt, finding, value):
    advice = judge_spf(NORTH, txt, "smtp.north.example")

    assert advice.finding == finding
    assert advice.record == ((NORTH, "TXT", value) if value else None)


@pytest.mark.parametrize(
    ("texts", "finding"),
    [
        (None, Finding.SILENT),
        ((), Finding.MISSING),
        (("something else",), Finding.MISSING),
        (("v=DMARC1; p=none",), Finding.WATCHES),
        (("v=DMARC1;p=quarantine; rua=mailto:x@y.example",), Finding.GOOD),
        (("v=DMARC1; p=REJECT",), Finding.GOOD),
        (("v=DMARC1; rua=mailto:x@y.example",), Finding.WRONG),
        (("v=DMARC1; p=reject", "v=DMARC1; p=none"), Finding.SEVERAL),
    ],
)
def test_what_happens_to_forged_mails(texts, finding):
    assert judge_dmarc(NORTH, texts).finding == finding


def test_a_policy_that_watches_is_made_stricter_and_keeps_the_rest():
    record = judge_dmarc(NORTH, ("v=DMARC1; p=none; sp=none; rua=mailto:x@y.example",)).record

    assert record == ("_dmarc.north.example", "TXT", "v=DMARC1; p=quarantine; sp=none; rua=mailto:x@y.example")


def test_the_keys():
    good, short, revoked = (key(),), (key(512),), ("v=DKIM1; p=",)
    for texts, finding in (
        ({"a": (), "b": good}, Finding.GOOD),
        ({"a": short}, Finding.SHORT),
        ({"a": short, "b": good}, Finding.GOOD),
        ({"a": revoked}, Finding.REVOKED),
        ({"a": ("v=DKIM1; p=!!!",)}, Finding.WRONG),
        ({"a": ("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",)}, Finding.GOOD),
        ({"a": ()}, Finding.MISSING),
        ({"a": None}, Finding.SILENT),
    ):
        assert judge_dkim(texts, names_known=True).finding == finding
    assert judge_dkim({"a": ()}, names_known=False).finding == Finding.UNKNOWN_NAME


def test_where_mail_goes():
    assert judge_mx(("mx.north.example",)).finding == Finding.GOOD
    assert judge_mx(()).finding == Finding.MISSING
    assert judge_mx(("",)).finding == Finding.NO_MAIL
    assert judge_mx(None).finding == Finding.SILENT


BEGINNINGS = st.sampled_from(["", "v=spf1 ", "v=DMARC1;", "v=DKIM1;", "p="])
SAID = st.builds(str.__add__, BEGINNINGS, st.text("alp=;:?+~- é", max_size=20))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SAID, max_size=3))
def test_whatever_a_domain_says_it_gets_an_answer_in_words(texts):
    records = Records(txt=tuple(texts), mx=tuple(texts), dmarc=tuple(texts), dkim={"a": tuple(texts)})

    found = judge(NORTH, records, leaves_by="smtp.north.example")
    assert [advice.subject for advice in found] == list(Subject)
    for advice in found:
        assert advice.finding == Finding.SILENT or (advice.subject, advice.finding) in WORDS
        assert in_words(advice)["words"]


# -- asked of a name server -------------------------------------------------------------------------------------

ZONE: dict[tuple[str, str], list[str]] = {
    ("north.example.", "TXT"): ['"v=spf1 mx " "-all"', '"something else"'],
    ("north.example.", "MX"): ["10 mx.north.example."],
    ("_dmarc.north.example.", "TXT"): ['"v=DMARC1; p=none"'],
    ("ours._domainkey.north.example.", "TXT"): ['"v=DKIM1; p="'],
    ("none.example.", "MX"): ["0 ."],
}


class _Answers(BaseRequestHandler):
    def handle(self) -> None:
        packet, wire = self.request
        query = dns.message.from_wire(packet)
        question = query.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        if name.startswith("silent"):
            return
        answer = dns.message.make_response(query)
        if (name, kind) in ZONE:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ZONE[name, kind]))
        elif name.startswith("broken"):
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif not any(known == name for known, _kind in ZONE):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        wire.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def name_server(settings) -> Iterator[None]:
    with ThreadingUDPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.DNS_SERVER = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


def test_the_records_are_asked_for(name_server):
    found = look_up(NORTH, names=["ours", "theirs"])

    assert sorted(found.txt or ()) == ["something else", "v=spf1 mx -all"]
    assert found.mx == ("mx.north.example",)
    assert found.dmarc == ("v=DMARC1; p=none",)
    assert found.dkim == {"ours": ("v=DKIM1; p=",), "theirs": ()}
    assert look_up("none.example").mx == ("",)
    nothing = look_up("nothing.example")
    assert (nothing.txt, nothing.mx, nothing.dmarc, set(nothing.dkim.values())) == ((), (), (), {()})


def test_a_policy_above_holds_below(name_server):
    found = look_up("mail.north.example", names=["x"])

    assert (found.dmarc_at, found.dmarc) == (NORTH, ("v=DMARC1; p=none",))


@pytest.mark.parametrize("domain", ["silent.example", "broken.example"])
def test_a_name_server_that_says_nothing_keeps_nobody_waiting(name_server, monkeypatch, domain):
    monkeypatch.setattr(dns_looking, "PATIENCE", 0.3)
    found = look_up(domain, names=["silent"])

    assert found.txt is None
    assert found.mx is None
    assert {advice.finding for advice in judge(domain, found)} <= {Finding.SILENT, Finding.MISSING}


def test_the_page_comes_first_and_then_each_domains_part(name_server, in_scope, browse):
    client = browse(in_scope, in_scope.administrator)
    page = Page(client.get("/settings/mail/domains/"))
    assert page.main["data-total"] == "1"
    assert page.marked("hx-get")[0]["hx-get"] == "/settings/mail/domains/?domain=north.example"
    assert not page.marked("data-advice")

    part = Page(client.get("/settings/mail/domains/?domain=north.example"))
    assert [mark["data-advice"] for mark in part.marked("data-advice")] == [
        "spf-good",
        "dkim-unknown",
        "dmarc-to_do",
        "mx-good",
    ]
    assert "v=DMARC1; p=quarantine" in part.text
    assert client.get("/settings/mail/domains/?domain=south.example").status_code == 404
    assert len(Page(client.get("/settings/mail/domains/?look=1")).marked("data-advice")) == 4


def test_keys_are_looked_for_under_the_names_that_were_given(name_server, in_scope, browse):
    client = browse(in_scope, in_scope.administrator)
    client.post("/settings/mail/domains/", {"selectors": "Ours._domainkey; theirs"})
    part = Page(client.get("/settings/mail/domains/?domain=north.example"))

    assert "dkim-to_do" in [mark["data-advice"] for mark in part.marked("data-advice")]
    assert "has been taken back" in part.text
    refused = client.post("/settings/mail/domains/", {"selectors": "a b/c"})
    assert refused.status_code == 422
    assert "“b/c” cannot be" in Page(refused).text
    with pytest.raises(PermissionError):
        set_dkim_selectors(actor=in_scope.lead, selectors=[])
