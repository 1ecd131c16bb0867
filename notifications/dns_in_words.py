"""Advice about a domain's mail, in words for whoever never heard of it."""

from django.utils.translation import gettext_lazy as _

from notifications.dns_advice import Advice, Finding, Subject

SUBJECTS = {
    Subject.SPF: _("Which servers may send for it (SPF)"),
    Subject.DKIM: _("With which key its mails are signed (DKIM)"),
    Subject.DMARC: _("What happens to forged mails (DMARC)"),
    Subject.MX: _("Where mail to it goes (MX)"),
}

WORDS = {
    (Subject.SPF, Finding.GOOD): _("The domain names the servers that may send for it. See that yours is among them."),
    (Subject.SPF, Finding.MISSING): _("The domain does not say who may send for it. Many receivers then trust nobody."),
    (Subject.SPF, Finding.SEVERAL): _("There is more than one such record, and so none of them counts. Keep one."),
    (Subject.SPF, Finding.ANYBODY): _("The record allows everybody to send for the domain, forgers included."),
    (Subject.SPF, Finding.NO_END): _("The record says nothing about all other servers, so it keeps nobody out."),
    (Subject.SPF, Finding.TOO_LONG): _("The record asks more than ten questions, and receivers give up. Shorten it."),
    (Subject.SPF, Finding.NOT_OURS): _("The record allows nobody to send, and so not you either."),
    (Subject.DKIM, Finding.GOOD): _("A key is there. Whoever runs your mail server sees to it that mails are signed."),
    (Subject.DKIM, Finding.MISSING): _(
        "There is no key under these names. Whoever runs your mail server can switch signing on and name the record."
    ),
    (Subject.DKIM, Finding.UNKNOWN_NAME): _(
        "No key was found under the usual names. It may have another one: ask whoever runs your mail server, and "
        "write it below."
    ),
    (Subject.DKIM, Finding.REVOKED): _("The key has been taken back, so signatures made with it count for nothing."),
    (Subject.DKIM, Finding.SHORT): _("The key is too short to count. A new one needs 2048 bits."),
    (Subject.DKIM, Finding.WRONG): _("There is a record, but no key can be read from it."),
    (Subject.DMARC, Finding.GOOD): _("Receivers are asked to put aside or refuse what proves nothing."),
    (Subject.DMARC, Finding.MISSING): _(
        "The domain does not say what to do with forged mails. Begin by watching; some receivers ask for that much."
    ),
    (Subject.DMARC, Finding.SEVERAL): _("There is more than one such record, and so none of them counts. Keep one."),
    (Subject.DMARC, Finding.WATCHES): _(
        "Forged mails are only reported. Once your own mails pass everywhere, ask for the others to be put aside."
    ),
    (Subject.DMARC, Finding.WRONG): _("The record says nothing that receivers understand."),
    (Subject.MX, Finding.GOOD): _("Mail to the domain, and so answers to you, goes to these servers."),
    (Subject.MX, Finding.MISSING): _("The domain names no mail server, so answers may not arrive."),
    (Subject.MX, Finding.NO_MAIL): _("The domain says that it takes no mail at all. Answers to you do not arrive."),
}
SILENT = _("The name servers did not answer in time. Nothing is wrong by that alone; look again later.")
STATES = {"good": _("good"), "unknown": _("not known"), "to_do": _("to do")}


def in_words(advice: Advice) -> dict[str, object]:
    """A piece of advice as a page shows it."""
    state = "good" if advice.is_good else "unknown" if advice.is_unknown else "to_do"
    return {
        "subject": advice.subject.value,
        "title": SUBJECTS[advice.subject],
        "words": WORDS.get((advice.subject, advice.finding), SILENT),
        "state": state,
        "state_words": STATES[state],
        "seen": advice.seen,
        "record": dict(zip(("name", "kind", "value"), advice.record, strict=True)) if advice.record else None,
    }
