from marketplace.admin import billing, posts, profiles

__all__ = ["billing", "posts", "profiles"]
