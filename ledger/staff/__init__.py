"""The door of the admin: lock, second factor. Apart from `ledger.admin`, which needs the
site to register with."""
