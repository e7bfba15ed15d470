# syntax=docker/dockerfile:1

# The builder runs on the machine's own platform and cross-compiles: Go needs no emulation for that.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=""
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -tags grpcnotrace -ldflags "-s -w -X opsbot/internal/version.stamp=$VERSION" -o /out/opsbot ./cmd/opsbot
# SQLite's file and backups on disk need a directory that uid 65532 may write to; scratch cannot make one.
RUN mkdir -p /out/var/lib/opsbot /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build --chown=65532:65532 /out/ /
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
WORKDIR /var/lib/opsbot
EXPOSE 8080 8081
# No HEALTHCHECK: Kubernetes ignores it and probes /healthz and /readyz over HTTP itself, and scratch has no shell or curl.
ENTRYPOINT ["/opsbot"]
CMD ["serve", "--config", "/etc/opsbot/opsbot.yaml"]
