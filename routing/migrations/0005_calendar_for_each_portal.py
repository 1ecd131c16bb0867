"""Each portal that is there already gets a calendar of its own: what was counted so far, without public holidays."""

from django.db import migrations
from django_scopes import scopes_disabled

NAMES = {"sv": "Kontorstid", "en": "Office hours"}
OPENS, CLOSES = 8 * 60, 17 * 60


def fill(apps, schema_editor):
    with scopes_disabled():
        tenants = apps.get_model("accounts", "Tenant")
        calendars, spans = apps.get_model("routing", "Calendar"), apps.get_model("routing", "CalendarSpan")
        for tenant in tenants.objects.exclude(pk__in=calendars.objects.values("tenant")):
            made = calendars.objects.create(
                tenant=tenant, name=NAMES.get(tenant.language, NAMES["en"]), zone=tenant.time_zone, is_default=True
            )
            spans.objects.bulk_create(
                spans(tenant=tenant, calendar=made, weekday=day, opens=OPENS, closes=CLOSES) for day in range(5)
            )


class Migration(migrations.Migration):
    dependencies = [("routing", "0004_never_stale")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
