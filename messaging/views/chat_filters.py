"""The filters of chat lists, read from the query string and said in the document."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.folding import fold_name
from core.query_params import bad_parameter, read_int, read_text
from core.serializers import MAX_ID

MIN_WORDS, MAX_WORDS = 2, 150

NUMBERS = [
    OpenApiParameter(
        name, {"type": "integer", "minimum": 0, "maximum": MAX_ID}, description=description
    )
    for name, description in (
        ("before", "Messages with a smaller number, newest first."),
        ("after", "Messages with a greater number, oldest first. Not together with `before`."),
    )
]
WORDS = OpenApiParameter(
    "q",
    {"type": "string", "minLength": MIN_WORDS, "maxLength": MAX_WORDS},
    required=True,
    description="A part of the text, in any script; at least two letters or digits.",
)


def read_numbers(request: Request) -> tuple[int | None, int | None]:
    """`before` and `after`: one of them at most."""
    before = read_int(request, "before", least=0, most=MAX_ID)
    after = read_int(request, "after", least=0, most=MAX_ID)
    if before is not None and after is not None:
        raise bad_parameter("after", _("Ask for the messages before a number, or after one."))
    return before, after


def read_words(request: Request) -> str:
    words = fold_name(read_text(request, "q", most=MAX_WORDS) or "")
    if len(words) < MIN_WORDS:
        raise bad_parameter("q", _("At least two letters are wanted."))
    return words
