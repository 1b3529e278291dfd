from _pythonscript.interface cimport *

cdef extern from *:
    """
    /* `cls.__new__(cls)`, without looking for the method: of classes of our own, which have no other. */
    static inline PyObject *new_handle(PyObject *cls) {
        PyObject *nothing = PyTuple_New(0);
        PyObject *made = nothing ? ((PyTypeObject *)cls)->tp_new((PyTypeObject *)cls, nothing, NULL) : NULL;
        Py_XDECREF(nothing);
        return made;
    }
    """
    object new_handle(object cls)

cdef class Handle:
    cdef Variant variant     # nil while nothing is held
    cdef bint filled
    cdef void *previous      # the neighbours in the list of all filled handles
    cdef void *next
    cdef void take(self, const Variant *moved) noexcept
    cdef int let_go(self) except -1
    cdef void empty(self) noexcept
    cdef void forget(self) noexcept
