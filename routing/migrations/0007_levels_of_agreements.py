"""What agreements called their service level becomes a level of that name. It promises nothing yet, as before."""

from django.db import migrations
from django_scopes import scopes_disabled


def fill(apps, schema_editor):
    agreements = apps.get_model("accounts", "Agreement")
    levels, chosen = apps.get_model("routing", "ServiceLevel"), apps.get_model("routing", "AgreementLevel")
    with scopes_disabled():
        for agreement in agreements.objects.exclude(service_level="").order_by("pk"):
            if not chosen.objects.filter(agreement=agreement).exists():
                level, _made = levels.objects.get_or_create(tenant=agreement.tenant, name=agreement.service_level)
                chosen.objects.create(tenant=agreement.tenant, agreement=agreement, level=level)


def back(apps, schema_editor):
    with scopes_disabled():
        for row in apps.get_model("routing", "AgreementLevel").objects.select_related("agreement", "level"):
            row.agreement.service_level = row.level.name
            row.agreement.save(update_fields=["service_level"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_undo_seconds"), ("routing", "0006_longer_regions")]

    operations = [migrations.RunPython(fill, back)]
