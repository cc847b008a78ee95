"""What the OpenAPI document calls sets of choices that several shapes share.

The generator would tell those of one field name apart by numbers. Each value is where the
choices stand.
"""

ENUM_NAMES = {
    "CurrencyEnum": "core.money.CURRENCIES",
    "RoleEnum": "ledger.models.Role",
    "MemberRoleEnum": "ledger.serializers.books.MEMBER_ROLES",
    "DebtStatusEnum": "ledger.serializers.debts.STATUSES",
    "NotificationKindEnum": "core.notices.KINDS",
    "BillingStatusEnum": "marketplace.serializers.billing.STATUSES",
    "RegionEnum": "marketplace.serializers.posts.REGION_CODES",
    "PostKindEnum": "marketplace.models.PostKind.values",
    "PostStatusEnum": "marketplace.models.PostStatus.values",
}
