# One image for web, worker, beat and migrations; the command says which.
FROM python:3.13-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/gatehouse gatehouse
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 \
    DJANGO_SETTINGS_MODULE=config.settings STATE_DIR=/var/lib/gatehouse/state STATIC_ROOT=/app/static-collected
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# The key is for this step only: collecting files needs settings, settings need a key.
RUN SECRET_KEY=build python manage.py collectstatic --no-input --verbosity 0 \
    && install -d -o gatehouse -g gatehouse -m 0700 /var/lib/gatehouse/state
USER gatehouse
VOLUME /var/lib/gatehouse/state
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': 'localhost', 'X-Forwarded-Proto': 'https'}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "config.wsgi:application"]
