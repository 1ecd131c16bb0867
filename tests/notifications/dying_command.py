"""A real command, which kills itself by SIGKILL when it comes to a step.

dying_command.py MODULE:NAME before|after COMMAND [ARGUMENT …]
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"

if __name__ == "__main__":
    import django

    from tests.notifications.dying_worker import die_at

    django.setup()
    die_at(sys.argv[1], sys.argv[2])
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *sys.argv[3:]])
