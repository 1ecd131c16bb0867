from django.db import migrations
from django_scopes import scopes_disabled

from accounts.folding import fold_text
from accounts.webmail import WEBMAIL_DOMAINS


def fill(apps, schema_editor):
    """Portals that exist get the default list of webmail domains, and organisations the key they are searched by."""
    with scopes_disabled():
        private_domain = apps.get_model("accounts", "PrivateDomain")
        for tenant in apps.get_model("accounts", "Tenant").objects.all():
            private_domain.objects.bulk_create(
                [private_domain(tenant=tenant, domain=domain) for domain in WEBMAIL_DOMAINS], ignore_conflicts=True
            )
        for organisation in apps.get_model("accounts", "Organisation").objects.iterator():
            organisation.search_key = fold_text(organisation.name)[:400]
            organisation.save(update_fields=["search_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_who_may_ask")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
