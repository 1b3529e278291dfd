from cpython.ref cimport PyObject
from _pythonscript.interface cimport *
from _pythonscript.variant cimport Type

cdef class Method:
    cdef readonly object function
    cdef readonly str name
    cdef readonly object owner           # the class that declares it
    cdef dict overrides                  # subclass -> its function of that name
    cdef readonly str where              # Class.method, for messages
    cdef readonly list arguments         # of Type
    cdef PyObject *types[MOST_ARGUMENTS]  # the same
    cdef int count
    cdef readonly Type returns           # None: void
    cdef readonly int required           # arguments without a default
    cdef readonly bint static
    cdef readonly Type rest              # of *arguments; None: there are none
    cdef readonly bint getter
    cdef object function_of(self, object cls)

cdef void varcall(void *userdata, void *instance, const GDExtensionConstVariantPtr *arguments, GDExtensionInt count,
                  GDExtensionVariantPtr r_return, GDExtensionCallError *r_error) noexcept nogil
cdef void ptrcall(void *userdata, void *instance, const GDExtensionConstTypePtr *arguments,
                  GDExtensionTypePtr r_return) noexcept nogil
