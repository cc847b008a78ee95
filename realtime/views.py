"""The protocol's description, for people and generators."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from realtime.asyncapi import document


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """AsyncAPI 3, with this server's own address. Open to all, as the other API documents."""
    protocol = "wss" if request.is_secure() else "ws"
    server = {"host": request.get_host(), "protocol": protocol, "security": [SECURITY]}
    return JsonResponse(document() | {"servers": {"live": server}})


SECURITY = {"$ref": "#/components/securitySchemes/bearer"}
