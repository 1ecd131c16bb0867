from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from knowledge.actions.indexing import reindex


class Command(BaseCommand):
    help = "Make the help centre's search index anew, for all portals or one. Searching goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--portal", help="one portal's short name; else all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["portal"]:
            tenants = tenants.filter(slug=options["portal"])
            if not tenants:
                raise CommandError(f"There is no portal called {options['portal']}")
        for tenant in tenants:
            with tenant_scope(tenant):
                self.stdout.write(f"{tenant.slug}: {reindex()} texts")
