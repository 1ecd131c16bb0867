"""The session engine: rows that say whose they are (`accounts.models.Session`)."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

# BEGAN, PROVED (when its person last proved who they are): seconds since 1970
BROWSER_KEY, NETWORK_KEY, BEGAN_KEY, PROVED_KEY = "browser", "network", "began", "proved"


class SessionStore(DatabaseStore):
    seen_at: datetime | None = None  # as the row said when it was loaded

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        self.seen_at = row.seen_at if row is not None else None
        return row

    @classmethod
    def get_model_class(cls) -> type:
        return apps.get_model("accounts", "Session")

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        key = str(data.get(SESSION_KEY, ""))
        row.user_id = int(key) if key.isdigit() else None  # type: ignore[attr-defined]
        row.browser = str(data.get(BROWSER_KEY, ""))[:200]  # type: ignore[attr-defined]
        row.network = str(data.get(NETWORK_KEY, ""))[:60]  # type: ignore[attr-defined]
        if BEGAN_KEY in data:
            row.began_at = datetime.fromtimestamp(data[BEGAN_KEY], tz=UTC)  # type: ignore[attr-defined]
        return row
