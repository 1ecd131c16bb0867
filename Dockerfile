FROM python:3.14-slim-trixie AS build
ENV PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps \
      --only-binary=:all: --requirement requirements/run.txt
COPY . .
# The values exist only while the image is built; nothing of them stays in it.
RUN /opt/venv/bin/python scripts/translations.py compile \
    && SECRET_KEY=unused VAR_DIR=/tmp/var STATIC_ROOT=/app/staticfiles \
       /opt/venv/bin/python manage.py collectstatic --noinput \
    && /opt/venv/bin/python -m compileall -q /app /opt/venv/lib

FROM python:3.14-slim-trixie
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles \
    VAR_DIR=/srv/helpdesk \
    FILES_URL=file:///srv/helpdesk/files \
    BIND=0.0.0.0 \
    PORT=8000
RUN groupadd --system --gid 10001 helpdesk \
    && useradd --system --uid 10001 --gid 10001 --home-dir /srv/helpdesk --create-home helpdesk \
    && mkdir /srv/helpdesk/files \
    && chown helpdesk:helpdesk /srv/helpdesk/files
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
# Of the web process; the worker and the scheduler have their own in docker-compose.yml.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "helpdesk.wsgi"]
