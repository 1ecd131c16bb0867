"""How the web process serves: a few workers with threads. `manage.py run` uses it too, with the defaults."""

import os
from pathlib import Path

_port = os.environ.get("PORT", "8000")
_address = os.environ.get("BIND", "127.0.0.1")
if ":" in _address and not _address.startswith("["):
    _address = f"[{_address}]"

bind = f"{_address}:{_port}"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
# A worker process that shows no sign of life for so long is replaced. Slow requests are no such case.
timeout = 60
graceful_timeout = 20
# Longer than the front keeps its idle connections, so that it never writes into one that just closed.
keepalive = 75
# Memory that creeps up is given back now and then, by one worker at a time; a lone worker would leave a gap.
max_requests = 5000 if workers > 1 else 0
max_requests_jitter = 1000
control_socket_disable = True
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
accesslog = os.environ.get("ACCESS_LOG") or None
