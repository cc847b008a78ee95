from marketplace.admin import posts, profiles

__all__ = ["posts", "profiles"]
