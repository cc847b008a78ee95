#!/usr/bin/env python
"""Django's command line for Daftar."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    if sys.argv[1:2] == ["run"]:
        # Before the settings are read, which take DEBUG for 0.
        from core.environment import choose_development

        choose_development(Path(__file__).resolve().parent)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A sentence for whoever installs, who has no use for our stack.
        sys.exit(f"Daftar: {error}")


if __name__ == "__main__":
    main()
