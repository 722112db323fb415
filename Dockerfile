# One image for every role: `xiaoce run` (default), `xiaoce web`, `xiaoce worker`.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/xiaoce
COPY requirements.lock ./
RUN /opt/xiaoce/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY adapters adapters
COPY bot bot
COPY config config
COPY knowledge knowledge
COPY skills skills
COPY storage storage
RUN /opt/xiaoce/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin xiaoce \
    && mkdir /data && chown xiaoce:xiaoce /data
COPY --from=build /opt/xiaoce /opt/xiaoce
ENV PATH=/opt/xiaoce/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    XIAOCE_DATA=/data \
    XIAOCE_WEB__HOST=0.0.0.0 \
    XIAOCE_WEB__PORT=8080
USER xiaoce
# xiaoce.toml may be mounted here.
WORKDIR /data
VOLUME /data
EXPOSE 8080
# 503 means that another process has this one's work: it must be started again.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['XIAOCE_WEB__PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["xiaoce"]
CMD ["run"]
