"""Rows for tests, made inside whichever tenant's scope is active."""

from typing import Any

import factory
from django.utils import timezone

from accounts.enums import EntryRequestKind, Role
from accounts.models import Organisation, Tenant, TenantHost, User
from routing.models import Department, DepartmentMember
from tickets.enums import Channel
from tickets.models import FormField, HelpTopic, Ticket, TicketForm

PASSWORD = "Correct-horse-7"


class Factory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


class TenantFactory(Factory):
    class Meta:
        model = Tenant

    slug = factory.Sequence(lambda n: f"tenant{n}")
    name = factory.LazyAttribute(lambda tenant: f"{tenant.slug.title()} support")
    mail_address = factory.LazyAttribute(lambda tenant: f"support@{tenant.slug}.example")
    language = "sv"
    undo_seconds = 0  # replies are out at once

    @factory.post_generation
    def host(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        TenantHost.objects.create(tenant=self, name=extracted or f"{self.slug}.localhost", is_primary=True)


class OrganisationFactory(Factory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")


class UserFactory(Factory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@kund.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    language = "en"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        user = model_class(*args, **kwargs)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save()
        return user


class AgentFactory(UserFactory):
    email = factory.Sequence(lambda n: f"agent{n}@support.example")
    name = factory.Sequence(lambda n: f"Agent {n}")
    role = Role.AGENT


class DepartmentFactory(Factory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Department {n}")


class MemberFactory(Factory):
    class Meta:
        model = DepartmentMember


class TopicFactory(Factory):
    class Meta:
        model = HelpTopic

    slug = factory.Sequence(lambda n: f"topic-{n}")
    name_sv = factory.Sequence(lambda n: f"Ämne {n}")
    name_en = factory.Sequence(lambda n: f"Topic {n}")


def make_ticket(**values: Any) -> Ticket:
    """A ticket through its door, with sensible words where none are given."""
    from tickets.actions.opening import open_ticket

    requester = values.pop("requester", None) or UserFactory()
    topic = values.pop("topic", None) or HelpTopic.objects.first() or TopicFactory()
    values.setdefault("actor", requester)
    values.setdefault("subject", f"Something beeps {timezone.now().timestamp()}")
    values.setdefault("body", "It has beeped since this morning.")
    values.setdefault("channel", Channel.PORTAL)
    return open_ticket(requester=requester, topic=topic, **values).ticket


def ask(topic: HelpTopic, key: str, **values: Any) -> FormField:
    """Let a topic's form ask one question more."""
    if topic.form is None:
        topic.form = TicketForm.objects.create(name=f"Form of {topic.slug}")
        topic.save(update_fields=["form"])
    labels = {} if {"label_sv", "label_en"} & set(values) else {"label_en": f"Question {key}"}
    position = FormField.objects.filter(form=topic.form).count()
    field: FormField = FormField.objects.create(form=topic.form, key=key, **{"position": position, **labels, **values})
    return field


def ask_for_password(address: str) -> None:
    """A stranger asks for a new password for this address, and the worker has settled it."""
    from accounts.actions.asking_in import request_entry
    from accounts.actions.settling import settle

    settle(request_entry(kind=EntryRequestKind.PASSWORD, address=address))
