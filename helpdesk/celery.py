"""The Celery application: `celery -A helpdesk worker` and `celery -A helpdesk beat`."""

import os

from celery import Celery

from helpdesk.schedule import JOBS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
for job in JOBS:
    # A bound method, whose arguments Celery would count wrongly when beat sends it.
    app.task(job.run, name=job.name, expires=job.every, typing=False, **job.limits)
app.conf.beat_schedule = {
    # A wake-up that nobody heard in time is worthless: the next one follows.
    job.name: {"task": job.name, "schedule": job.every, "options": {"expires": job.every}}
    for job in JOBS
}
