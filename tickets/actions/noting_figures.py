from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils import timezone

from accounts.scoping import current_tenant
from routing.models import Department
from tickets.dashboard.asking import TILES
from tickets.dashboard.figures import OPEN
from tickets.models import DailyFigures, Ticket

KEPT = timedelta(days=60)
AT = 8  # o'clock at the portal, when a working day begins


def note_figures() -> int:
    """Write down once a day, from eight o'clock at the portal on, what the dashboard's tiles show of each department,
    and forget what is older than KEPT. Run by the worker in each tenant's scope; two at once write it once. Returns of
    how many departments it was written."""
    now = timezone.now()
    local = now.astimezone(ZoneInfo(current_tenant().time_zone))
    if local.hour < AT or DailyFigures.objects.filter(day=local.date()).exists():
        return 0
    DailyFigures.objects.filter(day__lt=local.date() - KEPT).delete()
    conditions = {tile.key: Count("pk", filter=tile.condition(now)) for tile in TILES}
    found = Ticket.objects.filter(waiting_on__in=OPEN).values("department_id").annotate(**conditions).order_by()
    counts = {row.pop("department_id"): row for row in map(dict, found)}
    nothing = dict.fromkeys(conditions, 0)
    rows = [
        DailyFigures(department_id=pk, day=local.date(), taken_at=now, counts=counts.get(pk, nothing))
        for pk in Department.objects.order_by().values_list("pk", flat=True)
    ]
    return len(DailyFigures.objects.bulk_create(rows, ignore_conflicts=True))
