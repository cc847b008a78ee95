from messaging.admin import notifications, reports

__all__ = ["notifications", "reports"]
