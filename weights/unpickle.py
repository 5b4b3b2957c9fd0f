# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one pickle, which may build tensors and nothing else.

A pickle is a program.  This machine knows the steps that pickles of tensors
consist of.  They may build dicts, lists, tuples, numbers, strings and the
stand-ins below; every other name is refused before anything is called.  No
argument is believed: what is read is there, what is remembered was built.
Values may be nested as deeply as there are steps, so nothing here walks
through them, and what serves as a key of a dict is not nested.
"""

import array
import math
import pickletools

from refused import MOST_NUMBERS, MOST_STEPS, Refused

MOST_DIMENSIONS = 8
# Characters of a line; only names of modules and functions are in lines.
LONGEST_LINE = 256
WORD = "I"
assert array.array(WORD).itemsize == 4


class Tensor:
    """A shape and its numbers, little-endian float32, last index fastest."""

    def __init__(self, shape, data):
        self.shape = tuple(shape)
        self.data = data

    def transposed(self, axes):
        """The same numbers with the dimensions in the order of axes."""
        strides = contiguous_strides(self.shape)
        return gather(array.array(WORD, self.data), 0,
                      [self.shape[a] for a in axes],
                      [strides[a] for a in axes])

    def reshaped(self, shape):
        if math.prod(shape) != math.prod(self.shape):
            raise Refused(f"shape {self.shape} is not {tuple(shape)}")
        return Tensor(shape, self.data)


def contiguous_strides(shape):
    strides = [1] * len(shape)
    for i in range(len(shape) - 2, -1, -1):
        strides[i] = strides[i + 1] * shape[i + 1]
    return strides


def check_shape(shape):
    if (not isinstance(shape, tuple) or len(shape) > MOST_DIMENSIONS
            or any(type(n) is not int or n < 0 for n in shape)
            or math.prod(max(n, 1) for n in shape) > MOST_NUMBERS):
        raise Refused("a tensor's shape makes no sense")
    return shape


def gather(words, offset, shape, strides):
    """The tensor that a view of the storage `words` describes."""
    if any(n == 0 for n in shape):
        return Tensor(shape, b"")
    last = offset + sum((n - 1) * s for n, s in zip(shape, strides))
    if last >= len(words) or any(
            s <= 0 for n, s in zip(shape, strides) if n > 1):
        raise Refused("a tensor reaches beyond its storage")
    if all(s == c for n, s, c in zip(
            shape, strides, contiguous_strides(shape)) if n > 1):
        return Tensor(shape, words[offset:last + 1].tobytes())
    result = array.array(WORD)

    def walk(at, axis):
        n, stride = shape[axis], strides[axis]
        if axis == len(shape) - 1:
            result.extend(words[at:at + (n - 1) * stride + 1:max(stride, 1)])
            return
        for i in range(n):
            walk(at + i * stride, axis + 1)

    walk(offset, 0)
    return Tensor(shape, result.tobytes())


# --- stand-ins: what a pickle may ask for -----------------------------------


class StateDict(dict):
    """Stands in for collections.OrderedDict."""

    __slots__ = ()

    def set_state(self, state):
        """Drops the version notes that PyTorch attaches."""


class StorageType:
    __slots__ = ("name", "size")

    def __init__(self, name, size):
        self.name = name
        self.size = size

    def set_state(self, state):
        raise Refused("it tries to change a storage type")


class Storage:
    __slots__ = ("type", "key", "count", "first")

    def __init__(self, kind, key, count, first=0):
        self.type = kind
        self.key = key
        self.count = count
        self.first = first

    def set_state(self, state):
        raise Refused("it tries to change a storage")


class View:
    """A tensor whose numbers are still in the file."""

    __slots__ = ("storage", "offset", "shape", "strides")

    def __init__(self, storage, offset, shape, strides):
        if not isinstance(storage, Storage):
            raise Refused("a tensor without a storage")
        check_shape(shape)
        if (type(offset) is not int or offset < 0
                or not isinstance(strides, tuple)
                or len(strides) != len(shape)
                or any(type(n) is not int for n in strides)):
            raise Refused("a tensor's place makes no sense")
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides

    def set_state(self, state):
        raise Refused("it tries to change a tensor")


class NumpyType:
    __slots__ = ("name", "order")

    def __init__(self, name):
        self.name = name
        self.order = "="

    def set_state(self, state):
        if not isinstance(state, tuple) or len(state) < 2:
            raise Refused("a numpy type makes no sense")
        self.order = state[1]


class NumpyArray:
    __slots__ = ("tensor",)

    def __init__(self):
        self.tensor = None

    def set_state(self, state):
        if not isinstance(state, tuple) or len(state) != 5:
            raise Refused("a numpy array makes no sense")
        _, shape, kind, by_column, data = state
        check_shape(shape)
        if (not isinstance(kind, NumpyType) or kind.name != "f4"
                or kind.order != "<"):
            raise Refused("a numpy array is not little-endian float32")
        if not isinstance(data, bytes) or len(data) != 4 * math.prod(shape):
            raise Refused("a numpy array's bytes do not fit its shape")
        self.tensor = Tensor(shape, data)
        if by_column is not False and len(shape) > 1:
            turned = Tensor(shape[::-1], data)
            self.tensor = turned.transposed(range(len(shape))[::-1])


class Allowed:
    """A function that a pickle may call; the name alone decides which."""

    __slots__ = ("function",)

    def __init__(self, function):
        self.function = function

    def set_state(self, state):
        raise Refused("it tries to change a function")


def check_key(key):
    """A nested key would be walked through, to any depth."""
    if type(key) not in (str, bytes, int, float, bool, type(None)):
        raise Refused("a dict has keys that are not names")
    return key


def make_dict(items=()):
    if not isinstance(items, (list, tuple)) or any(
            not isinstance(item, (list, tuple)) or len(item) != 2
            for item in items):
        raise Refused("a dict is made of something else than pairs")
    return StateDict((check_key(key), value) for key, value in items)


def make_tensor(storage, offset, shape, strides, *_):
    return View(storage, offset, shape, strides)


def make_parameter(data, *_):
    return data


def make_array(*_):
    return NumpyArray()


def make_type(name, *_):
    return NumpyType(name)


ALLOWED = {
    "collections.OrderedDict": Allowed(make_dict),
    "torch._utils._rebuild_tensor": Allowed(make_tensor),
    "torch._utils._rebuild_tensor_v2": Allowed(make_tensor),
    "torch._utils._rebuild_parameter": Allowed(make_parameter),
    "numpy.core.multiarray._reconstruct": Allowed(make_array),
    "numpy._core.multiarray._reconstruct": Allowed(make_array),
    "numpy.ndarray": Allowed(make_array),
    "numpy.dtype": Allowed(make_type),
}
for _name, _size in (("Double", 8), ("Float", 4), ("Half", 2),
                     ("BFloat16", 2), ("Long", 8), ("Int", 4), ("Short", 2),
                     ("Char", 1), ("Byte", 1), ("Bool", 1)):
    ALLOWED[f"torch.{_name}Storage"] = StorageType(f"{_name}Storage", _size)


def find(module, name):
    try:
        return ALLOWED[f"{module}.{name}"]
    except KeyError:
        raise Refused(f"it asks for {module[:80]}.{name[:80]}, and only "
                      "tensors are allowed") from None


def find_storage(saved):
    if (not isinstance(saved, tuple) or len(saved) not in (5, 6)
            or saved[0] not in ("storage", b"storage")
            or not isinstance(saved[1], StorageType)
            or not isinstance(saved[2], str)
            or type(saved[4]) is not int or saved[4] < 0):
        raise Refused("it refers to something that is not a storage")
    key, count, first = saved[2], saved[4], 0
    view = saved[5] if len(saved) == 6 else None
    if view is not None:
        # A part of another storage, as files of early 2017 have it.
        if (not isinstance(view, tuple) or len(view) != 3
                or any(type(n) is not int or n < 0 for n in view[1:])):
            raise Refused("a storage's place makes no sense")
        first, count = view[1], view[2]
    return Storage(saved[1], key, count, first)


# --- the machine ------------------------------------------------------------


class Steps:
    """What pickletools reads from: `size` bytes of a file, none beyond."""

    def __init__(self, file, size):
        self.file = file
        self.size = size
        self.at = 0

    def tell(self):
        return self.at

    def read(self, count):
        # A count that is a lie would be allocated before it is read.
        if count > self.size - self.at:
            raise Refused("it is cut short")
        data = self.file.read(count)
        self.at += len(data)
        return data

    def readline(self):
        line = self.file.readline(min(LONGEST_LINE, self.size - self.at))
        self.at += len(line)
        return line


class Machine:
    def __init__(self):
        self.stack = []
        self.below = []
        self.memo = {}

    def pop_marked(self):
        items, self.stack = self.stack, self.below.pop()
        return items

    def take(self, count):
        """The topmost items as a tuple, which they leave."""
        if count > len(self.stack):
            raise IndexError("nothing is left on its stack")
        items = tuple(self.stack[len(self.stack) - count:])
        del self.stack[len(self.stack) - count:]
        return items

    def append(self, items):
        if type(self.stack[-1]) is not list:
            raise Refused("it appends to something that is not a list")
        self.stack[-1].extend(items)

    def put(self, items):
        target = self.stack[-1]
        if not isinstance(target, dict) or len(items) % 2:
            raise Refused("it puts items into something that is not a dict")
        for key, value in zip(items[::2], items[1::2]):
            target[check_key(key)] = value

    def call(self):
        function, arguments = self.take(2)
        if not isinstance(function, Allowed) or type(arguments) is not tuple:
            raise Refused("it calls something that is not a function")
        self.stack.append(function.function(*arguments))

    def build(self):
        target, state = self.take(2)
        if not hasattr(target, "set_state"):
            raise Refused("it changes something that has no state")
        target.set_state(state)
        self.stack.append(target)

    def find(self, module, name):
        if not isinstance(module, str) or not isinstance(name, str):
            raise Refused("it asks for something without a name")
        self.stack.append(find(module, name))

    def refer(self):
        self.stack.append(find_storage(self.stack.pop()))


# What is done at each step that is known, with its argument.
def _known_steps():
    push = lambda machine, value: machine.stack.append(value)
    steps = dict.fromkeys(
        ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE",
         "SHORT_BINUNICODE", "BINUNICODE8", "BINSTRING", "SHORT_BINSTRING",
         "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"), push)

    def constant(make):
        return lambda machine, _: machine.stack.append(make())

    def make_tuple(count):
        return lambda machine, _: machine.stack.append(machine.take(count))

    def remember(machine, index):
        machine.memo[index] = machine.stack[-1]

    def mark(machine, _):
        machine.below.append(machine.stack)
        machine.stack = []

    steps.update({
        "PROTO": lambda machine, _: None,
        "FRAME": lambda machine, _: None,
        "NONE": constant(lambda: None),
        "NEWTRUE": constant(lambda: True),
        "NEWFALSE": constant(lambda: False),
        "EMPTY_LIST": constant(list),
        "EMPTY_DICT": constant(dict),
        "EMPTY_TUPLE": constant(tuple),
        "TUPLE1": make_tuple(1),
        "TUPLE2": make_tuple(2),
        "TUPLE3": make_tuple(3),
        "MARK": mark,
        "POP": lambda machine, _: machine.take(1),
        "POP_MARK": lambda machine, _: machine.pop_marked(),
        "TUPLE": lambda machine, _: push(machine, tuple(machine.pop_marked())),
        "APPEND": lambda machine, _: machine.append(machine.take(1)),
        "APPENDS": lambda machine, _: machine.append(machine.pop_marked()),
        "SETITEM": lambda machine, _: machine.put(machine.take(2)),
        "SETITEMS": lambda machine, _: machine.put(machine.pop_marked()),
        "BINPUT": remember,
        "LONG_BINPUT": remember,
        "MEMOIZE": lambda machine, _: remember(machine, len(machine.memo)),
        "BINGET": lambda machine, index: push(machine, machine.memo[index]),
        "LONG_BINGET":
            lambda machine, index: push(machine, machine.memo[index]),
        "GLOBAL": lambda machine, names: machine.find(
            *names.split(" ", maxsplit=1)),
        "STACK_GLOBAL": lambda machine, _: machine.find(*machine.take(2)),
        "REDUCE": lambda machine, _: machine.call(),
        "BUILD": lambda machine, _: machine.build(),
        "BINPERSID": lambda machine, _: machine.refer(),
    })
    return steps


STEPS = _known_steps()


def run(file, size):
    machine = Machine()
    for count, (step, argument, _) in enumerate(
            pickletools.genops(Steps(file, size))):
        if count >= MOST_STEPS:
            raise Refused("its pickle has more steps than any known")
        if step.name == "STOP":
            result, = machine.take(1)
            return result
        if step.name not in STEPS:
            raise Refused(f"its pickle has a step {step.name}, which no "
                          "tensor needs")
        STEPS[step.name](machine, argument)
    raise Refused("it is cut short")


def unpickle(file, size):
    """The value of the pickle at the file's position, within `size` bytes.

    The position is behind it then.  Raises Refused.
    """
    try:
        return run(file, size)
    except (Refused, MemoryError):
        raise
    except Exception as problem:  # a pickle can fail in any way it likes
        raise Refused(f"it is damaged ({str(problem)[:200]})") from None
