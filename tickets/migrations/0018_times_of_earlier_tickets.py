"""The worker works out, once, when each ticket that is there already was answered first and how often it came back."""

from django.db import migrations
from django.utils import timezone
from django_scopes import scopes_disabled


def begin(apps, schema_editor):
    with scopes_disabled():
        tickets, rows = apps.get_model("tickets", "Ticket"), apps.get_model("tickets", "Recalculation")
        tenants = apps.get_model("accounts", "Tenant").objects.filter(pk__in=tickets.objects.values("tenant"))
        rows.objects.bulk_create(rows(tenant=tenant, kind="upgrade", created_at=timezone.now()) for tenant in tenants)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_alerts"), ("tickets", "0017_figures_of_each_day")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
