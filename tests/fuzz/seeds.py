# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the scripts that write seeds share."""

import os
import sys


def write_seeds(seeds):
    """Writes texts or bytes, numbered, to the folder of the command line."""
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for number, seed in enumerate(seeds):
        with open(os.path.join(folder, f"{number:03}"), "wb") as file:
            file.write(seed if isinstance(seed, bytes) else seed.encode())
