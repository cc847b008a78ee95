from ledger.admin import money, people, sign_in

__all__ = ["money", "people", "sign_in"]
