"""Forms and their fields. Whatever happens to them, answers on tickets stay as they were given."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actions.organising import NameTaken
from accounts.folding import fold_text
from accounts.models import User
from accounts.rules import require_administrator
from tickets.enums import FieldKind
from tickets.field_rules import MOST_CHOICES_OF_FORM, MOST_FIELDS, Fault, faults_of, key_fault, settled, values_of
from tickets.models import FieldAnswer, FormField, HelpTopic, TicketForm
from tickets.ready_forms import READY_FORMS


class FormInUse(ValueError):
    """Help topics use the form."""


class FieldRefused(ValueError):
    """The field would not fit; `faults` says what."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(f"{fault.setting}: {fault.code} {fault.detail}".strip() for fault in faults))
        self.faults = faults


class FieldNeeded(ValueError):
    """Other fields are asked only after this one; `fields` are they."""

    def __init__(self, *fields: FormField) -> None:
        super().__init__(", ".join(field.key for field in fields))
        self.fields = fields


def add_form(*, actor: User | None, name: str, ready: str = "") -> TicketForm:
    """Add a form: without fields, or with those of a ready one (a key of READY_FORMS).

    Raises NameTaken, KeyError for an unknown ready form, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    fields = READY_FORMS[ready].fields if ready else ()
    with transaction.atomic():
        form = _save_form(TicketForm(name=name))
        for values in fields:
            add_field(actor=actor, form=form, values=values)
    return form


def rename_form(*, actor: User | None, form: TicketForm, name: str) -> TicketForm:
    """Give a form another name; only staff see it.

    Raises NameTaken, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock(form)
        if locked.name != name:
            locked.name = name
            _save_form(locked)
    return locked


def copy_form(*, actor: User | None, form: TicketForm, name: str) -> TicketForm:
    """Add a form with the fields another one asks now, under the same short names; its topics stay with the old one.

    Raises NameTaken, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        asked = [field for field in _fields(_lock(form)) if field.is_active]
        copy = _save_form(TicketForm(name=name))
        made: dict[int, FormField] = {}
        for position, field in enumerate(asked):
            columns = values_of(field) | {"depends_on": made.get(field.depends_on_id or 0)}
            made[field.pk] = FormField.objects.create(
                form=copy, key=field.key, kind=field.kind, position=position, **columns
            )
    return copy


def remove_form(*, actor: User | None, form: TicketForm) -> None:
    """Delete a form that no help topic uses, not even a retired one. Answers on tickets stay.

    Raises FormInUse, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        locked: TicketForm = TicketForm.objects.select_for_update().get(pk=form.pk)
        if HelpTopic.objects.filter(form=locked).exists():
            raise FormInUse
        locked.delete()


def add_field(*, actor: User | None, form: TicketForm, values: Mapping[str, Any]) -> FormField:
    """Add a question at the end of a form.

    `values`: `kind`, and what that kind has of a FormField's columns; what it has not is passed over. `key` is made
    from the label where it is left out. `depends_on` is a field of the form, or its key.

    Raises FieldRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        fields = _fields(_lock(form))
        active = [field for field in fields if field.is_active]
        if len(active) >= MOST_FIELDS:
            raise FieldRefused(Fault("kind", "fields_many", str(MOST_FIELDS)))
        kind = _kind(values.get("kind", FieldKind.TEXT))
        key = values.get("key") or _key_for(values, {field.key for field in fields})
        position = max((field.position for field in fields), default=-1) + 1
        field = FormField(form=form, key=key, kind=kind, position=position)
        _set(field, settled(kind, _with_condition(values, fields)))
        besides = key_fault(key) or _taken(key, fields) or _too_many_choices(field, active)
        _require_fit(field, active, [], besides)
        field.save()
    return field


def update_field(*, actor: User | None, field: FormField, values: Mapping[str, Any]) -> FormField:
    """Change a question, also one that is removed; what `values` leave out stays. Answers keep the question as it was
    asked. Its key stays: rules and linked addresses go by it. Its kind changes only while nobody has answered.

    Raises FieldRefused, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        fields = _fields(_lock(field.form))
        locked = _of(fields, field)
        kind = _kind(values.get("kind", locked.kind))
        if kind != locked.kind and FieldAnswer.objects.filter(field=locked).exists():
            raise FieldRefused(Fault("kind", "answered"))
        columns = settled(kind, values_of(locked) | dict(_with_condition(values, fields)))
        if kind == locked.kind and columns == values_of(locked):
            return locked
        more = locked.is_active and len(columns["choices"]) > len(locked.choices)
        locked.kind = kind
        _set(locked, columns)
        besides = _too_many_choices(locked, fields) if more else None
        _require_fit(locked, _active_before(fields, locked), _dependents(fields, locked), besides)
        locked.save()
    return locked


