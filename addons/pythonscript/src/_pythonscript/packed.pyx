"""PackedByteArray: bytes that Python and the engine share without a copy.

The engine's packed arrays are copy-on-write vectors. `PackedByteArray` holds one and lends its memory by the
buffer protocol: a socket reads straight into it, and handing it to the engine only counts a reference.

Python's names have Python's meaning, that of a bytearray; the engine's other methods are called by name.

Calls packed_byte_array_operator_index, and the builtin methods size and resize.
"""

import operator
from collections.abc import MutableSequence
from functools import partial
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_FillInfo, PyBuffer_Release, PyObject_GetBuffer
from libc.string cimport memcpy
from _pythonscript.interface cimport *
from _pythonscript cimport builtin

cdef GDExtensionPtrConstructor construct_empty, construct_copy
cdef GDExtensionPtrDestructor destroy
cdef GDExtensionPtrBuiltInMethod get_size, resize
cdef object caller = None  # the module `outgoing`, which calls methods by name and says so when it is loaded
cdef GDExtensionVariantFromTypeConstructorFunc box
cdef GDExtensionTypeFromVariantConstructorFunc unbox

CHANGING = ("bswap", "encode_", "erase", "fill", "remove_at", "set", "sort")
"""Begins of the methods of the engine's that change an array, where it has none of that name here."""


def load():
    """Looks up the array's constructors and methods; after `strings.load`."""
    global construct_empty, construct_copy, destroy, get_size, resize, box, unbox
    construct_empty = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, 0)
    construct_copy = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, 1)
    destroy = gde.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY)
    box = gde.get_variant_from_type_constructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY)
    unbox = gde.get_variant_to_type_constructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY)
    get_size = builtin.method(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, "size")
    resize = builtin.method(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, "resize")


