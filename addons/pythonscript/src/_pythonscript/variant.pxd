from _pythonscript.handles cimport Handle
from _pythonscript.interface cimport *

ctypedef union Storage:  # room for any typed value; Projection is the largest
    void *pointers[8]
    int64_t integer
    double real
    uint8_t boolean
    float floats[16]

cdef class Type:
    cdef readonly int type           # Variant.Type; NIL stands for any Variant
    cdef readonly object python      # the Python class that values take; None: the natural one
    cdef readonly Type element       # of list[element], or a Dictionary's values; None: any
    cdef readonly Type key           # a Dictionary's keys; None: any
    cdef readonly bint refcounted    # an object whose class descends from RefCounted
    cdef readonly int64_t failure    # what an int is if the call that was to return it raised
    cdef void *class_name            # StringName* of an object's class, NULL: any
    cdef bint natural                # values take the natural Python class of their type

cdef class Box(Handle):
    pass

cdef int (*python_to_callable)(object, Variant *) except -1
cdef object (*share_container)(Type, const Variant *)
cdef int (*write_container)(Type, object, Variant *) except -1
cdef list container_classes
cdef object string_name_class
cdef object start_coroutine

cdef object to_python(const Variant *variant)
cdef int from_python(object value, Variant *r_variant) except -1
cdef object to_python_as(Type type, const Variant *variant, bint *r_fits)
cdef int result_from_python(Type type, object value, Variant *r_variant) except -1
cdef int from_python_as(Type type, object value, Variant *r_variant) except -1
cdef object pointer_to_python(Type type, const void *pointer)
cdef int python_to_pointer(Type type, object value, void *r_pointer) except -1
cdef void write_default(Type type, void *r_pointer) noexcept
cdef int new_default(Type type, Variant *r_variant) except -1
cdef bint is_container(object value)
cdef object member_of(object enum, int64_t number)
cdef int open_typed(Type type, object value, void *r_value) except -1
cdef void new_typed(Type type, void *r_value) noexcept
cdef object close_typed(Type type, void *value)
cdef void free_typed(Type type, void *value) noexcept
cdef int write_whole(Type type, object value, Variant *r_variant) except -1
cdef int write_whole_array(object items, Type element, Variant *r_variant) except -1
cdef object read_shared(const Variant *variant)
cdef object fill_box(Box box, const Variant *variant)
cdef int construct_box(Box box, int kind, tuple arguments) except -1

cdef enum:
    # As deep as the engine itself writes and reads containers (MAX_RECURSION_DEPTH in core/variant/variant.h).
    # Python's own limit will not do: it differs from version to version, and in 3.13 the stack ends before it.
    MOST_NESTED = 1024
