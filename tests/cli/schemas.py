# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the programs write as JSON, held against the schemas that are installed
with them.  Where python3-jsonschema is missing it is only read."""

import functools
import json
import pathlib

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


@functools.cache
def load(name):
    return json.loads((DOCS / f"{name}.schema.json").read_text("utf-8"))


@functools.cache
def validator(name):
    return jsonschema.Draft7Validator(load(name))


def check(name, value):
    """@value is what @name.schema.json says; it comes back."""
    if jsonschema is not None:
        validator(name).validate(value)
    return value


def read(name, text):
    return check(name, json.loads(text))


def objects(value):
    """Every object in @value, itself first."""
    if isinstance(value, dict):
        yield value
    for inner in (value.values() if isinstance(value, dict) else
                  value if isinstance(value, list) else ()):
        yield from objects(inner)


def assert_narrow(case, name, value):
    """@value is taken, and no more where any object of it has a member that is
    nowhere described, or one missing that is always there."""
    check(name, value)
    if jsonschema is None:
        case.skipTest("python3-jsonschema is missing")
    jsonschema.Draft7Validator.check_schema(load(name))
    for found in objects(value):
        found["stranger"] = {}
        case.assertFalse(validator(name).is_valid(value), found)
        del found["stranger"]
    for member in load(name)["required"]:
        kept = value.pop(member)
        case.assertFalse(validator(name).is_valid(value), member)
        value[member] = kept
    case.assertFalse(validator(name).is_valid({**value, "schema": 2}))
