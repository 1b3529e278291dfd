from cpython.object cimport PyObject
from libc.string cimport memcpy
from _pythonscript.interface cimport *

cdef enum:
    TYPES = 39         # Variant.Type.TYPE_MAX of Godot 4.3; older engines have one less
    MOST_NUMBERS = 16  # Projection's

cdef struct Kind:                 # what is known of a value type; all zero for another Variant.Type
    int count                     # its numbers
    bint integral                 # they are int32_t, not float
    PyObject *python              # its class
    float initial[MOST_NUMBERS]   # its default

cdef Kind kinds[TYPES]

cdef class Value:
    cdef int type                 # Variant.Type

cdef class Small(Value):
    cdef float numbers[4]

cdef class Large(Value):
    cdef float numbers[MOST_NUMBERS]

# What needs modules that come later: set by `variant.load` and `members.load`.
cdef int (*from_python)(object, Variant *) except -1
cdef object (*to_python)(const Variant *)
cdef bint (*find_member)(object cls, str name, Value value) except -1

cdef Value new_value(int type)
cdef int64_t to_int64(object number) except? -1
cdef void discard(Variant *variants, int count) noexcept


cdef inline float *memory(Value value) noexcept:
    """Where the engine's own representation of a value is; `numbers` has the same place in both classes."""
    return (<Small>value).numbers


cdef inline object read_memory(int type, const void *source):
    """A value type's value from the engine's memory."""
    cdef Value value = new_value(type)
    memcpy(memory(value), source, kinds[type].count * sizeof(float))
    return value
