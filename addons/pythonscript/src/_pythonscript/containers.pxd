from _pythonscript.interface cimport *
from _pythonscript.variant cimport Box, Type

cdef class Place:            # what a typed container says of its items, its keys or its values
    cdef Type type
    cdef object class_name   # of the engine's class whose objects they are, "" for any
    cdef object script       # the script that these have, or None

cdef class Container(Box):
    cdef Type declared       # as what it came, which may tell how items are read
    cdef list places         # Places: of an Array's items; of a Dictionary's values and keys. None: any
    cdef int64_t ask(self, GDExtensionPtrBuiltInMethod *methods) except -1
    cdef size_t identity(self) except 0
    cdef int writable(self) except -1
    cdef Place place(self, int number)
    cdef object throw_out(self, str name, size=*)
    cdef Container duplicated(self, bint deep)

cdef class Array(Container):
    cdef int64_t position(self, object index) except -1
    cdef object item(self, int64_t index, Type how)
    cdef int put(self, int64_t index, Box item) except -1
    cdef object take_out(self, int64_t index)
    cdef Box sought(self, object value)
    cdef list raw(self)
    cdef list boxes(self, object items, int64_t first)
    cdef Type how(self)
    cdef Array like(self, object items)
    cdef int replace(self, list items) except -1

cdef class Dictionary(Container):
    cdef bint look_up(self, object key, Variant *r_variant) except -1
