from django.db import migrations


class Migration(migrations.Migration):
    # After each text has become a service level.
    dependencies = [("accounts", "0008_alerts"), ("routing", "0007_levels_of_agreements")]

    operations = [migrations.RemoveField(model_name="agreement", name="service_level")]
