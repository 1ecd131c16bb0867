"""What the demo portals are made of. Data only; `building.py` walks them through the doors."""

from helpdesk.demo.scripts.larm import LARM
from helpdesk.demo.scripts.passer import PASSER
from helpdesk.demo.scripts.plan import PLAN
from helpdesk.demo.scripts.skola import SKOLA
from helpdesk.demo.scripts.vard import VARD

PORTALS = (LARM, VARD, PLAN, PASSER, SKOLA)
