import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def keep_what_was_missed(apps, schema_editor):
    mailbox_model = apps.get_model("notifications", "Mailbox")
    missed_model = apps.get_model("notifications", "MissedMail")
    for mailbox in mailbox_model._base_manager.exclude(missed={}).iterator():
        missed_model._base_manager.bulk_create(
            missed_model(
                tenant_id=mailbox.tenant_id,
                mailbox_id=mailbox.pk,
                uid=int(uid),
                attempts=attempts,
                next_attempt_at=timezone.now(),
            )
            for uid, attempts in mailbox.missed.items()
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("notifications", "0010_reports_that_name_no_mail_of_ours"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="careful_to",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="MissedMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.PositiveBigIntegerField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="missed_mails",
                        to="notifications.mailbox",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["mailbox", "next_attempt_at", "uid"], name="missed_due")],
                "constraints": [models.UniqueConstraint(fields=("mailbox", "uid"), name="missed_once_per_mailbox")],
            },
        ),
        migrations.RunPython(keep_what_was_missed, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="mailbox", name="missed"),
    ]
