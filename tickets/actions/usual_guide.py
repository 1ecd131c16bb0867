"""A usual guide "Where to turn" to begin with, made of what the portal has: three kinds of trouble (M1)."""

from django.db import transaction

from accounts.models import LocalAdministrator, Tenant, User
from accounts.rules import require_administrator
from accounts.scoping import current_tenant
from knowledge.actions.guide import AnswerWords, Pair, save_question
from knowledge.enums import GuideEnd
from knowledge.models import GuideQuestion
from tickets.actions.guide import save_guide_answer
from tickets.models import HelpTopic
from tickets.queries import open_topics

WHAT_IT_IS: Pair = ("Vad behöver du hjälp med?", "What do you need help with?")
HOW_URGENT: Pair = ("Hur bråttom är det?", "How urgent is it?")
TELL_OF_A_FAULT: Pair = (
    "Skriv vad du gjorde, vad som hände och vad du hade väntat dig. En bild av hela fönstret hjälper oss.",
    "Say what you did, what happened, and what you had expected. A picture of the whole window helps us.",
)
BROKEN = AnswerWords(
    label=("Något fungerar inte", "Something does not work"),
    end=GuideEnd.FORM,
    words=TELL_OF_A_FAULT,
    examples=[("Jag får ett felmeddelande.", "I get an error message.")],
)
STANDING_STILL = AnswerWords(
    label=("Vi kommer inte vidare i arbetet", "We cannot go on working"),
    end=GuideEnd.PHONE,
    words=("Ring oss, och ha sidan med felet öppen.", "Call us, and have the page with the fault open."),
)
CAN_WAIT = AnswerWords(
    label=("Det kan vänta en stund", "It can wait a while"), end=GuideEnd.FORM, words=TELL_OF_A_FAULT
)
UNSURE_HOW = AnswerWords(
    label=("Jag undrar hur man gör", "I wonder how to do something"),
    end=GuideEnd.FORM,
    words=(
        "Skriv vad du vill få gjort, så förklarar vi hur.",
        "Say what you want to get done, and we explain how.",
    ),
    examples=[("Var hittar jag det jag söker?", "Where do I find what I am looking for?")],
)
ACCOUNT: Pair = ("Jag behöver ett konto eller en behörighet", "I need an account or a permission")
NEW_COLLEAGUE = [("En ny kollega ska komma in.", "A new colleague needs to get in.")]
ASK_YOUR_OWN = AnswerWords(label=ACCOUNT, end=GuideEnd.OWN_ADMINISTRATORS, examples=NEW_COLLEAGUE)
ASK_US = AnswerWords(
    label=ACCOUNT,
    end=GuideEnd.FORM,
    words=("Skriv vem det gäller och vad hen ska kunna göra.", "Say who it is for, and what they need to do."),
    examples=NEW_COLLEAGUE,
)


def usual_topics() -> list[HelpTopic]:
    """The forms a usual guide could end in: those that everybody is offered, two at most. It needs exactly one; which
    of several is meant, the portal has to say."""
    return list(open_topics(None)[:2])


def add_usual_guide(*, actor: User | None) -> bool:
    """Begin the guide with three kinds of trouble, which end in a form; at the phone for what is urgent, if the portal
    has one; and at the reader's own administrators for accounts, if any organisation has named some.

    Returns False, and changes nothing, where there is a guide already, or not exactly one of `usual_topics`. For
    administrators (None: an operator's command).
    """
    require_administrator(actor)
    with transaction.atomic():
        # Two who begin at once would make two guides.
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().pk)
        topics = usual_topics()
        if len(topics) != 1 or GuideQuestion.objects.exists():
            return False
        (topic,) = topics
        first = save_question(actor=actor, question=None, text=WHAT_IT_IS)
        if tenant.phone:
            urgency = save_question(actor=actor, question=None, text=HOW_URGENT)
            on = AnswerWords(label=BROKEN.label, leads_to=urgency)
            _add(actor, first, on)
            _add(actor, urgency, STANDING_STILL)
            _add(actor, urgency, CAN_WAIT, topic)
        else:
            _add(actor, first, BROKEN, topic)
        _add(actor, first, UNSURE_HOW, topic)
        _add(actor, first, ASK_YOUR_OWN if LocalAdministrator.objects.exists() else ASK_US, topic)
    return True


def _add(actor: User | None, question: GuideQuestion, words: AnswerWords, topic: HelpTopic | None = None) -> None:
    save_guide_answer(actor=actor, question=question, answer=None, words=words, topic=topic)
