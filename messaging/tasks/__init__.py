"""Jobs of the messaging app, a file for each of its sides."""

from messaging.tasks import notifications, talks

__all__ = ["notifications", "talks"]
