import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A topic's questions become a form of their own, which several topics may use."""

    dependencies = [("tickets", "0003_links_of_an_address"), ("accounts", "0004_imports")]
    operations = [
        migrations.RenameModel("TopicField", "FormField"),
        migrations.CreateModel(
            "TicketForm",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
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
            options={"ordering": ["name"]},
        ),
        migrations.AddField(
            "formfield",
            "form",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="fields", to="tickets.ticketform"
            ),
        ),
        migrations.AddField(
            "helptopic",
            "form",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="topics",
                to="tickets.ticketform",
            ),
        ),
        migrations.AddField("formfield", "need", models.CharField(default="optional", max_length=8)),
        migrations.AddField("fieldanswer", "label_sv", models.CharField(blank=True, max_length=120, default="")),
        migrations.AddField("fieldanswer", "label_en", models.CharField(blank=True, max_length=120, default="")),
        migrations.AddField("fieldanswer", "kind", models.CharField(default="text", max_length=12)),
        migrations.AddField("fieldanswer", "words_sv", models.TextField(blank=True, default="")),
        migrations.AddField("fieldanswer", "words_en", models.TextField(blank=True, default="")),
    ]
