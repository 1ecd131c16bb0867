"""What the demo portals are made of. Data only; `building.py` walks them through the doors."""

from helpdesk.demo.scripts.larm import LARM
from helpdesk.demo.scripts.plan import PLAN
from helpdesk.demo.scripts.skola import SKOLA

PORTALS = (LARM, PLAN, SKOLA)
