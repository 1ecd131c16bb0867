from django.db import migrations
from django.db.models import Max


def note(apps, schema_editor):
    tenants = apps.get_model("accounts", "Tenant")
    occasions = apps.get_model("knowledge", "Occasion")
    for row in occasions.objects.order_by().values("tenant").annotate(last=Max("starts_at")):
        tenants.objects.filter(pk=row["tenant"]).update(last_occasion_at=row["last"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_when_the_last_occasion_begins"),
        ("knowledge", "0008_titles_can_be_searched"),
    ]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
