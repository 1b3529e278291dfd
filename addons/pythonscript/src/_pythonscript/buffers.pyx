"""Memory that others lend by the buffer protocol (numpy, ctypes, array.array, memoryview) as packed arrays.

    items of the buffer                    in one dimension, without a declared type
    8 bits, unsigned                       PackedByteArray
    32 or 64 bits, signed                  PackedInt32Array, PackedInt64Array
    32 or 64 bits, floating                PackedFloat32Array, PackedFloat64Array
    anything else, or more dimensions      TypeError

A declared packed array of numbers takes any numbers that fit it, one of vectors or colours takes `(n, 2)`, `(n, 3)` or
`(n, 4)` numbers. Items that are of the engine's width already are copied as one piece of memory, others one by one.

Calls packed_int32_array_operator_index_const and its companions, and the builtin methods size and resize.
"""

import struct
from array import array as number_array
from cpython.buffer cimport (
    PyBUF_FULL_RO, PyBUF_SIMPLE, PyBuffer_IsContiguous, PyBuffer_Release, PyBuffer_ToContiguous, PyObject_GetBuffer)
from libc.string cimport memcpy
from _pythonscript.interface cimport *
from _pythonscript cimport builtin

cdef struct Target:          # a packed array that buffers become
    char code                # of its numbers, as `array` has them
    int width                # bytes of a number
    int columns              # numbers of an item
    GDExtensionPtrBuiltInMethod size, resize

cdef Target targets[39]      # by Variant.Type

TARGETS = {
    GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY: ("B", 1), GDEXTENSION_VARIANT_TYPE_PACKED_INT32_ARRAY: ("i", 1),
    GDEXTENSION_VARIANT_TYPE_PACKED_INT64_ARRAY: ("q", 1), GDEXTENSION_VARIANT_TYPE_PACKED_FLOAT32_ARRAY: ("f", 1),
    GDEXTENSION_VARIANT_TYPE_PACKED_FLOAT64_ARRAY: ("d", 1), GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR2_ARRAY: ("f", 2),
    GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR3_ARRAY: ("f", 3), GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR4_ARRAY: ("f", 4),
    GDEXTENSION_VARIANT_TYPE_PACKED_COLOR_ARRAY: ("f", 4),
}
for _type, (_code, _columns) in TARGETS.items():
    targets[<int>_type].code, targets[<int>_type].columns = ord(_code), _columns
    targets[<int>_type].width = struct.calcsize(_code)

KINDS = {"f": "f", "d": "f", "e": "f", "c": "u", "B": "u", "H": "u", "I": "u", "L": "u", "Q": "u", "N": "u",
         "b": "i", "h": "i", "i": "i", "l": "i", "q": "i", "n": "i", "?": "?"}
"""Letters of a format (module struct) -> what numbers they are: floating, unsigned, signed, bool."""

CODES = {
    ("u", 1): "B", ("u", 2): "H", ("u", 4): "I", ("u", 8): "Q", ("i", 1): "b", ("i", 2): "h", ("i", 4): "i", ("i", 8): "q",
    ("f", 2): "e", ("f", 4): "f", ("f", 8): "d", ("?", 1): "?",
}
"""Kind and width of a number -> the letter that has this width everywhere. ctypes says `<l` of eight bytes, too."""

NATURAL = {
    ("u", 1): GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY, ("i", 4): GDEXTENSION_VARIANT_TYPE_PACKED_INT32_ARRAY,
    ("i", 8): GDEXTENSION_VARIANT_TYPE_PACKED_INT64_ARRAY, ("f", 4): GDEXTENSION_VARIANT_TYPE_PACKED_FLOAT32_ARRAY,
    ("f", 8): GDEXTENSION_VARIANT_TYPE_PACKED_FLOAT64_ARRAY,
}


cdef int load() except -1:
    """Looks up the methods of the packed arrays; after `strings.load`."""
    cdef int type
    for type in TARGETS:
        if type != GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR4_ARRAY or engine.minor >= 3:
            targets[type].size, targets[type].resize = builtin.method(type, "size"), builtin.method(type, "resize")
    return 0


cdef object number_in(object data):
    """The number that a buffer of no dimension is (numpy's bool, ctypes.c_int); None if it has dimensions, or is none."""
    cdef Py_buffer view
    lend(data, &view)
    try:
        kind, order = format_of(&view)
        return None if view.ndim or kind is None else numbers_in(&view, kind, order)[0]
    finally:
        PyBuffer_Release(&view)


cdef int write_buffer(object data, int wanted, Variant *r_variant) except -1:
    """Makes a packed array of a buffer.

    Args:
        wanted: the declared Variant.Type, 0 for the one that the format tells.

    Raises:
        TypeError: no packed array, or not that one, takes a buffer of this format and shape.
        OverflowError: a number does not fit the declared array's.
    """
    cdef Py_buffer view
    cdef bytes changed
    cdef int64_t size
    cdef char *target
    cdef void *array[2]
    lend(data, &view)
    try:
        kind, order = format_of(&view)
        if wanted == GDEXTENSION_VARIANT_TYPE_NIL and view.ndim == 1 and not order:
            wanted = NATURAL.get((kind, view.itemsize), 0)
        if not takes(wanted, &view, kind):
            shape = tuple([view.shape[i] for i in range(view.ndim)])
            name = builtin.type_name(wanted) if wanted else "packed array"
            raise TypeError(f"a buffer of format {text_of(&view)!r} and shape {shape} cannot become a {name}")
        size = view.shape[0]
        same = (kind, view.itemsize) == (KINDS[chr(targets[wanted].code)], targets[wanted].width) and not order
        changed = b"" if same else converted(numbers_in(&view, kind, order), chr(targets[wanted].code))
        gde.variant_get_ptr_constructor(<GDExtensionVariantType>wanted, 0)(array, NULL)
        try:
            target = resized(wanted, array, size)
            if not size:
                pass
            elif not same:
                memcpy(target, <const char *>changed, len(changed))
            elif PyBuffer_IsContiguous(&view, c"C"):
                memcpy(target, view.buf, view.len)
            else:
                PyBuffer_ToContiguous(target, &view, view.len, c"C")
            gde.get_variant_from_type_constructor(<GDExtensionVariantType>wanted)(r_variant, array)
        finally:
            gde.variant_get_ptr_destructor(<GDExtensionVariantType>wanted)(array)
    finally:
        PyBuffer_Release(&view)
    return 0


