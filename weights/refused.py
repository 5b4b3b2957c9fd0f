# SPDX-License-Identifier: LGPL-2.1-or-later
"""What files of strangers may ask for, and the exception that says no."""

# Numbers in one tensor; the largest published one has 102 760 448.
MOST_NUMBERS = 1 << 27
# Bytes that are read for tensors of one file, and unpacked from an archive.
MOST_BYTES = 1 << 29
# Bytes of a pickle that holds no numbers, and steps of any pickle.
MOST_PICKLE = 64 << 20
MOST_STEPS = 1 << 20
# Dicts in dicts, and characters of a tensor's name.
MOST_DEPTH = 32
MOST_TENSORS = 4096
LONGEST_NAME = 1000


class Refused(Exception):
    """A file that is refused; the text is for users."""


class Budget:
    """Bytes that may still be read."""

    def __init__(self, most=MOST_BYTES):
        self.most = most
        self.left = most

    def take(self, count):
        if count > self.left:
            raise Refused(f"it holds more than {self.most >> 20} MiB")
        self.left -= count
