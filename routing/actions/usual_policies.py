from routing.enums import Ageing
from routing.models import AgeingPolicy

HOUR, DAY = 60, 8 * 60  # minutes of working time
USUAL = {
    Ageing.UNASSIGNED: 4 * HOUR,
    Ageing.WAITING_ON_US: 3 * DAY,
    Ageing.NO_ACTIVITY: 10 * DAY,
    Ageing.SNOOZED: 4 * HOUR,
    Ageing.WAITING_FOR_CUSTOMER: 5 * DAY,
}
REOPENED = 3  # times


def add_usual_policies(*, actor: None) -> None:
    """Let a new portal watch over its tickets before anybody has chosen how (T3): what nobody has, what waits for us,
    where nothing happens, what comes back or was forgotten; and remind customers who do not answer. Nothing is closed.

    `actor` is the machine. Nothing happens where there are policies already.
    """
    if AgeingPolicy.objects.exists():
        return
    rows = [AgeingPolicy(condition=condition, minutes=minutes) for condition, minutes in USUAL.items()]
    AgeingPolicy.objects.bulk_create([*rows, AgeingPolicy(condition=Ageing.REOPENED, times=REOPENED)])
