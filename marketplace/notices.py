"""What the marketplace says in notifications."""

from core.notices import Text

TEXTS: dict[str, Text] = {}