cdef class PackedByteArray:
    """A mutable array of bytes in the engine's memory (class reference: PackedByteArray).

    Python's view of it is the buffer protocol (`memoryview(array)`, `socket.recv_into(array)`); the engine takes it
    as it is, without a copy. Written to after it was handed over, it parts from the engine's copy first.

    Args:
        source: the size in bytes of an array to be filled, or bytes-like data to be copied.

    Raises:
        ValueError: a negative size.
        TypeError: `source` is neither.
    """

    def __cinit__(self, source=0):
        construct_empty(self.value, NULL)
        if isinstance(source, int):
            if source < 0:
                raise ValueError(f"the size of a PackedByteArray cannot be {source}")
            set_size(self.value, source)
            self.size = source
            self.owned = True
        elif source is not None:
            destroy(self.value)
            new_packed_bytes(source, self.value)
            self.size = size_of(self.value)
            self.owned = not isinstance(source, PackedByteArray)

    def __dealloc__(self):
        destroy(self.value)

    def resize(self, Py_ssize_t size):
        """Keeps the first `size` bytes, or adds bytes of no certain value (class reference: resize).

        Raises:
            BufferError: a memoryview of the array is still in use.
        """
        if self.exports:
            raise BufferError("a PackedByteArray cannot change its size while a memoryview of it is in use")
        if size < 0:
            raise ValueError(f"the size of a PackedByteArray cannot be {size}")
        if size != self.size:
            set_size(self.value, size)
            self.size = size

    cdef unsigned char *memory(self) except NULL:
        """Where the bytes are, to be written to. There must be some."""
        if not self.exports:
            return gde.packed_byte_array_operator_index(self.value, 0)
        if not self.writable:
            raise BufferError("a PackedByteArray cannot be written to while a read-only memoryview of it is in use")
        return <unsigned char *>self.data

    cdef int become(self, bytearray new) except -1:
        """Makes these all its bytes."""
        self.resize(len(new))
        if self.size:
            memcpy(self.memory(), <const char *>new, self.size)
        return 0

    def __len__(self):
        return self.size

    def __bytes__(self):
        return packed_to_bytes(self.value)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return PackedByteArray(bytes(memoryview(self)[index]))
        return gde.packed_byte_array_operator_index_const(self.value, position(index, self.size))[0]

    def __setitem__(self, index, value):
        cdef unsigned char byte
        cdef bytearray new
        if isinstance(index, slice):
            new = bytearray(self)
            new[index] = as_bytes(value)
            self.become(new)
        else:
            byte = as_bytes((value,))[0]
            self.memory()[position(index, self.size)] = byte

    def __delitem__(self, index):
        cdef bytearray new = bytearray(self)
        del new[index if isinstance(index, slice) else position(index, self.size)]
        self.become(new)

    def __iter__(self):
        return iter(packed_to_bytes(self.value))

    def __contains__(self, value):
        return value in packed_to_bytes(self.value)

    def __add__(self, other):
        if not isinstance(other, (PackedByteArray, bytes, bytearray, memoryview)):
            return NotImplemented
        sum = self[:]
        sum += other
        return sum

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __copy__(self):
        return self[:]

    def __deepcopy__(self, memo):
        return self[:]

    def __reduce__(self):
        return PackedByteArray, (packed_to_bytes(self.value),)

    def append(self, byte, /):
        """Adds a byte at the end.

        Raises:
            ValueError: it is not in range(0, 256).
            BufferError: a memoryview of the array is still in use; so with all that changes the size.
        """
        self.extend((byte,))

    def extend(self, items, /):
        """Adds bytes at the end: bytes-like data, or an iterable of ints."""
        cdef bytearray new = as_bytes(items)
        cdef Py_ssize_t size = self.size
        if new:
            self.resize(size + len(new))
            memcpy(self.memory() + size, <const char *>new, len(new))

    def insert(self, index, byte, /):
        """Adds a byte before the one at `index`."""
        cdef bytearray new = bytearray(self)
        new.insert(index, as_bytes((byte,))[0])
        self.become(new)

    def pop(self, index=-1, /):
        """Removes a byte, the last one if nothing is said, and returns it.

        Raises:
            IndexError: there is none.
        """
        if not self.size:
            raise IndexError("pop from empty PackedByteArray")
        byte = self[index]
        if index == -1:
            self.resize(self.size - 1)
        else:
            del self[index]
        return byte

    def remove(self, byte, /):
        """Removes the first byte of this value.

        Raises:
            ValueError: there is none.
        """
        del self[self.index(byte)]

    def clear(self):
        """Removes all bytes."""
        self.resize(0)

    def reverse(self):
        """Turns the order round."""
        self.become(bytearray(self)[::-1])

    def index(self, value, *limits):
        """Where a byte, or a sequence of bytes, is first, as bytes.index says.

        Raises:
            ValueError: it is not there.
        """
        found = packed_to_bytes(self.value).find(value, *limits)
        if found < 0:
            raise ValueError(f"{value!r} is not in the PackedByteArray")
        return found

    def count(self, value, *limits):
        """How often a byte, or a sequence of bytes, is there, as bytes.count says."""
        return packed_to_bytes(self.value).count(value, *limits)

    # Methods of the engine's that Python's are quicker than

    def push_back(self, byte, /):
        """`append`, as the engine calls it."""
        self.append(byte)

    def append_array(self, items, /):
        """`extend`, as the engine calls it."""
        self.extend(items)

    def duplicate(self):
        """Another one of the same bytes."""
        return self[:]

    def __getattr__(self, str name):
        if not name.startswith("_") and caller.has_method(PackedByteArray(), name):
            return partial(change if name.startswith(CHANGING) else ask, self, name)
        raise AttributeError(f"PackedByteArray has no attribute {name!r}", name=name, obj=self)

    def __eq__(self, other):
        try:
            return memoryview(self) == memoryview(other)
        except TypeError:
            return NotImplemented

    __hash__ = None

    def __repr__(self):
        return f"PackedByteArray({packed_to_bytes(self.value)!r})" if self.size <= 40 else f"<PackedByteArray of {self.size} bytes>"

    def __getbuffer__(self, Py_buffer *view, int flags):
        # All views of a time lend the same memory, as the first of them asked for it. Only asking for writable memory
        # parts the vector from its other owners, so an engine's array of any size is read without a copy.
        if not self.exports:
            self.writable = self.owned or (flags & PyBUF_WRITABLE) != 0
            if self.size == 0:
                self.data = NULL
            elif self.writable:
                self.data = gde.packed_byte_array_operator_index(self.value, 0)
            else:
                self.data = <void *>gde.packed_byte_array_operator_index_const(self.value, 0)
        PyBuffer_FillInfo(view, self, self.data, self.size, not self.writable, flags)
        self.exports += 1

    def __releasebuffer__(self, Py_buffer *view):
        self.exports -= 1


