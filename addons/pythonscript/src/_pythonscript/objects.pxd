from cpython.ref cimport PyObject
from _pythonscript.handles cimport Handle
from _pythonscript.interface cimport *

ctypedef struct Link:        # what the engine holds of an instance: outlives either half
    PyObject *object         # the Python object; NULL once that is gone
    bint linked              # the engine owns a reference to it
    int held                 # Python owns a count of the engine's RefCounted
    int callers              # threads of the engine's that are telling of a change of the count

cdef class Object(Handle):   # holds a Variant of the object while Python owns a part of it
    cdef object __weakref__
    cdef void *ptr           # the engine's object; NULL once that is gone
    cdef uint64_t id
    cdef Link *link          # of an instance; NULL for a proxy
    cdef bint refcounted
    cdef bint constructing
    cdef void *pointer(self) except NULL
    cdef int new_variant(self, Variant *r_variant) except -1
    cdef int hold(self) except -1

# What needs a module that comes later: set by `outgoing.load`.
cdef object (*find_member)(object, object)                   # of an attribute that Python does not have
cdef int (*set_member)(object, object, object) except -1

cdef object wrap(void *ptr)
cdef object adopt(void *ptr)
cdef int constructed(Object self) except -1
cdef bint is_left_alone(Object self) except -1
cdef object instance_of(const Link *link)
cdef bint is_alive(void *ptr) noexcept
cdef Link *join(Object self, void *ptr, bint refcounted) except NULL
cdef int keep_if_shared(Object self) except -1
cdef int let_go_if_unshared(object candidate, int known) except -1
cdef int drain() except -1
cdef void count_changed(void *link) noexcept nogil
cdef void engine_freed(void *link) noexcept
