from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_articles_are_asked_about")]

    operations = [
        migrations.RenameField("tenant", "phone_hours", "phone_hours_sv"),
        migrations.RenameField("tenant", "entry_contact", "entry_contact_sv"),
        migrations.AddField("tenant", "phone_hours_en", models.CharField(blank=True, max_length=120)),
        migrations.AddField("tenant", "entry_contact_en", models.CharField(blank=True, max_length=200)),
    ]
