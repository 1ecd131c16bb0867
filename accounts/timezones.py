"""The time zones a person may choose from: one for every way clocks are set, by the city people know it by."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# IANA names, shortened: outside Europe one zone for every way clocks are set, so that the list can be read.
_CITIES = {
    "Europe": """
        Amsterdam Andorra Athens Belgrade Berlin Bratislava Brussels Bucharest Budapest Chisinau Copenhagen
        Dublin Gibraltar Helsinki Istanbul Kaliningrad Kyiv Lisbon Ljubljana London Luxembourg Madrid Malta
        Mariehamn Minsk Monaco Moscow Oslo Paris Podgorica Prague Riga Rome Samara San_Marino Sarajevo Skopje
        Sofia Stockholm Tallinn Tirane Vaduz Vatican Vienna Vilnius Warsaw Zagreb Zurich
    """,
    "Atlantic": "Azores Bermuda Canary Cape_Verde Faroe Madeira Reykjavik South_Georgia Stanley",
    "Africa": "Abidjan Algiers Cairo Casablanca Johannesburg Lagos Monrovia Nairobi Tripoli Tunis Windhoek",
    "America": """
        Anchorage Argentina/Buenos_Aires Bogota Caracas Chicago Denver Halifax Havana Los_Angeles Manaus
        Mexico_City Miquelon New_York Noronha Nuuk Panama Phoenix Puerto_Rico Regina Santiago Sao_Paulo St_Johns
        Thule Tijuana Toronto Vancouver Winnipeg
    """,
    "Asia": """
        Almaty Baghdad Baku Bangkok Beirut Colombo Dhaka Dubai Hong_Kong Jakarta Jerusalem Kabul Karachi
        Kathmandu Kolkata Krasnoyarsk Manila Novosibirsk Omsk Riyadh Seoul Shanghai Singapore Taipei Tashkent
        Tbilisi Tehran Tokyo Ulaanbaatar Vladivostok Yakutsk Yangon Yekaterinburg Yerevan
    """,
    "Australia": "Adelaide Brisbane Darwin Eucla Hobart Lord_Howe Perth Sydney",
    "Indian": "Chagos Maldives Mauritius",
    "Pacific": """
        Apia Auckland Chatham Fiji Gambier Guam Honolulu Kiritimati Marquesas Norfolk Noumea Pago_Pago Tongatapu
    """,
    "Antarctica": "Troll",
}
_NAMES = {
    "Europe": _("Europe"),
    "Atlantic": _("The Atlantic"),
    "Africa": _("Africa"),
    "America": _("America"),
    "Asia": _("Asia"),
    "Australia": _("Australia"),
    "Indian": _("The Indian Ocean"),
    "Pacific": _("The Pacific"),
    "Antarctica": _("Antarctica"),
}


@cache
def offered_zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The zones by region, as far as this machine knows them."""
    known = available_timezones()
    regions = ((region, tuple(f"{region}/{city}" for city in cities.split())) for region, cities in _CITIES.items())
    return tuple((region, tuple(zone for zone in zones if zone in known)) for region, zones in regions)


def is_time_zone(name: str) -> bool:
    """Whether this machine can tell the time there. Asked before a zone is stored: one that it cannot tell would break
    every page of its reader."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def country_of(zone: str) -> str:
    """The country a zone belongs to, by its ISO 3166-1 code (Unicode CLDR); "" where it is none's."""
    territory = str(get_global("zone_territories").get(zone, ""))
    return territory if territory.isalpha() else ""


@cache
def _city(zone: str, language: str) -> str:
    return str(get_timezone_location(zone, locale=language, return_city=True)).rpartition("/")[2].replace("_", " ")


def city_of(zone: str) -> str:
    """How a zone is called in the reader's language: Europe/Copenhagen is Köpenhamn in Swedish (Unicode CLDR)."""
    return _city(zone, get_language() or "en")


def zone_choices(kept: str = "") -> list[tuple[object, list[tuple[str, str]]]]:
    """The zones for a form's field, grouped by region. `kept`, a person's own that is not among them, comes first."""
    groups: list[tuple[object, list[tuple[str, str]]]] = [
        (_NAMES[region], sorted(((zone, city_of(zone)) for zone in zones), key=lambda choice: choice[1]))
        for region, zones in offered_zones()
    ]
    offered = {zone for _region, zones in offered_zones() for zone in zones}
    if kept and kept not in offered and is_time_zone(kept):
        groups.insert(0, (_("Yours"), [(kept, city_of(kept))]))
    return groups
