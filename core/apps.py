from django.apps import AppConfig

from core import converters


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Daftar"

    def ready(self) -> None:
        converters.register()
