# gst-perceptual in a container, of Debian's packages alone:
#
#   docker build -t gst-perceptual .
#   docker run --rm -v "$PWD:/work" gst-perceptual \
#     perceptual-compare reference.mkv distorted.mkv
#
# The release may be another one: --build-arg RELEASE=trixie
ARG RELEASE=bookworm

FROM debian:${RELEASE} AS build
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends \
    build-essential debhelper
COPY . /src/gst-perceptual
WORKDIR /src/gst-perceptual
RUN apt-get build-dep -y --no-install-recommends . && \
    dpkg-buildpackage -us -uc -b && rm -f ../*-dbgsym_*

FROM debian:${RELEASE}
ENV DEBIAN_FRONTEND=noninteractive
COPY --from=build /src/*.deb /packages/
RUN apt-get update && apt-get install -y --no-install-recommends \
    /packages/*.deb gstreamer1.0-tools gstreamer1.0-plugins-base \
    gstreamer1.0-plugins-good gstreamer1.0-plugins-bad \
    gstreamer1.0-plugins-ugly gstreamer1.0-libav webp-pixbuf-loader \
    libavif-gdk-pixbuf heif-gdk-pixbuf && \
    rm -rf /packages /var/lib/apt/lists/*
WORKDIR /work
