from django.apps import AppConfig

from core import converters


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Daftar"

    def ready(self) -> None:
        from django.conf import settings

        from core import account, faults, metrics
        from core.dashboard import register_panel
        from core.database_metrics import BackupCollector, PoolCollector
        from core.idempotency import forget_answers
        from core.job_metrics import QueueCollector
        from core.job_panel import PANEL

        converters.register()
        # Who takes a message back changes kept answers while holding its talk.
        account.register_eraser(
            lambda account_id: forget_answers(account_id=account_id), is_last=True
        )
        metrics.register(QueueCollector())
        metrics.register(PoolCollector())
        metrics.register(BackupCollector())
        register_panel(PANEL)
        faults.start(dsn=settings.SENTRY_DSN, environment=settings.SENTRY_ENVIRONMENT)
