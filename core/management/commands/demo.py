"""`manage.py demo`: people, debts and whatever else the apps have to show."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.demo import PASSWORD, demo_log_ins, fill_demo


class Command(BaseCommand):
    help = "Fill in demo data, once; print who can sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log-ins", action="store_true", help="only print who can sign in")
        parser.add_argument("--password", help="of the demo accounts; to be given with DEBUG=0")

    def handle(self, *args: Any, log_ins: bool, password: str | None, **options: Any) -> None:
        if not log_ins:
            fill_demo(now=timezone.now(), password=self.chosen(password))
        people = demo_log_ins()
        if people:
            known = f"password {PASSWORD}" if settings.DEBUG else "with the password that was set"
            self.stdout.write(f"Sign in by phone number, {known}:")
        for person in people:
            self.stdout.write(f"  {person.phone_number}  {person.who}")

    @staticmethod
    def chosen(password: str | None) -> str:
        if password is None and not settings.DEBUG:
            raise CommandError("The demo's own password is public: with DEBUG=0 give --password.")
        return password or PASSWORD
