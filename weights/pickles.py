# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads float32 tensors out of pickled files and nothing else.

Three kinds are known: PyTorch's zip files (1.6 and later), PyTorch's files of
2017 to 2019 (several pickles, then raw storages), and plain pickles of dicts
of numpy arrays.  Neither PyTorch nor numpy is needed.

A pickle is a program.  This one may build dicts, lists, numbers, strings and
the stand-ins below; every other name it asks for is refused before anything
is called.
"""

import array
import math
import pickle
import re
import struct
import zipfile

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
# Numbers in one tensor; the largest published one has 102 760 448.
MOST_NUMBERS = 1 << 28
MOST_DIMENSIONS = 8
# Bytes of the pickle inside a zip file, which holds no numbers.
MOST_PICKLE = 64 << 20
WORD = "I"
assert array.array(WORD).itemsize == 4


class Refused(Exception):
    """A file that is refused; the text is for users."""


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
# They have no attributes that a pickle could set, and no class of Python's
# own is ever handed to it.


class StateDict(dict):
    """Stands in for collections.OrderedDict."""

    __slots__ = ()

    def __setstate__(self, state):
        """Drops the version notes that PyTorch attaches."""


class StorageType:
    __slots__ = ("name", "size")

    def __init__(self, name, size):
        self.name = name
        self.size = size

    def __setstate__(self, state):
        raise Refused("it tries to change a storage type")


class Storage:
    __slots__ = ("type", "key", "count", "first")

    def __init__(self, kind, key, count, first=0):
        self.type = kind
        self.key = key
        self.count = count
        self.first = first

    def __setstate__(self, state):
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

    def __setstate__(self, state):
        raise Refused("it tries to change a tensor")


class NumpyType:
    __slots__ = ("name", "order")

    def __init__(self, name):
        self.name = name
        self.order = "="

    def __setstate__(self, state):
        if not isinstance(state, tuple) or len(state) < 2:
            raise Refused("a numpy type makes no sense")
        self.order = state[1]


class NumpyArray:
    __slots__ = ("tensor",)

    def __init__(self):
        self.tensor = None

    def __setstate__(self, state):
        try:
            _, shape, kind, by_column, data = state
        except (TypeError, ValueError):
            raise Refused("a numpy array makes no sense") from None
        check_shape(shape)
        if (not isinstance(kind, NumpyType) or kind.name != "f4"
                or kind.order != "<"):
            raise Refused("a numpy array is not little-endian float32")
        if not isinstance(data, bytes) or len(data) != 4 * math.prod(shape):
            raise Refused("a numpy array's bytes do not fit its shape")
        self.tensor = Tensor(shape, data)
        if by_column:
            turned = Tensor(shape[::-1], data)
            self.tensor = turned.transposed(range(len(shape))[::-1])


class Allowed:
    """A function that a pickle may call; the name alone decides which."""

    __slots__ = ("function",)

    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return self.function(*args)

    def __setstate__(self, state):
        raise Refused("it tries to change a function")


def make_dict(items=()):
    return StateDict((key, value) for key, value in items)


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


class TensorUnpickler(pickle.Unpickler):
    def __init__(self, file):
        super().__init__(file, encoding="latin-1")

    def find_class(self, module, name):
        try:
            return ALLOWED[f"{module}.{name}"]
        except KeyError:
            raise Refused(
                f"it asks for {module}.{name}, and only tensors are allowed"
            ) from None

    def persistent_load(self, saved):
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


def unpickle(file):
    try:
        return TensorUnpickler(file).load()
    except Refused:
        raise
    except Exception as problem:  # a pickle can fail in any way it likes
        raise Refused(f"it is damaged ({problem})") from None


# --- files ------------------------------------------------------------------


def flatten(tree):
    """Pairs of a dotted name and a leaf, of dicts in dicts."""
    waiting, seen = [("", tree)], set()
    while waiting:
        prefix, branch = waiting.pop()
        # A pickle can put a dict into itself.
        if id(branch) in seen:
            raise Refused("one of its dicts is in several places")
        seen.add(id(branch))
        for key, value in branch.items():
            if not isinstance(key, str):
                raise Refused("a dict has keys that are not names")
            if isinstance(value, dict):
                waiting.append((f"{prefix}{key}.", value))
            else:
                yield prefix + key, value


def read_view(name, view, read_words):
    if view.storage.type.name != "FloatStorage":
        raise Refused(
            f"tensor '{name}' is {view.storage.type.name}, not float32")
    if view.storage.count > MOST_NUMBERS:
        raise Refused(f"tensor '{name}' is larger than any known")
    words = array.array(WORD)
    words.frombytes(read_words(view.storage))
    if len(words) != view.storage.count:
        raise Refused(f"tensor '{name}' is cut short")
    return gather(words, view.offset, view.shape, view.strides)


def take(tree, wanted, read_words):
    if not isinstance(tree, dict):
        raise Refused("it does not hold a dict of tensors")
    tensors = {}
    for name, leaf in flatten(tree):
        name = re.sub(r"^(state_dict|params)\.", "", name)
        if not wanted(name):
            continue
        if isinstance(leaf, View):
            tensors[name] = read_view(name, leaf, read_words)
        elif isinstance(leaf, NumpyArray):
            if leaf.tensor is None:
                raise Refused(f"array '{name}' has no numbers")
            tensors[name] = leaf.tensor
    return tensors


def read_zip(file, wanted):
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        found = [n for n in names if n.endswith("/data.pkl")]
        if len(found) != 1:
            raise Refused("this zip file is not one of PyTorch's")
        root = found[0][:-len("data.pkl")]
        if (root + "byteorder" in names
                and archive.read(root + "byteorder").strip() != b"little"):
            raise Refused("its numbers are not little-endian")
        if archive.getinfo(found[0]).file_size > MOST_PICKLE:
            raise Refused("its pickle is larger than any known")
        with archive.open(found[0]) as member:
            tree = unpickle(member)

        def read_words(storage):
            name = f"{root}data/{storage.key}"
            if name not in names:
                raise Refused(f"storage '{storage.key}' is missing")
            if archive.getinfo(name).file_size != 4 * storage.count:
                raise Refused(f"storage '{storage.key}' has another size")
            return archive.read(name)

        return take(tree, wanted, read_words)


def read_legacy(file, wanted):
    """The rest of a file of 2017 to 2019, after its magic number."""
    if unpickle(file) != PROTOCOL:
        raise Refused("its PyTorch format is of an unknown version")
    system = unpickle(file)
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise Refused("its numbers are not little-endian")
    tree = unpickle(file)
    keys = unpickle(file)
    if not isinstance(keys, list) or any(
            not isinstance(key, str) for key in keys):
        raise Refused("its list of storages makes no sense")
    sizes = {}
    if isinstance(tree, dict):
        for _, leaf in flatten(tree):
            if isinstance(leaf, View):
                sizes[leaf.storage.key] = leaf.storage.type.size
    places = {}
    for key in keys:
        head = file.read(8)
        if len(head) < 8:
            raise Refused("it is cut short")
        count, = struct.unpack("<q", head)
        if count < 0 or key not in sizes:
            raise Refused(f"storage '{key}' makes no sense")
        places[key] = (file.tell(), count)
        file.seek(count * sizes[key], 1)

    def read_words(storage):
        if storage.key not in places:
            raise Refused(f"storage '{storage.key}' is missing")
        start, count = places[storage.key]
        if storage.first + storage.count > count:
            raise Refused(f"storage '{storage.key}' has another size")
        file.seek(start + 4 * storage.first)
        return file.read(4 * storage.count)

    return take(tree, wanted, read_words)


def read_tensors(file, wanted):
    """Tensors by name from a seekable binary file.

    Nested dicts give dotted names.  Only the tensors are read for whose name
    wanted(name) holds.  Raises Refused for everything that is not such a
    file; the text does not name the file.
    """
    start = file.read(4)
    file.seek(0)
    try:
        if start == b"PK\3\4":
            return read_zip(file, wanted)
        if start[:1] != b"\x80":
            raise Refused("this is not a PyTorch file"
                          + (" but a web page" if start[:1] == b"<" else ""))
        first = unpickle(file)
        if first == MAGIC:
            return read_legacy(file, wanted)

        def no_words(storage):
            raise Refused("its storages are missing")

        return take(first, wanted, no_words)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError,
            MemoryError, NotImplementedError, RuntimeError) as problem:
        raise Refused(f"it is damaged ({problem})") from None
