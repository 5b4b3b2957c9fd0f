# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files, by perceptual-compare: it pairs frames and knows formats."""

import json
import os
import shutil
import subprocess

from . import errors

# perceptual-compare's codes for "done" and "done, and a limit was passed".
DONE = (0, 3)


def _arguments(options):
    for keyword, value in options.items():
        name = "--" + keyword.replace("_", "-")
        for one in value if isinstance(value, tuple) else (value,):
            if one is Ellipsis:
                yield name
            elif isinstance(one, bool):
                yield f"{name}={'true' if one else 'false'}"
            elif isinstance(one, list):
                yield f"{name}={','.join(map(str, one))}"
            elif one is not None:
                yield f"{name}={one}"


def _report(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def compare(reference, *distorted, program="perceptual-compare", timeout=None,
            **options):
    """What perceptual-compare --format json says of files, as a dict.

    compare("original.mkv", "low.mkv", "high.mkv", also="psnr,ssim")

    Options are the program's, with underscores for hyphens: metric="lpips",
    interval=5, also=["psnr", "ssim"], where a list is one value of several
    words; a tuple gives the option several times, and ... (Ellipsis) is for one
    that takes no value.  program: its name or path; timeout: seconds, or None.
    Raises CompareError with what the program said.
    """
    if not distorted:
        raise errors.OptionError(
            "Name a reference and at least one distorted file")
    found = shutil.which(program)
    if found is None:
        raise errors.CompareError(
            f"There is no program {program}; install gst-perceptual, or say "
            "where it is by program=")
    command = [found, "--format=json", *_arguments(options), "--",
               os.fspath(reference), *map(os.fspath, distorted)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise errors.CompareError(
            f"{program} was not done after {timeout} seconds") from None
    report = _report(done.stdout)
    if done.returncode not in DONE or report is None:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise errors.CompareError(
            said or f"{program} ended with {done.returncode} and said nothing",
            done.returncode, report)
    return report
