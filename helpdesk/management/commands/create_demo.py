from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Tenant
from helpdesk.demo.building import build
from helpdesk.demo.mailing import bring_mails
from helpdesk.demo.scripts import PORTALS


class Command(BaseCommand):
    help = "Create the demo portals that are not there yet, with a few weeks of history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also outside the embedded default")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED and not options["force"]:
            raise CommandError("Demo accounts have a published password. Use --force if you want them here.")
        for script in PORTALS:
            if Tenant.objects.filter(slug=script.slug).exists():
                continue
            with transaction.atomic():
                tenant = build(script, f"{script.slug}.{settings.BASE_HOST}")
            bring_mails(script, tenant)
            self.stdout.write(f"Created the demo portal {script.slug}")
