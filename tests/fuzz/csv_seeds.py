#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes CSV files, good and broken, for fuzzing to start from.

Usage: csv_seeds.py FOLDER
"""

from seeds import write_seeds

HEAD = "reference,distorted,score"

write_seeds([
    "", "\n", "\n\n", "a", "a,b\n1,2\n", "a;b\n1;2\n", "a\tb\n",
    "\ufeff" + HEAD + "\na,a,1\n", HEAD + "\r\na,a,1\r\na,a,2.5e3\r\n",
    HEAD + ",group\na,a,1,x\na,b,2,x\na,a,3,\na,a,4,total\n",
    HEAD + "\na,a,nan\n", HEAD + "\na,a,0x10\n", HEAD + "\na,a,1e999\n",
    HEAD + "\na,a\n", HEAD + "\na,a,1,2\n", HEAD + "," + HEAD + "\n",
    HEAD + '\n"a","a","1"\n', HEAD + '\n"a""b","a\nb",1\n', HEAD + '\n"a',
    HEAD + '\n"a"b,a,1\n', HEAD + '\n"a" , a ,\t1\n', HEAD + "\na,a,1\r",
    HEAD + "\na\rb,a,1\n", HEAD + "\n,,\n", "score,distorted,reference\n1,a,a",
    HEAD + "\nno,a,1\na,no,1\na,a,5\n", b"a,b\n\xff\xfe,2\n", b"a,b\n1,\x002\n",
    HEAD + "\na,a,1\x1b[2J\n",
])
