from _pythonscript.interface cimport *

cdef class Handle:
    cdef Variant variant     # nil while nothing is held
    cdef bint filled
    cdef void *previous      # the neighbours in the list of all filled handles
    cdef void *next
    cdef void take(self, const Variant *moved) noexcept
    cdef int let_go(self) except -1
    cdef void empty(self) noexcept
    cdef void forget(self) noexcept
