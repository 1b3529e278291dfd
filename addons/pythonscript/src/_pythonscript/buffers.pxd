from _pythonscript.interface cimport *

cdef object number_in(object data)
cdef int write_buffer(object data, int wanted, Variant *r_variant) except -1
