"""Start-up check: a model either is tenant data or stands on this short list."""

from typing import Any

from django.apps import apps
from django.core import checks

from accounts.models import TenantModel

SHARED_BY_DESIGN = {
    "accounts.Tenant",
    "accounts.TenantHost",
    "auth.Group",
    "auth.Group_permissions",
    "auth.Permission",
    "contenttypes.ContentType",
    "accounts.Session",  # bound to a tenant by its user, who is looked up in scope
}


@checks.register(checks.Tags.models)
def every_model_is_tenant_data(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Error accounts.E001 for a model that belongs to no tenant and is not shared by design."""
    return [
        checks.Error(
            f"{model._meta.label} is neither tenant data nor shared by design",
            hint="Derive it from accounts.models.TenantModel, or name it in accounts/checks.py with a reason.",
            obj=model,
            id="accounts.E001",
        )
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, TenantModel) and model._meta.label not in SHARED_BY_DESIGN
    ]
