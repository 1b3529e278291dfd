from gdextension_interface cimport *

ctypedef struct Variant:  # 24 bytes in every single-precision engine; `interface.load` refuses others
    uint64_t words[3]

cdef enum:
    MOST_ARGUMENTS = 16  # of a call, into Python and out of it; `godot.declare` names it too, as it runs without an engine

cdef Interface gde
cdef bint running     # callbacks of the engine's may enter Python
cdef void *library
cdef GDExtensionGodotVersion engine

cdef void free_variant(Variant *variant) noexcept
cdef bint may_run_code(int type) noexcept nogil
