"""The words around a one-time code."""

from django.conf import settings

# ASCII: one character outside the GSM alphabet cuts an SMS from 160 characters to 70 and doubles
# its price. The Uzbek gateways approve texts beforehand: register these three with them.
TEXTS = {
    "uz": "Daftar: tasdiqlash kodi {code}. Uni hech kimga aytmang.",
    "ru": "Daftar: kod podtverzhdeniya {code}. Nikomu ego ne soobshchayte.",
    "en": "Daftar: your code is {code}. Do not share it with anyone.",
}


def code_text(code: str, *, language: str) -> str:
    """At most 160 ASCII characters, without a link; Uzbek when the language is not ours.

    With `SMS_APP_HASH` the last line names our Android app, which then reads the code by itself
    (developers.google.com/identity/sms-retriever/verify). Phones that offer the code above the
    keyboard find it without that.
    """
    text = TEXTS.get(language, TEXTS["uz"]).format(code=code)
    return f"{text}\n{settings.SMS_APP_HASH}" if settings.SMS_APP_HASH else text
