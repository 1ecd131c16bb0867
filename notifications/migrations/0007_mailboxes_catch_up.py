from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_undo_is_the_tickets")]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="catch_up_to",
            field=models.PositiveBigIntegerField(default=0),
        )
    ]
