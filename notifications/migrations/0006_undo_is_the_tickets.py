from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_mail_comes_in"), ("accounts", "0007_undo_seconds")]

    operations = [migrations.RemoveField(model_name="mailsettings", name="undo_seconds")]
