from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """Each topic with questions gets them as its form, and each answer keeps its question as it is asked now."""
    topic, form = apps.get_model("tickets", "HelpTopic"), apps.get_model("tickets", "TicketForm")
    field, answer = apps.get_model("tickets", "FormField"), apps.get_model("tickets", "FieldAnswer")
    for one in topic._base_manager.filter(fields__isnull=False).distinct():
        name = (one.name_sv or one.name_en)[:80]
        if form._base_manager.filter(tenant=one.tenant_id, name=name).exists():
            name = f"{name[:60]} ({one.slug[:17]})"
        made = form._base_manager.create(tenant_id=one.tenant_id, name=name)
        field._base_manager.filter(topic=one).update(form=made)
        topic._base_manager.filter(pk=one.pk).update(form=made)
    field._base_manager.filter(is_required=True).update(need="always")
    answer._base_manager.update(label_sv=F("label"), label_en=F("label"))
    for question in field._base_manager.all():
        theirs = answer._base_manager.filter(field=question)
        theirs.update(label_sv=question.label_sv, label_en=question.label_en, kind=question.kind)
        if question.kind == "checkbox":
            theirs.update(words_sv="Ja", words_en="Yes")
        for choice in question.choices:
            said = {"words_sv": choice.get("sv") or "", "words_en": choice.get("en") or ""}
            theirs.filter(value=choice["value"]).update(**said)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_forms")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
