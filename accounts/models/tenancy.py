"""The base of all tenant data: scoped reads (django-scopes) and the write guard it lacks."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django_scopes import ScopedManager, ScopeError

from accounts.models.tenants import Tenant
from accounts.scoping import active_tenant, current_tenant

TENANTS_KEPT = 200  # in each process, for each kind of row


class TenantQuerySet(models.QuerySet):
    """Guards the writes that pass `save()` by."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for row in rows:
            row.guard_write()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        for row in rows:
            row.guard_write()
        return super().bulk_update(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        if "tenant" in kwargs or "tenant_id" in kwargs:
            raise ScopeError("A row never moves to another tenant")
        self.model.guard_keys(kwargs)  # type: ignore[attr-defined]
        return super().update(**kwargs)


def scoped_manager(queryset: type[TenantQuerySet] = TenantQuerySet) -> Any:
    """The manager of tenant data: every query is limited to the scope's tenant and raises without one."""
    scoped = type(ScopedManager(tenant="tenant", _manager_class=models.Manager.from_queryset(queryset)))

    class Manager(scoped):  # type: ignore[misc, valid-type]
        """Puts the limit to a query together once for a tenant: that took a tenth of what a mail takes to be read."""

        def get_queryset(self) -> Any:
            tenant = active_tenant()
            if tenant is None or self._hints or self._db or hasattr(self, "_override_scope"):
                return super().get_queryset()
            kept = self.__dict__.setdefault("_limited", {})
            limited = kept.get(tenant.pk)
            if limited is None:
                if len(kept) >= TENANTS_KEPT:
                    kept.clear()  # other threads hold what they took from it
                limited = kept[tenant.pk] = super().get_queryset()
            return limited.all()

    return Manager()


class TenantModel(models.Model):
    """A row that belongs to one tenant. Reading needs that tenant's scope, and so does writing."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", editable=False)
    objects: ClassVar[Any] = scoped_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        row = super().from_db(db, field_names, values, **kwargs)
        row._loaded_keys = {key.attname: row.__dict__.get(key.attname) for key in cls._tenant_keys()}  # type: ignore[attr-defined]
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.guard_write()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.guard_write()
        return super().delete(*args, **kwargs)

    def guard_write(self) -> None:
        """Raise ScopeError unless this row, and every row it points at, belongs to the scope's tenant.

        Forward keys are asked about only when they are new or changed; usually their row is at hand and costs nothing.
        """
        tenant = current_tenant()
        if not self.tenant_id:
            self.tenant = tenant
        if self.tenant_id != tenant.pk:
            raise ScopeError(f"{self._meta.label} of another tenant than the scope's")
        known = getattr(self, "_loaded_keys", {})
        for key in self._tenant_keys():
            target = self.__dict__.get(key.attname)
            if target is not None and target != known.get(key.attname) and not self._points_inside(key, tenant):
                raise ScopeError(f"{self._meta.label}.{key.name} points at another tenant")

    @classmethod
    def guard_keys(cls, values: dict[str, Any]) -> None:
        """Raise ScopeError if one of `values`, to be written by a query, points at another tenant's row."""
        tenant = current_tenant()
        for key in cls._tenant_keys():
            value = values.get(key.name, values.get(key.attname))
            if value is None or hasattr(value, "resolve_expression"):
                continue
            probe = cls(**{key.name if isinstance(value, models.Model) else key.attname: value})
            if not probe._points_inside(key, tenant):
                raise ScopeError(f"{cls._meta.label}.{key.name} points at another tenant")

    @classmethod
    @cache  # asked for every row that is loaded
    def _tenant_keys(cls) -> list[Any]:
        return [
            field
            for field in cls._meta.concrete_fields
            if field.is_relation
            and isinstance(field.related_model, type)
            and issubclass(field.related_model, TenantModel)
        ]

    def _points_inside(self, key: Any, tenant: Tenant) -> bool:
        if key.is_cached(self):
            return bool(key.get_cached_value(self).tenant_id == tenant.pk)
        manager: Any = key.related_model._default_manager
        return bool(manager.filter(**{key.target_field.attname: self.__dict__[key.attname]}).exists())
