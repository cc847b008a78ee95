"""Shapes of sign-in and of one's own account."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.account import me_fields
from core.serializers import ModelSerializer, PhoneField, Serializer, TextField
from ledger.models import Session, User
from ledger.models.people import Language

NAME_LENGTH = 150


@extend_schema_field({"type": "string", "format": "password", "minLength": 1, "maxLength": 4096})
class PasswordField(TextField):
    """Text, taken as typed: not stripped. Whether it is good is the action's question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=4096, write_only=True, **kwargs)


class CodeField(TextField):
    """Six digits; any other text is just a wrong code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)


class TokensSerializer(Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()


class CodeRequestSerializer(Serializer):
    phone_number = PhoneField()


class CodeSentSerializer(Serializer):
    expires_in = serializers.IntegerField(help_text="Seconds that the code lives.")
    retry_after = serializers.IntegerField(help_text="Seconds until another may be asked for.")
    dev_code = serializers.CharField(required=False, help_text="Only with DEV_OTP=1.")


class CodeEntrySerializer(Serializer):
    phone_number = PhoneField()
    code = CodeField()
    password = PasswordField(required=False, allow_blank=True)
    start_new = serializers.BooleanField(required=False)


class CodeEnteredSerializer(Serializer):
    phone_number = PhoneField()
    is_new = serializers.BooleanField()
    tokens = TokensSerializer()
    ticket = serializers.CharField(help_text="Sets a password, once.")
    expires_in = serializers.IntegerField(help_text="Seconds that the ticket lives.")


class NewPasswordSerializer(Serializer):
    password = PasswordField()
    full_name = TextField(required=False, allow_blank=True, max_length=NAME_LENGTH)
    ticket = TextField(required=False, allow_blank=True, max_length=200)


class SignedInSerializer(Serializer):
    phone_number = PhoneField()
    tokens = TokensSerializer()


class LoginSerializer(Serializer):
    phone_number = PhoneField()
    password = PasswordField()


class RefreshSerializer(Serializer):
    refresh = TextField(max_length=4096)


class NothingSerializer(Serializer):
    """A body that is not read."""


class SessionSerializer(ModelSerializer):
    """One signed-in device."""

    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ("id", "device", "ip", "created_at", "last_seen_at", "is_current")
        read_only_fields = fields

    def get_is_current(self, session: Session) -> bool:
        return bool(session.pk == self.context["current"].pk)


class MeSerializer(Serializer):
    """The caller's own account. Only `full_name` and `language` can be written."""

    id = serializers.IntegerField(read_only=True)
    phone_number = PhoneField(read_only=True, allow_null=True)
    full_name = TextField(max_length=NAME_LENGTH, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    is_staff = serializers.BooleanField(read_only=True)
    b2b_enabled = serializers.BooleanField(read_only=True)
    plan = serializers.CharField(read_only=True, allow_null=True)
    unread_notifications = serializers.IntegerField(read_only=True)

    def to_representation(self, user: User) -> dict[str, Any]:
        # What other apps know about the account is theirs to say.
        for name, value in me_fields(user.pk).items():
            setattr(user, name, value)
        return super().to_representation(user)


ME = MeSerializer()  # its fields are made once, not for each of a person's many calls


def me(user: User) -> dict[str, Any]:
    """The answer of `GET /api/auth/me/`."""
    return ME.to_representation(user)


class AccountDeletionSerializer(Serializer):
    password = PasswordField(required=False, allow_blank=True)
    ticket = TextField(required=False, allow_blank=True, max_length=200)


class PhoneChangeSerializer(Serializer):
    phone_number = PhoneField()
    code = CodeField()
