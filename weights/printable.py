# SPDX-License-Identifier: LGPL-2.1-or-later
"""Words of strangers as people may see them.

Names of files and what servers say can hold escape sequences of terminals, new
lines, and characters that turn the order of others round.  The rule is that of
examples/console/printable.c: what is not printable is told by its number.
"""

import re
import unicodedata

# Joiners, without which some scripts and emoji are not written.
JOINERS = "\u200c\u200d"
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# What would be taken for an escape, if it were left as it is.
LOOKALIKE = re.compile(r"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def show(char):
    number = ord(char)
    if 0xdc80 <= number <= 0xdcff:  # a byte that is not UTF-8
        return rf"\x{number - 0xdc00:02x}"
    if number < 0x80:
        return rf"\x{number:02x}"
    return rf"\u{number:04x}" if number < 0x10000 else rf"\U{number:08x}"


def printable(text):
    """The text in one line, of printable characters."""
    text = LOOKALIKE.sub(r"\\x5c", str(text))
    return "".join(
        show(char) if unicodedata.category(char) in HIDDEN
        and char not in JOINERS else char for char in text)
