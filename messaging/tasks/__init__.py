"""Jobs of the messaging app, a file for each of its sides."""

from messaging.tasks import notifications, posts, talks

__all__ = ["notifications", "posts", "talks"]
