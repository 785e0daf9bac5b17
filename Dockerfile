# An image for every role. Docker Compose and Kubernetes examples are in deploy/, explained in docs/deploy.md.
#   docker build -t dqnakka:0.1.0 .
# For nodes that act and learn with the simd backend alone, a fifth of the size: --build-arg TORCH_BACKEND=none
# Behind a mirror: --build-arg BASE_SDK=… --build-arg BASE_RUNTIME=…
ARG BASE_SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG BASE_RUNTIME=mcr.microsoft.com/dotnet/runtime:10.0

FROM ${BASE_SDK} AS build
# Which libtorch comes along: cpu or none (README.md, Publish).
ARG TORCH_BACKEND=cpu
WORKDIR /source

# What restore reads comes first, so that a change of the code does not fetch libtorch again. Restored with the lock files;
# the publish below names a runtime, which has none, and finds these very packages in the cache.
COPY global.json .editorconfig Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY build/ build/
COPY locks/ locks/
COPY src/Directory.Build.props src/
COPY src/Environments/Environments.csproj src/Environments/
COPY src/Learner/Learner.csproj src/Learner/
COPY src/Actors/Actors.csproj src/Actors/
COPY src/Host/Host.csproj src/Host/
RUN dotnet restore src/Host -p:TorchBackend=${TORCH_BACKEND}

COPY src/ src/
COPY hocon/ hocon/
RUN dotnet publish src/Host -c Release -r linux-x64 --self-contained false -p:TorchBackend=${TORCH_BACKEND} -o /app

FROM ${BASE_RUNTIME}
COPY --from=build /app/ /app/
COPY deploy/container/dqnakka deploy/container/dqnakka-health /usr/local/bin/

# The state of a node (a run's directory, the members that a seed remembers). A new named volume takes over the owner.
RUN mkdir -p /var/lib/dqnakka && chown "$APP_UID:$APP_UID" /var/lib/dqnakka
WORKDIR /var/lib/dqnakka
USER $APP_UID

# The port of the nodes. DQN_HEALTH_PORT opens the one that the health check asks.
EXPOSE 4053
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["dqnakka-health"]
ENTRYPOINT ["dqnakka"]
CMD ["--help"]