def move_field(*, actor: User | None, field: FormField, up: bool) -> FormField:
    """Change a question's place with the one before it, or after it. The first and the last stay where they are.

    Raises FieldNeeded when one of the two is asked only after the other, PermissionError unless the actor is an
    administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        fields = _fields(_lock(field.form))
        locked = _of(fields, field)
        active = [other for other in fields if other.is_active]
        if locked not in active:
            return locked
        place = active.index(locked)
        if place == (0 if up else len(active) - 1):
            return locked
        neighbour = active[place - 1 if up else place + 1]
        first, second = (neighbour, locked) if up else (locked, neighbour)
        if second.depends_on_id == first.pk:
            raise FieldNeeded(second)
        fields.remove(locked)
        fields.insert(fields.index(neighbour) + (0 if up else 1), locked)
        _number(fields)
    return locked


def remove_field(*, actor: User | None, field: FormField) -> FormField:
    """Ask a question no more. Its answers stay, and it can be restored.

    Raises FieldNeeded while others depend on it, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        fields = _fields(_lock(field.form))
        locked = _of(fields, field)
        dependents = _dependents(fields, locked)
        if dependents:
            raise FieldNeeded(*dependents)
        if locked.is_active:
            locked.is_active = False
            locked.save(update_fields=["is_active"])
    return locked


def restore_field(*, actor: User | None, field: FormField) -> FormField:
    """Ask a removed question again, where it stood. If its condition cannot hold any more, it is asked without one:
    whoever calls compares `depends_on`.

    Raises FieldRefused when the form is full or would offer too many choices, PermissionError unless the actor is an
    administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        fields = _fields(_lock(field.form))
        locked = _of(fields, field)
        if locked.is_active:
            return locked
        if sum(other.is_active for other in fields) >= MOST_FIELDS:
            raise FieldRefused(Fault("kind", "fields_many", str(MOST_FIELDS)))
        _stand_after_what_it_needs(locked, fields)
        locked.is_active = True
        if any(fault.setting.startswith("depends") for fault in faults_of(locked, _active_before(fields, locked), [])):
            locked.depends_on, locked.depends_values = None, []
        _require_fit(locked, _active_before(fields, locked), [], _too_many_choices(locked, fields))
        locked.save(update_fields=["is_active", "depends_on", "depends_values"])
        _number(fields)
    return locked


def _lock(form: TicketForm) -> TicketForm:
    """The form, locked: its fields depend on each other and are changed by one person at a time."""
    locked: TicketForm = TicketForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    return locked


def _fields(form: TicketForm) -> list[FormField]:
    """All fields in their order, removed ones as well, each knowing the one it depends on."""
    fields = list(FormField.objects.filter(form=form))
    by_id = {field.pk: field for field in fields}
    for field in fields:
        if field.depends_on_id in by_id:
            field.depends_on = by_id[field.depends_on_id]
    return fields


def _of(fields: list[FormField], field: FormField) -> FormField:
    for found in fields:
        if found.pk == field.pk:
            return found
    raise FormField.DoesNotExist


def _active_before(fields: list[FormField], field: FormField) -> list[FormField]:
    return [other for other in fields[: fields.index(field)] if other.is_active]


def _dependents(fields: list[FormField], field: FormField) -> list[FormField]:
    return [other for other in fields if other.is_active and other.depends_on_id == field.pk]


def _kind(value: str) -> FieldKind:
    try:
        return FieldKind(value)
    except ValueError:
        raise FieldRefused(Fault("kind", "unknown", str(value))) from None


def _with_condition(values: Mapping[str, Any], fields: list[FormField]) -> Mapping[str, Any]:
    """`values` with the field they depend on as one of this form's own."""
    on = values.get("depends_on")
    if not on:
        return values
    for field in fields:
        if field.key == on or field == on:
            return {**values, "depends_on": field}
    raise FieldRefused(Fault("depends_on", "depends_wrong", str(on)))


def _require_fit(
    field: FormField, earlier: list[FormField], dependents: list[FormField], besides: Fault | None = None
) -> None:
    faults = [*([besides] if besides else []), *faults_of(field, earlier, dependents)]
    if faults:
        raise FieldRefused(*faults)


def _set(field: FormField, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(field, name, value)


def _taken(key: str, fields: list[FormField]) -> Fault | None:
    for field in fields:
        if field.key == key:
            return Fault("key", "key_taken" if field.is_active else "key_removed", key)
    return None


def _too_many_choices(field: FormField, fields: list[FormField]) -> Fault | None:
    others = sum(len(other.choices) for other in fields if other.is_active and other.pk != field.pk)
    if field.choices and others + len(field.choices) > MOST_CHOICES_OF_FORM:
        return Fault("choices", "choices_many_of_form", str(others))
    return None


def _key_for(values: Mapping[str, Any], taken: set[str]) -> str:
    """A short name made from the label, as yet unused in the form."""
    words = fold_text(values.get("label_en") or values.get("label_sv") or "")
    stem = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:36].rstrip("_")
    stem = stem if stem[:1].isalpha() else f"field_{stem}"[:36].rstrip("_")
    tries = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 4)))
    return next(key for key in tries if key not in taken and not key_fault(key))


def _stand_after_what_it_needs(field: FormField, fields: list[FormField]) -> None:
    on = field.depends_on
    if on in fields and fields.index(on) > fields.index(field):
        fields.remove(field)
        fields.insert(fields.index(on) + 1, field)


def _number(fields: list[FormField]) -> None:
    moved = []
    for position, field in enumerate(fields):
        if field.position != position:
            field.position = position
            moved.append(field)
    FormField.objects.bulk_update(moved, ["position"])


def _save_form(form: TicketForm) -> TicketForm:
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        if TicketForm.objects.filter(name=form.name).exclude(pk=form.pk).exists():
            raise NameTaken from None
        raise
    return form
