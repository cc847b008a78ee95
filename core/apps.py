from django.apps import AppConfig

from core import converters


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Daftar"

    def ready(self) -> None:
        from core import account, metrics
        from core.idempotency import forget_answers
        from core.job_metrics import QueueCollector

        converters.register()
        account.register_eraser(lambda account_id: forget_answers(account_id=account_id))
        metrics.register(QueueCollector())
