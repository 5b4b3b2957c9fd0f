#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes databases of perceptual-tune, whole and damaged, for fuzzing to start
from.

Usage: store_seeds.py FOLDER
"""

import os
import sqlite3
import tempfile

from seeds import write_seeds

TABLES = """
PRAGMA page_size = 512;
CREATE TABLE source (id INTEGER PRIMARY KEY, sha256 TEXT, path TEXT,
  frames INTEGER, duration_ns INTEGER, caps TEXT);
CREATE TABLE scout (sha256 TEXT PRIMARY KEY, found TEXT NOT NULL);
CREATE TABLE setting (id INTEGER PRIMARY KEY, encoder TEXT, value REAL,
  extra TEXT, versions TEXT);
CREATE TABLE window (id INTEGER PRIMARY KEY, source INTEGER, start_ns INTEGER,
  stop_ns INTEGER, lead_ns INTEGER);
CREATE TABLE metric (id INTEGER PRIMARY KEY, metric TEXT, options TEXT,
  weights_sha256 TEXT, library TEXT);
CREATE TABLE probe (id INTEGER PRIMARY KEY, window INTEGER, setting INTEGER,
  metric INTEGER, reason TEXT, measured INTEGER, bytes INTEGER,
  frames INTEGER, unmatched INTEGER, encode_seconds REAL, seconds REAL,
  distances BLOB);
PRAGMA user_version = 1;
INSERT INTO source VALUES (1, '5e', 'a.mkv', 2, 9, 'video/x-raw');
INSERT INTO window VALUES (1, 1, 0, 9, 0);
INSERT INTO setting VALUES (1, 'x264', 23, '{}', '{}');
INSERT INTO setting VALUES (2, 'x264', 24, '{}', '{}');
INSERT INTO metric VALUES (1, 'l2', '{}', NULL, '0.1.0');
INSERT INTO scout VALUES ('5e', '{}');
INSERT INTO probe VALUES
  (1, 1, 1, 1, NULL, 1, 100, 2, 0, 1.5, 2, x'0000803f00000040');
INSERT INTO probe VALUES (2, 1, 2, 1, 'no', 0, 0, 0, 0, 0, 0, NULL);
"""
DAMAGES = (
    "SELECT 1", "UPDATE probe SET frames = 3", "UPDATE probe SET frames = -1",
    "UPDATE probe SET frames = 4611686018427387904, distances = x''",
    "UPDATE probe SET frames = 'x', distances = 'abcd'",
    "UPDATE probe SET bytes = 0", "UPDATE probe SET unmatched = 1",
    "UPDATE source SET sha256 = NULL", "UPDATE window SET source = 7",
    "UPDATE source SET path = CAST (x'ff1b5b324a' AS TEXT)",
    "UPDATE probe SET measured = 'x'", "UPDATE setting SET value = 9e999",
    "UPDATE setting SET value = NULL", "UPDATE metric SET options = '[[['",
    "PRAGMA user_version = 2", "PRAGMA user_version = 0", "DROP TABLE scout",
    "DROP TABLE metric; CREATE VIEW metric AS SELECT 1 id, 'l2' metric, "
    "'{}' options, NULL weights_sha256, '0' library",
    "UPDATE probe SET seconds = -1, encode_seconds = 'x'",
    "INSERT INTO scout VALUES (x'00', x'00')",
    "DROP TABLE probe; CREATE TABLE probe (id)",
)


def database(change):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.sqlite")
        connection = sqlite3.connect(path)
        connection.executescript(TABLES)
        connection.executescript(change)
        connection.close()
        with open(path, "rb") as file:
            return file.read()


def make_seeds():
    whole = database("SELECT 1")
    yield from (database(damage) for damage in DAMAGES)
    yield from (whole[:length] for length in (0, 16, 100, 512, 1024, 2048))
    for at in range(0, len(whole), 301):
        yield whole[:at] + b"\xff\0\x80"[at % 3:at % 3 + 1] * 4 + whole[at + 4:]


write_seeds(make_seeds())
