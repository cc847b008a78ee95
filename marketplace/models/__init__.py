from marketplace.models.plans import MonthlyUsage, Plan, Subscription, SubscriptionChange
from marketplace.models.posts import B2BPost, B2BProfile, PostImage, PostKind, PostStatus
from marketplace.models.searches import SavedSearch

__all__ = [
    "B2BPost",
    "B2BProfile",
    "MonthlyUsage",
    "Plan",
    "PostImage",
    "PostKind",
    "PostStatus",
    "SavedSearch",
    "Subscription",
    "SubscriptionChange",
]
