"""Pictures of a post. The only paths that take `multipart/form-data`."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import checked
from core.errors import PayloadTooLarge
from core.idempotency import retry_safe
from core.schema import problem
from core.views import APIView
from marketplace.actions.images import add_image, refuse_image, remove_image
from marketplace.pictures import MAX_UPLOAD_BYTES, Picture, encode_picture
from marketplace.serializers.posts import ImageInput, ImageSerializer
from marketplace.views.profiles import account_of


class ImageListView(APIView):
    parser_classes = (MultiPartParser,)

    def prepare(self, request: Request, post_id: int) -> dict[str, Picture]:
        """Reading a picture takes up to a second: not inside the transaction of the write."""
        refuse_image(account_id=account_of(request), post_id=post_id, now=timezone.now())
        upload = checked(ImageInput, request)["image"]
        if upload.size > MAX_UPLOAD_BYTES:
            raise PayloadTooLarge(limit_bytes=MAX_UPLOAD_BYTES)
        return {"picture": encode_picture(upload.read())}

    @extend_schema(
        operation_id="post_image_add",
        request={"multipart/form-data": ImageInput},
        responses={201: ImageSerializer}
        | problem(400, "image_invalid")
        | problem(403, "not_owner")
        | problem(409, "image_limit_reached", "post_rejected"),
    )
    @retry_safe
    def post(self, request: Request, post_id: int, picture: Picture) -> Response:
        """Add a picture: JPEG, PNG or WebP by content, at most 5 MiB. It is written anew as
        WebP, without what the camera noted."""
        data = add_image(
            account_id=account_of(request), post_id=post_id, picture=picture, now=timezone.now()
        )
        return Response(data, status=201)


class ImageView(APIView):
    @extend_schema(
        operation_id="post_image_remove",
        responses={204: None} | problem(403, "not_owner") | problem(409, "post_rejected"),
    )
    def delete(self, request: Request, post_id: int, image_id: int) -> Response:
        """Remove a picture."""
        remove_image(
            account_id=account_of(request),
            post_id=post_id,
            image_id=image_id,
            now=timezone.now(),
        )
        return Response(status=204)
