"""PackedByteArray: bytes that Python and the engine share without a copy.

The engine's packed arrays are copy-on-write vectors. `PackedByteArray` holds one and lends its memory by the
buffer protocol: a socket reads straight into it, and handing it to the engine only counts a reference.

Calls packed_byte_array_operator_index, and the builtin methods size and resize.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_FillInfo, PyBuffer_Release, PyObject_GetBuffer
from libc.string cimport memcpy
from _pythonscript.interface cimport *
from _pythonscript cimport strings

cdef GDExtensionPtrConstructor construct_empty, construct_copy
cdef GDExtensionPtrDestructor destroy
cdef GDExtensionPtrBuiltInMethod get_size, resize

SIZE_HASH = 3173160232
RESIZE_HASH = 848867239


def load():
    """Looks up the array's constructors and methods; after `strings.load`."""
    global construct_empty, construct_copy, destroy, get_size, resize
    construct_empty = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, 0)
    construct_copy = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, 1)
    destroy = gde.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY)
    get_size = gde.variant_get_ptr_builtin_method(
        GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, strings.intern("size"), SIZE_HASH)
    resize = gde.variant_get_ptr_builtin_method(
        GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, strings.intern("resize"), RESIZE_HASH)


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

    def __len__(self):
        return self.size

    def __bytes__(self):
        return packed_to_bytes(self.value)

    def __getitem__(self, index):
        return memoryview(self)[index] if isinstance(index, int) else bytes(memoryview(self)[index])

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
