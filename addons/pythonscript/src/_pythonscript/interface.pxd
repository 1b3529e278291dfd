from gdextension_interface cimport *

# quirk - Godot 4 - a Variant is its type, and 8 bytes behind it what it holds, or of more than 16 bytes and of packed
# arrays a pointer to that; of an object its id, then its address - core/variant/variant.h - drop when the interface lends
# the memory of a Variant (get_variant_get_internal_ptr_func, Godot 4.4) in the oldest engine. `variant.load` refuses others.
ctypedef struct Variant:
    int32_t type
    int32_t unused
    uint64_t words[2]

cdef enum:
    MOST_ARGUMENTS = 16  # of a call, into Python and out of it; `godot.declare` names it too, as it runs without an engine

cdef Interface gde
cdef bint running     # callbacks of the engine's may enter Python
cdef void *library
cdef GDExtensionGodotVersion engine

cdef void free_variant(Variant *variant) noexcept
cdef bint may_run_code(int type) noexcept nogil
