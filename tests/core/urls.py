"""A small API on top of core, to test its conventions without any app's rules."""

import time
from typing import Any

from django.contrib.auth.models import Group
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core import health
from core.action import action
from core.errors import DomainError
from core.idempotency import retry_safe
from core.pagination import list_response, read_page
from core.query_params import read_date, read_flag
from core.serializers import IdField, MoneyField, PhoneField, Serializer, TextField, TimestampField
from core.urls import handler400, handler403, handler404, handler500
from core.views import APIView


class GroupRefused(DomainError):
    status, code = 409, "group_refused"
    title = "No more groups."
    detail = "{used} of {limit} groups are used."


@action
def create_group(*, name: str) -> Group:
    if name == "refused":
        Group.objects.create(name="left behind?")
        raise GroupRefused(used=3, limit=3)
    return Group.objects.create(name=name)


class GroupView(APIView):
    def get(self, request: Request) -> HttpResponse:
        page = read_page(request, name="groups", keys=[int], unlimited=True)
        groups = Group.objects.order_by("-pk")
        if page.after:
            groups = groups.filter(pk__lt=page.after[0])
        found = list(groups[: page.limit + 1])
        shown = found[: page.limit]
        more = len(found) > page.limit
        return list_response(
            request,
            page,
            rows=[b'{"id":%d}' % group.pk for group in shown],
            next_after=[shown[-1].pk] if more else None,
            count=Group.objects.count() if page.wants_count else None,
        )

    @retry_safe
    def post(self, request: Request) -> Response:
        time.sleep(float(request.query_params.get("seconds", 0)))
        group = create_group(name=str(request.data.get("name", "?")))
        return Response({"id": group.pk, "name": group.name}, status=201)


class RehearsedView(GroupView):
    allows_dry_run = True


class Shape(Serializer):
    amount = MoneyField(required=False)
    phone = PhoneField(required=False)
    text = TextField(required=False, max_length=5)
    moment = TimestampField(required=False)
    row = IdField(required=False)
    nested = serializers.ListField(child=serializers.DictField(child=IdField()), required=False)


class ShapeView(APIView):
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response({"flag": read_flag(request, "flag"), "day": read_date(request, "day")})

    def post(self, request: Request) -> Response:
        shape = Shape(data=request.data)
        shape.is_valid(raise_exception=True)
        return Response({name: str(value) for name, value in shape.validated_data.items()})


class CrashView(APIView):
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        raise {"bug": ValueError("secret detail"), "database": OperationalError("gone")}[
            request.query_params["how"]
        ]


def plain_crash(request: Any) -> HttpResponse:
    raise OperationalError("gone")


urlpatterns = [
    path("api/groups/", GroupView.as_view()),
    path("api/rehearsed/", RehearsedView.as_view()),
    path("api/shape/", ShapeView.as_view()),
    path("api/crash/", CrashView.as_view()),
    path("plain-crash/", plain_crash),
    path("metrics/", health.metrics),
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
