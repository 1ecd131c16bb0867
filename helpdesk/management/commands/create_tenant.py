from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from accounts.actions.founding import add_staff, found_tenant
from accounts.enums import Role
from accounts.pictures import picture_type
from accounts.scoping import tenant_scope
from knowledge.actions.usual_help import add_usual_help
from notifications.actions.addressing import AddressRefused, AddressWords, add_address
from routing.actions.arranging import add_department, add_member
from routing.actions.calendars import add_office_hours
from routing.actions.usual_policies import add_usual_policies
from tickets.actions.arranging import add_topic


class Command(BaseCommand):
    help = "Found a new portal with one department, one general topic, office hours, tips and one administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="short name, such as larm")
        parser.add_argument("--name", required=True, help="the portal's name as customers see it")
        parser.add_argument(
            "--host", required=True, action="append", help="host name; repeat for more, first is primary"
        )
        parser.add_argument("--admin", required=True, help="mail address of the first administrator")
        parser.add_argument(
            "--mail", default="", help="address mails come from and go to; support@<host> when left out"
        )
        parser.add_argument("--language", choices=["sv", "en"], default="sv")
        parser.add_argument("--time-zone", default="Europe/Stockholm", help="where it works, such as Europe/Lisbon")
        parser.add_argument("--colour", default="", help="the portal's colour, such as #00618e")
        parser.add_argument("--logo", type=Path, help="a PNG, JPEG, GIF or WebP picture")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                self._found(options)
        except IntegrityError as taken:
            raise CommandError("A portal with this short name or host exists already") from taken
        except AddressRefused as refusal:
            raise CommandError(
                "The portal's mail address is another portal's or somebody's own; choose one with --mail"
            ) from refusal
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong

    def _found(self, options: dict[str, Any]) -> None:
        tenant = found_tenant(
            slug=options["slug"],
            name=options["name"],
            hosts=options["host"],
            mail_address=options["mail"] or f"support@{options['host'][0]}",
            language=options["language"],
            time_zone=options["time_zone"],
            colour=options["colour"],
            logo=_logo(options["logo"]),
        )
        administrator = add_staff(tenant=tenant, email=options["admin"], name="", role=Role.ADMINISTRATOR)
        with tenant_scope(tenant):
            add_office_hours(actor=None)
            add_usual_policies(actor=None)
            add_usual_help(actor=None)
            department = add_department(actor=None, name="Support", is_default=True)
            add_member(actor=None, department=department, user=administrator, is_lead=True)
            topic = add_topic(
                actor=None,
                slug="support",
                names=("Fråga eller fel", "Question or fault"),
                descriptions=("Allt du behöver hjälp med.", "Anything you need help with."),
                department=department,
            )
            add_address(actor=None, words=AddressWords(email=tenant.mail_address, topic=topic))
        self.stdout.write(
            f"{tenant.name}: {tenant.url('/')}\n{options['admin']} chooses a password at {tenant.url('/password/')}"
        )


def _logo(path: Path | None) -> bytes:
    if path is None:
        return b""
    content = path.read_bytes()
    if picture_type(content[:16]) is None:
        raise CommandError(f"{path} is no PNG, JPEG, GIF or WebP picture")
    return content