MutableSequence.register(PackedByteArray)


def ask(array, name, *arguments):
    """Calls a method of the engine's that changes nothing."""
    result = caller.call_method(array, name, *arguments)
    return PackedByteArray(result) if isinstance(result, bytes) else result


def change(array, name, *arguments):
    """Calls a method of the engine's that changes the array."""
    return caller.call_changing(array, name, *arguments)[0]


cdef bytearray as_bytes(object items):
    """Bytes-like data, or an iterable of ints."""
    cdef bytearray result = bytearray()
    if isinstance(items, str):
        raise TypeError("a PackedByteArray holds bytes: encode text first, by str.encode()")
    result.extend(items)
    return result


cdef Py_ssize_t position(object index, Py_ssize_t size) except -1:
    """The place of an index, which may count from the end."""
    cdef Py_ssize_t given
    if not hasattr(type(index), "__index__"):
        raise TypeError(f"PackedByteArray indices must be integers or slices, not {type(index).__name__}")
    index = operator.index(index)
    if not -size <= index < size:
        raise IndexError("PackedByteArray index out of range")
    given = index
    return given + size if given < 0 else given


cdef int take_out(PackedByteArray array, Variant *r_variant) except -1:
    """Moves the bytes into a Variant, for a call that changes them."""
    if array.exports:
        raise BufferError("a PackedByteArray cannot be changed by the engine while a memoryview of it is in use")
    box(r_variant, array.value)
    destroy(array.value)
    construct_empty(array.value, NULL)
    return 0


cdef int put_back(PackedByteArray array, const Variant *variant) except -1:
    destroy(array.value)
    unbox(array.value, <void *>variant)
    array.size = size_of(array.value)
    return 0


cdef int set_size(void *array, int64_t size) except -1:
    cdef int64_t result = 0
    cdef const void *arguments[1]
    arguments[0] = &size
    resize(array, <const GDExtensionConstTypePtr *>arguments, &result, 1)
    if result != 0:
        raise MemoryError(f"the engine has no memory for a PackedByteArray of {size} bytes")
    return 0


cdef int64_t size_of(const void *array) noexcept nogil:
    cdef int64_t result = 0
    get_size(<void *>array, NULL, &result, 0)
    return result


cdef PackedByteArray share(const void *array):
    """A Python object for an engine's array: both refer to the same memory until one of them is written to."""
    cdef PackedByteArray self = PackedByteArray.__new__(PackedByteArray, None)
    cdef const void *arguments[1]
    arguments[0] = array
    destroy(self.value)
    construct_copy(self.value, <const GDExtensionConstTypePtr *>arguments)
    self.size = size_of(self.value)
    return self


cdef int new_packed_bytes(object data, void *r_array) except -1:
    """Makes an engine's array from bytes-like data: shared if it is a PackedByteArray already, copied once otherwise."""
    cdef const void *arguments[1]
    cdef Py_buffer view
    if isinstance(data, PackedByteArray):
        arguments[0] = (<PackedByteArray>data).value
        construct_copy(r_array, <const GDExtensionConstTypePtr *>arguments)
        return 0
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        construct_empty(r_array, NULL)
        try:
            set_size(r_array, view.len)
        except BaseException:
            destroy(r_array)
            raise
        if view.len:
            memcpy(gde.packed_byte_array_operator_index(r_array, 0), view.buf, view.len)
    finally:
        PyBuffer_Release(&view)
    return 0


cdef bytes packed_to_bytes(const void *array):
    cdef int64_t size = size_of(array)
    if size == 0:
        return b""
    return PyBytes_FromStringAndSize(<const char *>gde.packed_byte_array_operator_index_const(array, 0), size)
