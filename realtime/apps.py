from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RealtimeConfig(AppConfig):
    """The socket: a gap-free stream per account, and a hub per process that delivers it."""

    name = "realtime"
    verbose_name = _("Live delivery")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.account import register_eraser
        from core.dashboard import register_panel
        from messaging.queries.peers import peers_in_thread, peers_of
        from realtime import metrics, panels, presence
        from realtime.stream import forget_account

        register_eraser(forget_account)
        metrics.register()
        register_panel(panels.PANEL)
        presence.register_thread_peers(peers_in_thread)
        presence.register_peers(peers_of)