cdef int lend(object data, Py_buffer *view) except -1:
    try:
        PyObject_GetBuffer(data, view, PyBUF_FULL_RO)
    except (BufferError, ValueError) as error:  # of numpy, whose dates have no format
        raise TypeError(f"a {type(data).__name__} has no counterpart in the engine: {error}") from error
    return 0


cdef str text_of(Py_buffer *view):
    return "B" if view.format is NULL else (<bytes>view.format).decode("latin-1")


cdef tuple format_of(Py_buffer *view):
    """What numbers the items are, None if they are none, and the order of their bytes where that is not the machine's."""
    text = text_of(view)
    order = ">" if text[:1] in (">", "!") and view.itemsize > 1 else ""
    kind = KINDS.get(text[1:] if text[:1] in ("@", "=", "<", "^", "|", ">", "!") else text)
    return kind if (kind, view.itemsize) in CODES else None, order


cdef bint takes(int wanted, Py_buffer *view, object kind) except -1:
    """Whether a packed array can be made of numbers of this kind in this shape."""
    if not wanted or not targets[wanted].columns or kind is None:
        return False
    if view.ndim != (1 if targets[wanted].columns == 1 else 2) or view.ndim == 2 and view.shape[1] != targets[wanted].columns:
        return False
    if wanted == GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY:  # of wider items it would be the numbers, or the memory
        return view.itemsize == 1 and kind != "?"
    return kind != "f" or KINDS[chr(targets[wanted].code)] == "f"


cdef tuple numbers_in(Py_buffer *view, object kind, object order):
    """All numbers of a buffer, in the order of its dimensions."""
    cdef bytearray memory = bytearray(view.len)
    if view.len:
        PyBuffer_ToContiguous(<char *>memory, view, view.len, c"C")
    return struct.unpack(f"{order or '='}{view.len // view.itemsize}{CODES[kind, view.itemsize]}", memory)


cdef bytes converted(tuple items, object code):
    """The memory of an array of these numbers."""
    return number_array(code, items).tobytes()


cdef int write_numbers(object numbers, int type, Variant *r_variant) except -1:
    """Makes a packed array of memory that holds just its numbers, side by side."""
    cdef Py_buffer view
    cdef void *array[2]
    cdef char *target
    PyObject_GetBuffer(numbers, &view, PyBUF_SIMPLE)
    try:
        gde.variant_get_ptr_constructor(<GDExtensionVariantType>type, 0)(array, NULL)
        try:
            target = resized(type, array, view.len // targets[type].width)
            if view.len:
                memcpy(target, view.buf, view.len)
            gde.get_variant_from_type_constructor(<GDExtensionVariantType>type)(r_variant, array)
        finally:
            gde.variant_get_ptr_destructor(<GDExtensionVariantType>type)(array)
    finally:
        PyBuffer_Release(&view)
    return 0


cdef bytes memory_of(int type, const void *array):
    """A copy of all items of a packed array, side by side."""
    cdef int64_t size = size_of(type, array) * targets[type].columns * targets[type].width
    return items_of(type, array)[:size] if size else b""


cdef int64_t size_of(int type, const void *array) noexcept:
    """How many items a packed array has, of any type but strings."""
    cdef int64_t size = 0
    targets[type].size(<void *>array, NULL, &size, 0)
    return size


cdef char *resized(int type, void *array, int64_t size) except? NULL:
    """Gives a new packed array its size; returns where its items begin, NULL if there are none."""
    cdef int64_t result = 0
    cdef const void *arguments[1]
    if (
        type == GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR4_ARRAY
        and gde.packed_vector4_array_operator_index_const is NULL
    ):
        raise TypeError("this engine has no PackedVector4Array: that needs Godot 4.3")
    arguments[0] = &size
    targets[type].resize(array, <const GDExtensionConstTypePtr *>arguments, &result, 1)
    if result:
        raise MemoryError(f"the engine has no memory for {size} items")
    return items_of(type, array) if size else NULL


cdef char *items_of(int type, const void *array) noexcept:
    """Where the items begin, of which there must be some; to be written to only while nobody shares the array."""
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY:
        return <char *>gde.packed_byte_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_INT32_ARRAY:
        return <char *>gde.packed_int32_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_INT64_ARRAY:
        return <char *>gde.packed_int64_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_FLOAT32_ARRAY:
        return <char *>gde.packed_float32_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_FLOAT64_ARRAY:
        return <char *>gde.packed_float64_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR2_ARRAY:
        return <char *>gde.packed_vector2_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_VECTOR3_ARRAY:
        return <char *>gde.packed_vector3_array_operator_index_const(array, 0)
    if type == GDEXTENSION_VARIANT_TYPE_PACKED_COLOR_ARRAY:
        return <char *>gde.packed_color_array_operator_index_const(array, 0)
    return <char *>gde.packed_vector4_array_operator_index_const(array, 0)
