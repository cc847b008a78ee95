"""SMS through Play Mobile (https://wiki.playmobile.uz, "Интеграция по HTTP").

`POST /broker-api/send` with Basic credentials and the JSON object
`{"messages": [{"recipient", "message-id", "sms": {"originator", "content": {"text"}}}]}`.
Taken over: 200, a plain sentence. Refused: 400 with an error code and its description: 100 fault of
theirs, 101 syntax, 102 account locked, 202 no recipient, 205 no message id, 401 no originator,
404 to 406 the content. Their pages and their clients spell the names with `_` and with `-`.
"""

import httpx

from ledger.sms.gateway import CodeMessage, Delivery, PermanentFailure, TemporaryFailure
from ledger.sms.http import TIMEOUT, json_object, post

INTERNAL_SERVER_ERROR = "100"


class PlayMobile:
    """`message-id` is our reference, so their records of a retried message stand together."""

    name = "playmobile"

    def __init__(
        self,
        *,
        url: str,
        login: str,
        password: str,
        originator: str,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self._client = httpx.Client(base_url=url, auth=(login, password), timeout=timeout)
        self._originator = originator

    def send(self, message: CodeMessage) -> Delivery:
        sms = {"originator": self._originator, "content": {"text": message.text}}
        envelope = {
            "recipient": message.digits,
            "message-id": message.reference,
            "sms": sms,
        }
        response = post(self._client, "/send", gateway=self.name, json={"messages": [envelope]})
        if response.is_error:
            raise self._failure(response)
        return Delivery(self.name, message.reference)

    def _failure(self, response: httpx.Response) -> Exception:
        if response.status_code != httpx.codes.BAD_REQUEST:
            return PermanentFailure(self.name, f"HTTP {response.status_code}")
        body = json_object(response, gateway=self.name)
        code = str(body.get("error_code", body.get("error-code")))
        description = body.get("error_description", body.get("error-description"))
        kind = TemporaryFailure if code == INTERNAL_SERVER_ERROR else PermanentFailure
        return kind(self.name, f"error {code} {description}")
