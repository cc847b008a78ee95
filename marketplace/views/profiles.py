"""The caller's company, and the regions that companies and posts name."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import answer_few, checked
from core.schema import LIST_PARAMETERS, problem
from core.views import APIView
from marketplace.actions.profiles import FLAGS, edit_profile, open_profile
from marketplace.regions import REGIONS, region_name
from marketplace.serializers.posts import ProfilePatch, ProfileSerializer, RegionSerializer


class ProfileView(APIView):
    @extend_schema(operation_id="b2b_profile", responses={200: ProfileSerializer})
    def get(self, request: Request) -> Response:
        """The caller's company. Operators enable and verify it."""
        profile = open_profile(account_id=account_of(request))
        return Response(ProfileSerializer(profile).data)

    @extend_schema(
        operation_id="b2b_profile_update",
        request=ProfilePatch,
        responses={200: ProfileSerializer} | problem(400, "immutable_field"),
    )
    def patch(self, request: Request) -> Response:
        """Change what the company says of itself; the two flags are an operator's."""
        changes: dict[str, Any] = checked(ProfilePatch, request, partial=True)
        # The action refuses a flag that the shape does not know; as it is, it changes nothing.
        changes |= {name: value for name, value in dict(request.data).items() if name in FLAGS}
        profile = edit_profile(account_id=account_of(request), changes=changes)
        return Response(ProfileSerializer(profile).data)


class RegionListView(APIView):
    @extend_schema(
        operation_id="b2b_regions",
        parameters=LIST_PARAMETERS,
        responses={200: RegionSerializer(many=True)},
        filters=False,
    )
    def get(self, request: Request) -> HttpResponse:
        """The 14 regions, named in the reader's language, by name."""
        named = [{"code": code, "name": region_name(code)} for code in REGIONS]
        return answer_few(request, name="regions", rows=named)


def account_of(request: Request) -> int:
    account_id = request.user.pk
    assert account_id is not None
    return account_id
