"""Two portals with one row of everything in each, and a second customer and a second agent on the first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zlib import compress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actions.changing_addresses import request_address
from accounts.actions.limiting import spend_allowance
from accounts.enums import AccountEventKind
from accounts.models import (
    AccountEvent,
    Agreement,
    Application,
    EntryRequest,
    Import,
    Invitation,
    LocalAdministrator,
    Organisation,
    OrganisationDomain,
    PrivateDomain,
    ProviderContact,
    RecoveryCode,
    SecondFactor,
    Session,
    SignInCode,
    Site,
    User,
)
from accounts.scoping import tenant_scope
from accounts.tokens.addresses import address_link
from accounts.tokens.passwords import password_link
from knowledge.actions.indexing import index_article, index_service_message
from knowledge.models import (
    Activity,
    ActivityOrganisation,
    AffectedService,
    Article,
    ArticleAddress,
    ArticleFile,
    ArticleOrganisation,
    ArticleVersion,
    ArticleVote,
    Booking,
    GuideAnswer,
    GuideExample,
    GuideQuestion,
    HelpSettings,
    Occasion,
    RelatedArticle,
    SearchedWords,
    Section,
    Service,
    ServiceMessage,
    ServiceMessageOrganisation,
    ServiceSubscription,
    ServiceUpdate,
    Solved,
    TipsRead,
)
from knowledge.subscription_links import confirmation_link
from notifications.actions.fanning_out import fan_out
from notifications.models import (
    BouncingAddress,
    Delivery,
    DigestChoice,
    DigestItem,
    IncomingMail,
    KeptMail,
    MailAddress,
    Mailbox,
    MailSettings,
    MailWording,
    MissedMail,
    MorningChoice,
    MutedMail,
    RawMail,
    SenderRule,
)
from routing.actions.arranging import add_department, add_member, set_responsible_department
from routing.models import (
    Absence,
    AgeingPolicy,
    AgreementLevel,
    AlertSettings,
    Calendar,
    CalendarDay,
    CalendarSpan,
    DepartmentMember,
    RoutingRule,
    RoutingSettings,
    RoutingTable,
    RoutingTableRow,
    ServiceLevel,
    ServiceTarget,
)
from tests.conftest import Portal
from tests.factories import AgentFactory, UserFactory, ask, ask_for_password
from tickets.actions.attaching import keep_uploads
from tickets.actions.opening import open_ticket
from tickets.actions.reading import mark_read
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel
from tickets.links import ticket_link
from tickets.models import (
    Attachment,
    Collaborator,
    DailyFigures,
    Escalation,
    Follower,
    FormField,
    GuideTopic,
    ManualTopic,
    Message,
    OrganisationException,
    PriorityDefinition,
    PrioritySettings,
    Recalculation,
    RoutingTrial,
    SharedAnswer,
    Tag,
    Ticket,
    TicketEvent,
    TicketServiceMessage,
    TicketTag,
    TopicAgreement,
    TopicOrganisation,
    TopicService,
)

SECRET = "xylophone-in-the-cellar"


@dataclass
class House:
    portal: Portal
    ticket: Ticket
    attachment: Attachment
    note_attachment: Attachment
    delivery: Delivery
    link: str
    password_link: str
    address_link: str
    service_token: str
    service: Service
    colleague: User
    collaborator: User  # of another organisation, added to the ticket
    outsider: User  # an agent of the portal, in another department
    factor: SecondFactor  # somebody's
    session: Session  # the lead's
    application: Application
    invitation: Invitation
    private_domain: PrivateDomain
    agreement: Agreement
    domain: OrganisationDomain  # of the organisation with this agreement, as are the next two
    local_administrator: LocalAdministrator
    provider_contact: ProviderContact
    membership: DepartmentMember  # the outsider's
    import_: Import
    site: Site  # of the organisation with the agreement
    question: FormField  # of the topic's form
    rule: RoutingRule
    table: RoutingTable
    trial: RoutingTrial
    recalculation: Recalculation
    level: ServiceLevel
    exception: OrganisationException  # the customer's organisation's
    address: MailAddress
    mailbox: Mailbox
    held: IncomingMail  # from somebody who is not on the ticket
    answered: IncomingMail  # became part of the ticket
    sender_rule: SenderRule
    wording: MailWording
    calendar: Calendar
    policy: AgeingPolicy
    article: Article  # for staff only
    article_file: ArticleFile
    article_vote: ArticleVote
    answer: Message  # staff's, on the ticket
    service_message: ServiceMessage  # for staff only
    occasion: Occasion  # of an activity for staff only
    booking: Booking  # the lead's
    guide_answer: GuideAnswer


def furnish(portal: Portal) -> House:
    """A ticket with an answer, a note, files, links, marks, mails; and unsent files beside it."""
    with tenant_scope(portal.tenant):
        question = ask(portal.topic, "site", label_en="Site")
        key = uuid4()
        keep_uploads(form_key=key, files=[SimpleUploadedFile("plan.txt", b"attic")])
        ticket = open_ticket(
            actor=portal.customer,
            requester=portal.customer,
            topic=portal.topic,
            subject=f"{SECRET} beeps",
            body=f"{SECRET} has beeped since this morning.",
            channel=Channel.PORTAL,
            answers={question: f"{SECRET} hall"},
            filing_key=key,
        ).ticket
        note_key = uuid4()
        keep_uploads(form_key=note_key, files=[SimpleUploadedFile("secret.txt", b"for staff")])
        note = add_note(actor=portal.agent, ticket=ticket, body=f"{SECRET} note", form_key=note_key)
        reply_to_ticket(actor=portal.agent, ticket=ticket, body="We look.", channel=Channel.PORTAL, as_staff=True)
        mark_read(actor=portal.lead, ticket=ticket, message=note)
        keep_uploads(form_key=uuid4(), files=[SimpleUploadedFile("unsent.txt", b"not yet")])
        set_responsible_department(actor=None, organisation=portal.organisation, department=portal.department)
        ask_for_password(portal.customer.email)
        spend_allowance(kind="test", key="somebody", limit=3)
        for event in TicketEvent.objects.pending():
            fan_out(event)
        delivery = Delivery.objects.filter(recipient=portal.customer).order_by("pk").first()
        KeptMail.objects.create(delivery=delivery, file_name="kept.eml", raw=b"Subject: kept")
        elsewhere = add_department(actor=None, name="Elsewhere", parent=portal.other_department)
        outsider = AgentFactory(email=f"outsider@{portal.tenant.slug}.example", name="Otto Away")
        add_member(actor=None, department=elsewhere, user=outsider)
        _furnish_entry(portal, ticket)
        _furnish_routing(portal, ticket)
        _furnish_watching(portal, ticket)
        _furnish_help(portal, ticket)
        _furnish_mail(portal, ticket, delivery)
        return House(
            portal=portal,
            ticket=ticket,
            attachment=Attachment.objects.get(name="plan.txt"),
            note_attachment=Attachment.objects.get(name="secret.txt"),
            delivery=delivery,
            link=ticket_link(ticket, portal.customer),
            password_link=password_link(portal.customer),
            address_link=_asked_for_another_address(portal),
            service_token=_asked_for_service_messages(portal),
            collaborator=User.objects.get(email="added@furnished.example"),
            colleague=UserFactory(email="colleague@kund.example", organisation=portal.organisation),
            outsider=outsider,
            factor=SecondFactor.objects.get(),
            session=Session.objects.get(user=portal.lead),
            application=Application.objects.get(),
            invitation=Invitation.objects.get(),
            private_domain=PrivateDomain.objects.get(domain="webmail.example"),
            agreement=Agreement.objects.get(),
            domain=OrganisationDomain.objects.select_related("organisation").get(),
            local_administrator=LocalAdministrator.objects.get(),
            provider_contact=ProviderContact.objects.get(),
            membership=DepartmentMember.objects.select_related("department").get(user=outsider),
            import_=Import.objects.get(),
            site=Site.objects.get(organisation__name="Furnished"),
            question=FormField.objects.select_related("form").get(pk=question.pk),
            rule=RoutingRule.objects.get(),
            table=RoutingTable.objects.get(),
            trial=RoutingTrial.objects.get(),
            recalculation=Recalculation.objects.get(),
            level=ServiceLevel.objects.get(),
            exception=OrganisationException.objects.get(),
            address=MailAddress.objects.get(),
            mailbox=Mailbox.objects.get(),
            held=IncomingMail.objects.get(state="held"),
            answered=IncomingMail.objects.get(state="reply"),
            sender_rule=SenderRule.objects.get(),
            wording=MailWording.objects.get(),
            calendar=Calendar.objects.get(),
            policy=AgeingPolicy.objects.get(department=portal.department),
            article=Article.objects.get(slug="secret"),
            article_file=ArticleFile.objects.get(),
            article_vote=ArticleVote.objects.get(),
            answer=Message.objects.get(ticket=ticket, body="We look."),
            service_message=ServiceMessage.objects.get(),
            service=Service.objects.get(),
            occasion=Occasion.objects.get(),
            booking=Booking.objects.get(),
            guide_answer=GuideAnswer.objects.select_related("question").get(),
        )


def _asked_for_service_messages(portal: Portal) -> str:
    asked = AccountEvent.objects.create(user=portal.customer, kind=AccountEventKind.SUBSCRIPTION_REQUESTED)
    return confirmation_link(asked).rstrip("/").rsplit("/", 1)[1]


def _asked_for_another_address(portal: Portal) -> str:
    request_address(actor=portal.customer, user=portal.customer, address="anna@new.example")
    return address_link(portal.customer.account_events.get(kind=AccountEventKind.ADDRESS_REQUESTED))


def _furnish_entry(portal: Portal, ticket: Ticket) -> None:
    """One row of everything about who may ask and how they get in."""
    now = timezone.now()
    agreement = Agreement.objects.create(name="Standard", contact_limit=2)
    organisation = Organisation.objects.create(name="Furnished", agreement=agreement)
    OrganisationDomain.objects.create(organisation=organisation, domain="furnished.example")
    LocalAdministrator.objects.create(organisation=organisation, name="Lotta Local", email="lotta@furnished.example")
    Site.objects.create(organisation=organisation, name="Furnished site")
    ProviderContact.objects.create(organisation=organisation, kind="account_manager", name="Mans", phone="1")
    PrivateDomain.objects.create(domain="webmail.example")
    waiting = UserFactory(email="waiting@furnished.example", is_active=False)
    Application.objects.create(user=waiting, created_at=now)
    Invitation.objects.create(user=waiting, organisation=organisation, created_at=now, expires_at=now)
    EntryRequest.objects.create(kind="ask", address="nobody@furnished.example")
    SignInCode.objects.create(address_key=portal.customer.email_key, nonce="n", created_at=now)
    SecondFactor.objects.create(user=waiting, kind="totp", name="App", secret="s", created_at=now)
    RecoveryCode.objects.create(user=waiting, digest="d")
    Session.objects.create(session_key=f"of-{portal.tenant.slug}", expire_date=now + timedelta(1), user=portal.lead)
    Collaborator.objects.create(ticket=ticket, user=UserFactory(email="added@furnished.example"), created_at=now)
    Import.objects.create(
        kind="people", name=f"{SECRET}.csv", state="checked", created_by=portal.administrator, created_at=now
    )
    MutedMail.objects.create(user=portal.lead, kind="transferred")


def _furnish_routing(portal: Portal, ticket: Ticket) -> None:
    """One row of everything about topics, forms and routing."""
    table = RoutingTable.objects.create(name="Towns")
    RoutingTableRow.objects.create(table=table, value="Lund", value_key="lund", department=portal.department)
    RoutingRule.objects.create(name="By town", table=table, table_fact="field:town", tags=["town"])
    RoutingSettings.objects.create(earlier_days=30)
    Site.objects.create(organisation=portal.organisation, name=f"{SECRET} site")
    TopicOrganisation.objects.create(topic=portal.topic, organisation=portal.organisation)
    TopicAgreement.objects.create(topic=portal.topic, agreement=Agreement.objects.get())
    OrganisationException.objects.create(organisation=portal.organisation, topic=portal.topic)
    PriorityDefinition.objects.create(priority="low", definition_en="Can wait")
    PrioritySettings.objects.create(use="shown")
    TicketTag.objects.create(ticket=ticket, tag=Tag.objects.create(name="attic"))
    Follower.objects.create(ticket=ticket, user=portal.lead)
    RoutingTrial.objects.create(draft={}, created_by=portal.administrator, created_at=timezone.now(), state="done")


def _furnish_watching(portal: Portal, ticket: Ticket) -> None:
    """One row of everything about working time, service levels and what goes stale."""
    now = timezone.now()
    calendar = Calendar.objects.create(name=f"{SECRET} hours", zone="Europe/Stockholm")
    CalendarSpan.objects.create(calendar=calendar, weekday=0, opens=480, closes=1020)
    CalendarDay.objects.create(calendar=calendar, day=now.date(), label=f"{SECRET} day")
    level = ServiceLevel.objects.create(name=f"{SECRET} level", calendar=calendar)
    ServiceTarget.objects.create(level=level, priority="medium", measure="first_answer", minutes=240)
    AgreementLevel.objects.create(agreement=Agreement.objects.get(), level=level)
    policy = AgeingPolicy.objects.create(department=portal.department, condition="unassigned", minutes=480)
    Absence.objects.create(user=portal.agent, stand_in=portal.lead, since=LONG_AGO, until=LONG_AGO)
    AlertSettings.objects.create()
    Recalculation.objects.create(kind="trial", created_by=portal.administrator, created_at=now, state="done")
    DailyFigures.objects.create(department=portal.department, day=LONG_AGO, taken_at=now, counts={"waiting": 1})
    Escalation.objects.create(ticket=ticket, policy=policy, rung="lead", since=LONG_AGO, reached_at=now)


def _furnish_mail(portal: Portal, ticket: Ticket, delivery: Delivery) -> None:
    """One row of everything about mail that comes in."""
    now = timezone.now()
    address = MailAddress.objects.create(
        email=f"fault@{portal.tenant.slug}.example", topic=portal.topic, department=portal.department
    )
    mailbox = Mailbox.objects.create(
        name=f"{SECRET} box", host="imap.example", username="fault", secret="s", address=address
    )
    MissedMail.objects.create(mailbox=mailbox, uid=3, next_attempt_at=now)
    shared = {"source": "imap", "digest": "0" * 64, "size": 20, "received_at": now, "mailbox": mailbox}
    held = IncomingMail.objects.create(
        **shared,
        source_key="imap:1",
        state="held",
        reason="not_on_ticket",
        sender="stranger@furnished.example",
        subject=f"{SECRET} mail",
        address=address,
        ticket=ticket,
    )
    answered = IncomingMail.objects.create(
        **shared,
        source_key="imap:2",
        state="reply",
        sender=portal.customer.email,
        subject=f"{SECRET} answer",
        user=portal.customer,
        ticket=ticket,
        message=ticket.messages.first(),
        delivery=delivery,
    )
    for mail in (held, answered):
        RawMail.objects.create(mail=mail, content=compress(b"Subject: raw\r\n\r\nraw"))
    SenderRule.objects.create(key="spammer@furnished.example", verdict="block")
    BouncingAddress.objects.create(key="gone@furnished.example", bounces=3, first_at=now, last_at=now)
    MailSettings.objects.create()
    MailWording.objects.create(kind="reply", language="en", subject="{{ subject }}", text="{{ text }}")
    DigestChoice.objects.create(user=portal.lead, kind="customer_reply")
    MorningChoice.objects.create(user=portal.lead, told_on=now.date())
    DigestItem.objects.create(
        user=portal.lead, ticket_event=ticket.events.first(), kind="customer_reply", pace="daily", created_at=now
    )


def _furnish_help(portal: Portal, ticket: Ticket) -> None:
    """One row of everything about the help centre. All of it is for staff only."""
    now = timezone.now()
    section = Section.objects.create(slug="inside", name_en=f"{SECRET} section")
    article, other = (
        Article.objects.create(slug=slug, section=section, audience="staff", owner=portal.agent)
        for slug in ("secret", "secret-too")
    )
    file = ArticleFile.objects.create(
        article=article, name=f"{SECRET}.txt", size=5, file=SimpleUploadedFile("plan.txt", b"attic")
    )
    for one in (article, other):
        words = f"{SECRET} words, [more](file:{file.pk})"
        one.published = ArticleVersion.objects.create(
            article=one, number=1, title_en=f"{SECRET} article", body_en=words, published_at=now
        )
        one.save()
    ArticleOrganisation.objects.create(article=article, organisation=portal.organisation)
    RelatedArticle.objects.create(article=article, other=other)
    ArticleAddress.objects.create(article=article, slug="secret-before")
    ArticleVote.objects.create(article=article, voter="v", is_helpful=False, comment=f"{SECRET} comment")
    first = GuideQuestion.objects.create(text_en="What is it about?", is_first=True)
    answer = GuideAnswer.objects.create(question=first, label_en="A fault", end="form")
    GuideExample.objects.create(answer=answer, text_en="It beeps")
    GuideTopic.objects.create(answer=answer, topic=portal.topic)
    ManualTopic.objects.create(topic=portal.topic)
    service = Service.objects.create(name_en=f"{SECRET} service")
    TopicService.objects.create(topic=portal.topic, service=service)
    message = ServiceMessage.objects.create(
        kind="disturbance",
        severity="down",
        audience="staff",
        title_en=f"{SECRET} is down",
        starts_at=now - timedelta(hours=1),
        published_at=now,
    )
    ServiceMessageOrganisation.objects.create(service_message=message, organisation=portal.organisation)
    AffectedService.objects.create(service_message=message, service=service)
    ServiceUpdate.objects.create(service_message=message, text_en=f"{SECRET} is looked at", told_at=now)
    ServiceSubscription.objects.create(user=portal.lead)
    SharedAnswer.objects.create(
        service_message=message, body=SECRET, closes=True, total=1, created_by=portal.agent, ended_at=now
    )
    TicketServiceMessage.objects.create(ticket=ticket, service_message=message)
    activity = Activity.objects.create(slug="secret", kind="training", audience="staff", title_en=f"{SECRET} training")
    ActivityOrganisation.objects.create(activity=activity, organisation=portal.organisation)
    occasion = Occasion.objects.create(activity=activity, starts_at=now + timedelta(days=3), minutes=60, seats=1)
    Booking.objects.create(occasion=occasion, user=portal.lead, state="booked")
    HelpSettings.objects.create(tips_en="Think first")
    TipsRead.objects.create(user=portal.customer, digest="d")
    SearchedWords.objects.create(day=now.date(), words=f"{SECRET} words", times=1, in_vain=1)
    Solved.objects.create(article=article, key=uuid4())
    index_article(article)
    index_service_message(message)


@pytest.fixture
def house(portal: Portal) -> House:
    return furnish(portal)


@pytest.fixture
def other_house(other_portal: Portal) -> House:
    return furnish(other_portal)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
