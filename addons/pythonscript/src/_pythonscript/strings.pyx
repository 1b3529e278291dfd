"""Text between Python and the engine: String, StringName, NodePath.

An engine String is UTF-32 without NULs and surrogates. Python's `str` may hold both, so a text that does is
refused by name and place: nothing is lost quietly.

Calls string_new_with_*_chars_and_len, string_to_utf32_chars, string_operator_index_const.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_Check
from libc.string cimport memchr
from _pythonscript.interface cimport *

cdef extern from "Python.h":
    enum: PyUnicode_1BYTE_KIND, PyUnicode_4BYTE_KIND
    int PyUnicode_KIND(object)
    void *PyUnicode_DATA(object)
    Py_ssize_t PyUnicode_GET_LENGTH(object)
    object PyUnicode_FromKindAndData(int kind, const void *buffer, Py_ssize_t size)
    uint32_t *PyUnicode_AsUCS4Copy(object) except NULL

cdef GDExtensionPtrConstructor string_from_name, string_from_path, name_from_name, name_from_string, path_from_string
cdef GDExtensionPtrDestructor destroy_string, destroy_name
cdef dict interned = {}  # str -> address of a StringName that lives until `close`
cdef dict names = {}     # str -> Name, of those asked for lately
cdef dict addresses = {}  # address of a StringName's data, which equal ones share -> Name, of those read lately
cdef set living = set()  # addresses of the StringNames of all Names
cdef bint closed = False

cdef enum:
    MOST_NAMES = 4096  # as many as a game's code mentions; names made up while it runs have no end


def load():
    """Looks up the constructors and destructors; after `interface.load`."""
    global string_from_name, string_from_path, name_from_name, name_from_string, path_from_string
    global destroy_string, destroy_name
    # The constructors' numbers are those of the engine's extension_api.json, the same in every Godot 4.
    string_from_name = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_STRING, 2)
    string_from_path = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_STRING, 3)
    name_from_name = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_STRING_NAME, 1)
    name_from_string = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_STRING_NAME, 2)
    path_from_string = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_NODE_PATH, 2)
    destroy_string = gde.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_STRING)
    destroy_name = gde.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_STRING_NAME)


def close():
    """Frees all names, whoever still has one; nothing of the host calls the engine afterwards."""
    global closed
    for address in interned.values():
        destroy_name(<void *><size_t>address)
        PyMem_Free(<void *><size_t>address)
    interned.clear()
    for address in living:
        destroy_name(<void *><size_t>address)
    closed = True


cdef object to_str(const void *string):
    cdef int64_t length = gde.string_to_utf32_chars(string, NULL, 0)
    if length == 0:
        return ""
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, gde.string_operator_index_const(string, 0), length)


cdef int new_string(object text, void *r_string) except -1:
    cdef Py_ssize_t length, i
    cdef uint32_t *wide
    if not PyUnicode_Check(text):
        raise TypeError(f"an engine String is made from a str, not from {type(text).__name__!r}")
    length = PyUnicode_GET_LENGTH(text)
    if PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND:
        if memchr(PyUnicode_DATA(text), 0, length) is not NULL:
            refuse(text, text.index("\0"), "NUL")
        gde.string_new_with_latin1_chars_and_len(r_string, <const char *>PyUnicode_DATA(text), length)
        return 0
    wide = PyUnicode_AsUCS4Copy(text)
    try:
        for i in range(length):
            if wide[i] == 0 or 0xD800 <= wide[i] <= 0xDFFF:
                refuse(text, i, "NUL" if wide[i] == 0 else f"lone surrogate U+{wide[i]:04X}")
        gde.string_new_with_utf32_chars_and_len(r_string, <const char32_t *>wide, length)
    finally:
        PyMem_Free(wide)
    return 0


cdef int refuse(object text, Py_ssize_t index, object what) except -1:
    shown = text if len(text) <= 40 else text[:37] + "..."
    raise ValueError(f"an engine String cannot hold the {what} at index {index} of {shown!r}")


cdef object name_to_str(const void *string_name):
    return via_string(string_name, string_from_name)


cdef object path_to_str(const void *node_path):
    return via_string(node_path, string_from_path)


cdef object via_string(const void *source, GDExtensionPtrConstructor constructor):
    cdef void *string = NULL
    cdef const void *arguments[1]
    arguments[0] = source
    constructor(&string, <const GDExtensionConstTypePtr *>arguments)
    try:
        return to_str(&string)
    finally:
        destroy_string(&string)


cdef int new_name(object text, void *r_string_name) except -1:
    return from_string(text, r_string_name, name_from_string)


cdef int new_path(object text, void *r_node_path) except -1:
    return from_string(text, r_node_path, path_from_string)


cdef int from_string(object text, void *r_value, GDExtensionPtrConstructor constructor) except -1:
    cdef void *string = NULL
    cdef const void *arguments[1]
    new_string(text, &string)
    arguments[0] = &string
    constructor(r_value, <const GDExtensionConstTypePtr *>arguments)
    destroy_string(&string)
    return 0


cdef void free_string(void *string) noexcept nogil:
    destroy_string(string)


cdef void free_name(void *string_name) noexcept nogil:
    destroy_name(string_name)


cdef class Name:
    """A StringName that lives as long as it is referred to: for members, whose names may be made up as the game runs."""

    def __dealloc__(self):
        if not closed:
            living.discard(<size_t>&self.value)
            destroy_name(&self.value)


cdef Name name_of(object text):
    """The name of a text. Those used lately are kept."""
    cdef Name name = names.get(text)
    if name is None:
        name = Name.__new__(Name)
        new_name(text, &name.value)
        living.add(<size_t>&name.value)
        if len(names) == MOST_NAMES:
            names.clear()
        names[str(text)] = name
    return name


cdef Name name_at(const void *string_name):
    """The name that is one of the engine's. Those used lately are kept."""
    cdef size_t address = (<size_t *>string_name)[0]
    cdef Name name = addresses.get(address)
    if name is None:
        name = Name.__new__(Name)
        copy_name(string_name, &name.value)
        living.add(<size_t>&name.value)
        if len(addresses) == MOST_NAMES:
            addresses.clear()
        addresses[address] = name
    return name


cdef void copy_name(const void *string_name, void *r_string_name) noexcept:
    cdef const void *arguments[1]
    arguments[0] = string_name
    name_from_name(r_string_name, <const GDExtensionConstTypePtr *>arguments)


cdef void *intern(object text) except NULL:
    """The StringName of `text`, for names that are declared: it lives until the host stops."""
    cdef void *cell
    address = interned.get(text)
    if address is not None:
        return <void *><size_t>address
    cell = PyMem_Malloc(sizeof(void *))
    if cell is NULL:
        raise MemoryError()
    try:
        new_name(text, cell)
    except BaseException:
        PyMem_Free(cell)
        raise
    interned[str(text)] = <size_t>cell
    return cell
