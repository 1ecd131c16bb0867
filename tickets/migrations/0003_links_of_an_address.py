from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Links made so far were sent to the address their person has."""
    link, user = apps.get_model("tickets", "TicketLink"), apps.get_model("accounts", "User")
    address = user._base_manager.filter(pk=OuterRef("user")).values("email_key")
    link._base_manager.update(address_key=Subquery(address))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_who_may_ask")]
    operations = [
        migrations.AddField(
            "ticketlink", "address_key", models.CharField(max_length=254, default=""), preserve_default=False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
