from gdextension_interface cimport *

ctypedef struct Variant:  # 24 bytes in every single-precision engine; `interface.load` refuses others
    uint64_t words[3]

cdef Interface gde
cdef bint running     # callbacks of the engine's may enter Python
cdef void *library
cdef GDExtensionGodotVersion engine

cdef void free_variant(Variant *variant) noexcept
cdef bint may_run_code(int type) noexcept nogil
