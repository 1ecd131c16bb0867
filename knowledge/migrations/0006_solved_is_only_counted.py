from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0005_announced_days")]

    operations = [
        migrations.RemoveField(model_name="solved", name="searched_from"),
        migrations.RemoveField(model_name="solved", name="user"),
        migrations.AlterField(model_name="solved", name="key", field=models.UUIDField()),
    ]
