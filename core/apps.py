from django.apps import AppConfig

from core import converters


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Daftar"

    def ready(self) -> None:
        from core import metrics
        from core.job_metrics import QueueCollector

        converters.register()
        metrics.register(QueueCollector())
