from cpython.ref cimport PyObject
from _pythonscript.interface cimport *

ctypedef struct Link:        # what the engine holds of an instance: outlives either half
    PyObject *object         # the Python object; NULL once that is gone
    bint linked              # the engine owns a reference to it
    bint held                # Python owns a count of the engine's RefCounted

cdef class Object:
    cdef object __weakref__
    cdef void *ptr           # the engine's object; NULL once that is gone
    cdef uint64_t id
    cdef Link *link          # of an instance; NULL for a proxy
    cdef Variant variant     # a Variant of the object while `held`
    cdef bint held           # Python owns what `variant` refers to
    cdef bint refcounted
    cdef bint constructing
    cdef void *pointer(self) except NULL
    cdef int new_variant(self, Variant *r_variant) except -1
    cdef int hold(self) except -1
    cdef int release(self) except -1

cdef object wrap(void *ptr)
cdef object adopt(void *ptr)
cdef Link *join(Object self, void *ptr, bint refcounted) except NULL
cdef int keep_if_shared(Object self) except -1
cdef int let_go_if_unshared(object candidate) except -1
cdef int drain() except -1
cdef void engine_referenced(void *link) noexcept nogil
cdef void engine_unreferenced(void *link) noexcept nogil
cdef void engine_freed(void *link) noexcept
