"""Two administrators at once: whatever the order, no question depends on one that is not asked."""

import pytest

from accounts.scoping import tenant_scope
from tests.conftest import Portal
from tests.tickets.test_parallel import at_once
from tickets.actions.forms import FieldNeeded, FieldRefused, add_field, add_form, move_field, remove_field
from tickets.models import FormField

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_removed_while_another_begins_to_depend_on_it(portal: Portal):
    with tenant_scope(portal.tenant):
        form = add_form(actor=None, name="Faults")
        gate = add_field(actor=None, form=form, values={"kind": "checkbox", "label_en": "Gate"})
    inner = {"kind": "text", "label_en": "Inner", "depends_on": "gate", "depends_values": ["yes"]}

    def work(number: int) -> str:
        try:
            if number == 0:
                remove_field(actor=None, field=gate)
            else:
                add_field(actor=None, form=form, values=inner)
        except FieldNeeded:
            return "needed"
        except FieldRefused:
            return "refused"
        return "done"

    results = at_once(portal, work, times=2)

    assert sorted(results) in (["done", "needed"], ["done", "refused"])
    with tenant_scope(portal.tenant):
        for field in FormField.objects.filter(is_active=True, depends_on__isnull=False):
            assert field.depends_on.is_active


def test_questions_added_and_moved_at_once_keep_a_place_and_a_short_name_each(portal: Portal):
    with tenant_scope(portal.tenant):
        form = add_form(actor=None, name="Faults")
        first = add_field(actor=None, form=form, values={"kind": "text", "label_en": "Where"})

    def work(number: int) -> None:
        if number % 2:
            move_field(actor=None, field=first, up=False)
        else:
            add_field(actor=None, form=form, values={"kind": "text", "label_en": "Where"})

    at_once(portal, work)

    with tenant_scope(portal.tenant):
        fields = list(FormField.objects.filter(form=form))
    assert len({field.key for field in fields}) == len(fields) == 5
    assert len({field.position for field in fields}) == 5
