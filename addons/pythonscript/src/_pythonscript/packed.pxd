from _pythonscript.interface cimport *

cdef class PackedByteArray:
    cdef void *value[2]          # the engine's PackedByteArray: a copy-on-write vector
    cdef Py_ssize_t size
    cdef bint owned              # made by Python: views of it are writable unasked
    cdef void *data              # what the views in use lend
    cdef bint writable           # and whether they may be written through
    cdef int exports
    cdef unsigned char *memory(self) except NULL
    cdef int become(self, bytearray new) except -1

cdef object caller

cdef PackedByteArray share(const void *array)
cdef int take_out(PackedByteArray array, Variant *r_variant) except -1
cdef int put_back(PackedByteArray array, const Variant *variant) except -1
cdef int new_packed_bytes(object data, void *r_array) except -1
cdef bytes packed_to_bytes(const void *array)
cdef int64_t size_of(const void *array) noexcept nogil
