# Innspill for a container platform: web, worker and beat are the same image with another command.
# No embedded PostgreSQL or Valkey here: DATABASE_URL and REDIS_URL are given. Runs as an ordinary user on a read-only root;
# writes to /var/lib/innspill (citizens' attachments) and /tmp alone.

FROM node:24-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
# Style sheets and fonts; their packages' own scripts are not run.
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.13-slim AS packages
# What is installed beside it, with spaces between: «s3» for attachments in object storage.
ARG REQUIREMENTS=""
RUN python -m venv /opt/venv
COPY requirements.txt requirements-s3.txt ./
RUN for name in "" $REQUIREMENTS; do \
      /opt/venv/bin/pip install --no-cache-dir --no-compile --require-hashes -r "requirements${name:+-$name}.txt" || exit 1; \
    done

FROM python:3.13-slim
# pg_dump, pg_restore and psql for `manage.py backup` and `restore`: as new as the server, hence from PostgreSQL's own packages.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install -y --no-install-recommends postgresql-client-18 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent innspill \
 && install -d -o innspill -g innspill -m 0700 /var/lib/innspill
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY --from=assets /assets/node_modules node_modules
COPY manage.py Procfile ./
COPY config config
COPY organisation organisation
COPY feedback feedback
COPY surveys surveys
COPY reporting reporting
COPY templates templates
COPY static static
COPY locale locale
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INNSPILL_VAR=/var/lib/innspill \
    BIND=0.0.0.0:8000
# The two addresses are never called here: these commands touch no database, but settings want them written.
RUN export SECRET_KEY=build DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost INNSPILL_VAR=/tmp/build \
 && python manage.py compile_translations \
 && python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build \
 && python -m compileall -q /opt/venv/lib /app
USER innspill
VOLUME /var/lib/innspill
EXPOSE 8000
# SIGTERM lets web answer what it has begun and worker finish its task.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
