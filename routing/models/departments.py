from django.conf import settings
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.languages import in_readers_language
from accounts.models import Organisation, TenantModel


class Department(TenantModel):
    """A group of agents; departments form a tree (business area, national, local).

    A closed one (`is_active` False) has a `successor`: its open tickets go there, and whoever sees the successor sees
    what it had. `mail_name` and `mail_address` are what its mails are sent as; empty means as the portal's.
    """

    name = models.CharField(_("Name"), max_length=80)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_shared = models.BooleanField(default=False)  # agents of other departments see its tickets too
    is_public = models.BooleanField(default=True)  # customers read its name
    mail_name = models.CharField(max_length=80, blank=True)
    mail_address = models.EmailField(blank=True)
    signature_sv = models.TextField(max_length=2000, blank=True)
    signature_en = models.TextField(max_length=2000, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")
    closed_at = models.DateTimeField(null=True, blank=True)
    # Empty: as the department above, at last the portal's.
    calendar = models.ForeignKey(
        "routing.Calendar", on_delete=models.PROTECT, null=True, blank=True, related_name="departments"
    )
    depth: int  # in the tree as a page shows it; set by `routing.queries`

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="department_name_once_per_tenant"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="one_default_department_per_tenant"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """The department's name as a stable word for programs that read pages."""
        return slugify(self.name) or str(self.pk)

    @property
    def signature(self) -> str:
        return in_readers_language(self.signature_sv, self.signature_en)


class DepartmentMember(TenantModel):
    """An agent in a department; one of them leads it."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "user"], name="member_once_per_department"),
            models.UniqueConstraint(
                fields=["department"], condition=models.Q(is_lead=True), name="one_lead_per_department"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.department}"


class OrganisationDepartment(TenantModel):
    """The department responsible for an organisation; all tickets from its people go there (T12)."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="responsible")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="organisations")

    def __str__(self) -> str:
        return f"{self.organisation} → {self.department}"
