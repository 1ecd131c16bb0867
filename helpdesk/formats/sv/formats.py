"""21 nov 2026 14.30: months are written small in Swedish."""

TIME_FORMAT = "H.i"
DATE_FORMAT = "j b Y"
DATETIME_FORMAT = "j b Y H.i"
MONTH_DAY_FORMAT = "j b"
