#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the fetch tool shows of strangers' words."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "..", "..", "weights"))
sys.dont_write_bytecode = True

from printable import printable  # noqa: E402


class Printable(unittest.TestCase):
    def test_what_is_printable_is_left(self):
        for text in ("", "a b", "C:\\new folder", "Größe", "映画　一",
                     "می\u200cخواهم", "👩\u200d💻"):
            self.assertEqual(printable(text), text)

    def test_what_is_not_is_told_by_its_number(self):
        for text, shown in (
                ("\x1b[2J", r"\x1b[2J"), ("a\nb\r\t", r"a\x0ab\x0d\x09"),
                ("\0\x7f", r"\x00\x7f"), ("\x85\x9b", r"\u0085\u009b"),
                ("\u202egpj", r"\u202egpj"), ("\u2066\u200f", r"\u2066\u200f"),
                ("\u2028\ufeff", r"\u2028\ufeff"),
                ("\udcff\udc80", r"\xff\x80"), ("\ud800", r"\ud800"),
                ("\ue000", r"\ue000"),
                ("\U000e0001", r"\U000e0001")):
            self.assertEqual(printable(text), shown)

    def test_different_texts_are_shown_differently(self):
        texts = ("\n", r"\x0a", "\\\n", "\\" + r"\x0a", "\xff", "\udcff",
                 r"\xff", r"\x5cxff", r"\u0085", "\x85", "\udc85")
        self.assertEqual(len(set(map(printable, texts))), len(texts))

    def test_every_character_ends_in_printable_ones(self):
        for number in [*range(0x2100), *range(0xd700, 0x10100)]:
            shown = printable(chr(number))
            if len(shown) > 1:
                self.assertTrue(shown.isascii() and shown.isprintable())


if __name__ == "__main__":
    unittest.main()
