# No syntax line: what is used here every BuildKit knows, and a frontend from a registry would be one more image to trust.

# The builder runs on the machine's own platform and cross-compiles: Go needs no emulation for that. The digest is that of the tag's
# index, which has all platforms: docker buildx imagetools inspect golang:1.26.8-bookworm
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d AS build
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
COPY --from=build /src/THIRD_PARTY_LICENSES /
COPY --from=build --chown=65532:65532 /out/ /
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
WORKDIR /var/lib/opsbot
EXPOSE 8080 8081
# No HEALTHCHECK: Kubernetes ignores it and probes /healthz and /readyz over HTTP itself, and scratch has no shell or curl.
ENTRYPOINT ["/opsbot"]
CMD ["serve", "--config", "/etc/opsbot/opsbot.yaml"]
