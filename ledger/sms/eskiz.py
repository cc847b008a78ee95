"""SMS through Eskiz (https://documenter.getpostman.com/view/663428/RzfmES4z).

`POST /auth/login` (email, password) gives a token for 30 days. `POST /message/sms/send` takes the
form fields `mobile_phone` (digits), `message` and `from`, and answers
`{"id", "status": "waiting", "message": "Waiting for SMS provider"}`. 401 means that the token has
ended; a refusal carries its reason in `message`.
"""

import threading

import httpx

from ledger.sms.gateway import CodeMessage, Delivery, PermanentFailure
from ledger.sms.http import TIMEOUT, json_object, post


class Eskiz:
    """Signs in once a process and again when the token is refused."""

    name = "eskiz"

    def __init__(
        self,
        *,
        url: str,
        email: str,
        password: str,
        sender: str,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout)
        self._credentials = {"email": email, "password": password}
        self._sender = sender
        self._token = ""
        self._signing_in = threading.Lock()

    def send(self, message: CodeMessage) -> Delivery:
        token = self._token or self._sign_in(instead_of="")
        response = self._post(message, token)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            response = self._post(message, self._sign_in(instead_of=token))
        body = json_object(response, gateway=self.name)
        if response.is_error or "id" not in body:
            reason = body.get("message", body.get("status"))
            raise PermanentFailure(self.name, f"HTTP {response.status_code} {reason}")
        return Delivery(self.name, str(body["id"]))

    def _post(self, message: CodeMessage, token: str) -> httpx.Response:
        return post(
            self._client,
            "/message/sms/send",
            gateway=self.name,
            headers={"Authorization": f"Bearer {token}"},
            data={
                "mobile_phone": message.digits,
                "message": message.text,
                "from": self._sender,
            },
        )

    def _sign_in(self, *, instead_of: str) -> str:
        """A token other than the refused one; of threads that ask together one signs in."""
        with self._signing_in:
            if self._token == instead_of:
                self._token = self._new_token()
            return self._token

    def _new_token(self) -> str:
        response = post(self._client, "/auth/login", gateway=self.name, data=self._credentials)
        if response.is_error:
            raise PermanentFailure(self.name, f"sign-in refused, HTTP {response.status_code}")
        data = json_object(response, gateway=self.name).get("data")
        if not isinstance(data, dict) or not data.get("token"):
            raise PermanentFailure(self.name, "signed in without a token")
        return str(data["token"])
