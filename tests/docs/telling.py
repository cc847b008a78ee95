"""Requests that are told: each is sent, and kept with its answer as an example."""

from typing import Any

from rest_framework.test import APIClient

Example = dict[str, Any]


class Story:
    """Sends requests and keeps each answer under its operation's id."""

    def __init__(self) -> None:
        self.examples: dict[str, Example] = {}

    def tell(
        self, operation: str, client: APIClient, method: str, path: str, body: Any = None
    ) -> Any:
        return self._keep(operation, body, getattr(client, method)(path, body))

    def upload(self, operation: str, client: APIClient, path: str, **files: Any) -> Any:
        """The example names each file by its name."""
        named = {part: file.name for part, file in files.items()}
        return self._keep(operation, named, client.post(path, files, format="multipart"))

    def _keep(self, operation: str, body: Any, answer: Any) -> Any:
        assert answer.status_code < 300, (operation, answer.content)
        spoken = answer.json() if answer.content else None
        self.examples[operation] = {
            "request": body,
            "status": answer.status_code,
            "response": spoken,
        }
        return spoken


def signed_in(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client
