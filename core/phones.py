"""Phone numbers: E.164 out; in, any usual Uzbek spelling."""

import re

import phonenumbers

SPELLING = re.compile(r"[+0-9 ().\-\u00a0]{5,32}")
# Mobile codes of Uzbekistan: only these can receive a one-time code.
UZBEK_MOBILE = re.compile(r"\+998(20|33|50|70|77|80|87|88|9[0-5]|9[7-9])[0-9]{7}")


def normalize_phone(raw: str) -> str:
    """`+998 90 123-45-67`, `998901234567`, `901234567` -> `+998901234567`.

    A number with another country's code is taken as it is. Raises ValueError.
    """
    spelled = raw.strip()
    if not SPELLING.fullmatch(spelled):
        raise ValueError("not a phone number")
    try:
        number = phonenumbers.parse(spelled, "UZ")
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a possible phone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_uzbek_mobile(number: str) -> bool:
    return UZBEK_MOBILE.fullmatch(number) is not None


def mask_phone(number: str) -> str:
    """`+99890*****67`: enough to recognise one's own, too little to call."""
    return f"{number[:6]}{'*' * max(len(number) - 8, 0)}{number[-2:]}"
