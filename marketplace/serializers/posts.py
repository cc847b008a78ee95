"""Profiles, posts and pictures as clients see them."""

from typing import Any

from django.core.files.storage import default_storage
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import (
    AmountField,
    CurrencyField,
    MoneyField,
    Serializer,
    TextField,
    TimestampField,
)
from marketplace.models import B2BPost, B2BProfile, PostKind, PostStatus
from marketplace.regions import REGIONS

REGION_CODES = list(REGIONS)


class RegionSerializer(Serializer):
    code = serializers.ChoiceField(choices=REGION_CODES)
    name = serializers.CharField()


class RegionField(serializers.ChoiceField):
    """A code of `GET regions/`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=REGION_CODES, **kwargs)


class ProfileSerializer(Serializer):
    """A `B2BProfile`. The two flags are an operator's."""

    id = serializers.IntegerField()
    company_name = serializers.CharField(allow_blank=True)
    about = serializers.CharField(allow_blank=True)
    region = RegionField(allow_null=True)
    is_enabled = serializers.BooleanField()
    is_verified = serializers.BooleanField()


class ProfilePatch(Serializer):
    """What an account says of itself."""

    company_name = TextField(required=False, allow_blank=True, max_length=150)
    about = TextField(required=False, allow_blank=True, max_length=2000)
    region = RegionField(required=False, allow_null=True)


class AuthorSerializer(Serializer):
    """Who posted: the account's id, and what its profile says."""

    id = serializers.IntegerField()
    company_name = serializers.CharField(allow_blank=True)
    is_verified = serializers.BooleanField()


class ImageSerializer(Serializer):
    """A picture. The two smaller ones are null until they are made, some seconds later."""

    id = serializers.IntegerField()
    url = serializers.SerializerMethodField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    medium_url = serializers.SerializerMethodField()
    small_url = serializers.SerializerMethodField()

    def get_url(self, image: Any) -> str:
        return default_storage.url(image.file.name)

    def get_medium_url(self, image: Any) -> str | None:
        return default_storage.url(image.medium.name) if image.medium else None

    def get_small_url(self, image: Any) -> str | None:
        return default_storage.url(image.small.name) if image.small else None


class PostSerializer(Serializer):
    """A `B2BPost`, as the API answers it; PostgreSQL writes the same bytes."""

    id = serializers.IntegerField()
    author = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=PostKind.values)
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    part_number = serializers.CharField(allow_null=True)
    brand = serializers.CharField(allow_null=True)
    price = MoneyField(allow_null=True)
    currency = CurrencyField(read_only=True)
    region = RegionField(allow_null=True)
    status = serializers.ChoiceField(choices=PostStatus.values)
    images = ImageSerializer(many=True)
    created_at = TimestampField()
    updated_at = TimestampField()
    expires_at = TimestampField()

    @extend_schema_field(AuthorSerializer)
    def get_author(self, post: B2BPost) -> dict[str, Any]:
        profile = B2BProfile.objects.filter(user_id=post.author_id).first()
        return {
            "id": post.author_id,
            "company_name": profile.company_name if profile else "",
            "is_verified": bool(profile and profile.is_verified),
        }

    def to_representation(self, instance: B2BPost) -> dict[str, Any]:
        shown = super().to_representation(instance)
        shown["images"] = ImageSerializer(instance.images.order_by("place"), many=True).data
        return shown


class PostInput(Serializer):
    """What a new post needs."""

    kind = serializers.ChoiceField(choices=PostKind.values, default=PostKind.OFFER)
    title = TextField(max_length=200)
    body = TextField(required=False, allow_blank=True, max_length=4000, default="")
    part_number = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)
    brand = TextField(required=False, allow_null=True, allow_blank=True, max_length=100)
    price = AmountField(required=False, allow_null=True)
    currency = CurrencyField()
    region = RegionField(required=False, allow_null=True)


class PostPatch(PostInput):
    """What an owner may change. Of the states only `closed` is theirs to set; the one that the
    post is in changes nothing."""

    status = serializers.ChoiceField(choices=PostStatus.values, required=False)


class ImageInput(Serializer):
    """`multipart/form-data`: JPEG, PNG or WebP of at most 5 MiB."""

    image = serializers.FileField(allow_empty_file=True)
