"""The 14 regions of Uzbekistan, by their codes in ISO 3166-2:UZ."""

from typing import NamedTuple

from django.utils.translation import get_language


class RegionName(NamedTuple):
    uz: str
    ru: str
    en: str


REGIONS = {
    "UZ-AN": RegionName("Andijon viloyati", "Андижанская область", "Andijan Region"),
    "UZ-BU": RegionName("Buxoro viloyati", "Бухарская область", "Bukhara Region"),
    "UZ-FA": RegionName("Fargʻona viloyati", "Ферганская область", "Fergana Region"),
    "UZ-JI": RegionName("Jizzax viloyati", "Джизакская область", "Jizzakh Region"),
    "UZ-NG": RegionName("Namangan viloyati", "Наманганская область", "Namangan Region"),
    "UZ-NW": RegionName("Navoiy viloyati", "Навоийская область", "Navoiy Region"),
    "UZ-QA": RegionName("Qashqadaryo viloyati", "Кашкадарьинская область", "Qashqadaryo Region"),
    "UZ-QR": RegionName(
        "Qoraqalpogʻiston Respublikasi", "Республика Каракалпакстан", "Republic of Karakalpakstan"
    ),
    "UZ-SA": RegionName("Samarqand viloyati", "Самаркандская область", "Samarkand Region"),
    "UZ-SI": RegionName("Sirdaryo viloyati", "Сырдарьинская область", "Sirdaryo Region"),
    "UZ-SU": RegionName("Surxondaryo viloyati", "Сурхандарьинская область", "Surxondaryo Region"),
    "UZ-TK": RegionName("Toshkent shahri", "город Ташкент", "Tashkent City"),
    "UZ-TO": RegionName("Toshkent viloyati", "Ташкентская область", "Tashkent Region"),
    "UZ-XO": RegionName("Xorazm viloyati", "Хорезмская область", "Xorazm Region"),
}


def region_name(code: str) -> str:
    """The region's name in the reader's language."""
    language = get_language() or "uz"
    return str(getattr(REGIONS[code], language, REGIONS[code].uz))
