import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_mail_comes_in")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="undo_seconds",
            field=models.PositiveIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(120)]),
        ),
    ]
