"""The public holidays of countries and their regions, from the `holidays` package."""

from datetime import date
from functools import lru_cache

import holidays
from holidays.constants import DE_FACTO, PUBLIC


@lru_cache(maxsize=512)
def public_holidays(
    country: str, region: str, year: int, *, with_eves: bool = False, language: str = ""
) -> dict[date, str]:
    """The holidays of a year with their names, in `language` where the package has it ("sv", "en"), else in the
    country's. `with_eves`: also the days on which most offices are closed, such as Midsummer Eve in Sweden, where the
    package knows them. None for no country, or one that the package does not know. Do not change what is returned."""
    if not is_known(country, region):
        return {}
    kind = getattr(holidays, country)
    categories = {PUBLIC, DE_FACTO} & set(kind.supported_categories) if with_eves else {PUBLIC}
    spoken = next((one for one in kind.supported_languages if one == language or one[:2] == language), None)
    found = kind(subdiv=region or None, years=year, categories=categories, language=spoken)
    return dict(sorted(found.items()))


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """The countries known, by their ISO 3166-1 codes, each with its regions' codes (ISO 3166-2)."""
    return {code: tuple(regions) for code, regions in holidays.list_supported_countries(include_aliases=False).items()}


def is_known(country: str, region: str = "") -> bool:
    """Whether the country has holidays here, and the region (if one is named) is one of its."""
    regions = countries().get(country)
    return regions is not None and (not region or region in regions)


def region_names(country: str) -> dict[str, str]:
    """A country's regions: their codes, and what they are called there, where the package knows it."""
    codes = countries().get(country, ())
    names = {code: name for name, code in getattr(holidays, country).subdivisions_aliases.items()} if codes else {}
    return {code: names.get(code, code) for code in codes}
