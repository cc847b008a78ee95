"""Jobs of the marketplace app, a file for each of its sides."""

from marketplace.tasks import billing, images, posts, searches

__all__ = ["billing", "images", "posts", "searches"]
