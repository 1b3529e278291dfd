from _pythonscript.interface cimport *

cdef int load() except -1
cdef object number_in(object data)
cdef int write_buffer(object data, int wanted, Variant *r_variant) except -1
cdef int write_numbers(object numbers, int type, Variant *r_variant) except -1
cdef int64_t size_of(int type, const void *array) noexcept
cdef char *items_of(int type, const void *array) noexcept
cdef bytes memory_of(int type, const void *array)
cdef char *resized(int type, void *array, int64_t size) except? NULL
