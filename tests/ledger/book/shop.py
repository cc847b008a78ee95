"""Somebody who keeps a book, as their client talks to the API."""

from rest_framework.test import APIClient

API = "/api/v1/"


class Shop:
    """`Shop(api(aziza))`: her client. Bodies in, JSON out; a refusal fails the test."""

    def __init__(self, client: APIClient, book: int | None = None) -> None:
        self.client = client
        self.headers = {} if book is None else {"X-Book": str(book)}

    def call(self, method, path, body=None, **headers):
        """The response, whatever it is."""
        path, _mark, query = path.partition("?")
        sent = {"headers": self.headers | headers, "QUERY_STRING": query.encode().decode("latin-1")}
        if body is not None:
            sent |= {"data": body, "format": "json"}
        return getattr(self.client, method)(API + path, **sent)

    def get(self, path):
        return self._good(self.call("get", path), 200)

    def post(self, path, body, status=201):
        return self._good(self.call("post", path, body), status)

    def patch(self, path, body):
        return self._good(self.call("patch", path, body), 200)

    def put(self, path, body):
        return self._good(self.call("put", path, body), 200)

    def delete(self, path, status=204):
        response = self.call("delete", path)
        assert response.status_code == status, response.content
        return response.json() if status == 200 else None

    def refusal(self, method, path, body=None):
        """Status and code of a problem."""
        response = self.call(method, path, body)
        assert response["Content-Type"] == "application/problem+json", response.content
        return response.status_code, response.json()["code"]

    def debtor(self, full_name="Bobur Aliyev", phone_number=None, **more):
        body = {"full_name": full_name, "phone_number": phone_number, **more}
        return self.post("users/", body)["id"]

    def debt(self, user, amount="100.00", **more):
        return self.post("debts/", {"user": user, "amount": amount, **more})["id"]

    def payment(self, user, amount="100.00", **more):
        return self.post("payments/", {"user": user, "amount": amount, **more})

    def ids(self, path):
        return [row["id"] for row in self.get(path)]

    @staticmethod
    def _good(response, status):
        assert response.status_code == status, response.content
        return response.json()
