from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from helpdesk.loading.articles import load_more
from knowledge.models import Article


class Command(BaseCommand):
    help = "Fill a portal with articles for benchmarks and trials of the search, mixed from the search set's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="how many articles")
        parser.add_argument("--portal", default="larm", help="the portal's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["portal"]).first()
        if tenant is None:
            raise CommandError(f"There is no portal called {options['portal']}; manage.py create_demo makes some")
        with tenant_scope(tenant):
            load_more(options["number"])
            self.stdout.write(f"{Article.objects.count()} articles")
