# The agent in an image without a shell, a package manager or anything else. REGISTRY is where .NET's images come from, Microsoft's own or your mirror of it:
#   docker build --build-arg REGISTRY=… --tag sealtail .
# Packages are exact, compilation is deterministic, paths leave no trace: two clones of a commit publish the same bytes. That two images are the same, with the same
# base images and the commit's time, Agent.Tests/Deploying/image/build compares. With Docker:
#   docker buildx build --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) --output type=image,rewrite-timestamp=true …
# Pin the base images by digest in your own build: --build-arg SDK=…@sha256:… --build-arg BASE=…@sha256:…
ARG REGISTRY
ARG SDK=${REGISTRY}/dotnet/sdk:10.0
ARG BASE=${REGISTRY}/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${SDK} AS build
ARG TARGETARCH=amd64
ARG REVISION=unknown
# The compiler that goes ahead of time links with gcc, and compiles for the kind of machine it runs on.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# CI: packages as the lock files have them, or not at all. They come first: a change of code does not fetch them again.
ENV CI=true
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Agent/Agent.csproj Agent/packages*.lock.json Agent/
RUN dotnet restore Agent -p:RuntimeIdentifier=linux-$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64)
COPY Agent Agent
RUN dotnet publish Agent --configuration Release --no-restore -p:RuntimeIdentifier=linux-$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64) \
      -p:SourceRevisionId=${REVISION} --output /app \
 && rm -f /app/*.pdb /app/*.dbg

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sealtail" \
      org.opencontainers.image.description="Seals kube-apiserver's audit log into signed, hash-chained chunks in a write-once bucket" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /app /app
COPY LICENSE /app/LICENSE
# No sockets and files for debuggers in /tmp: the root file system is read-only.
ENV DOTNET_EnableDiagnostics=0
# Nobody in particular: verify, keys and status need no more. The chart runs the agent as user 0 with all capabilities dropped but DAC_READ_SEARCH,
# because the log belongs to root, mode 0600, and a capability that is added to a container reaches no other user.
USER 65532:65532
ENTRYPOINT ["/app/sealtail"]
CMD ["--help"]
