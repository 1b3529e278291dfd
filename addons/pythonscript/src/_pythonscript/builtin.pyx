"""The builtin types: their names, and their methods, which the engine finds by name and hash of the signature.

Calls variant_get_ptr_builtin_method, variant_get_type_name.
"""

from _pythonscript.interface cimport *
from _pythonscript cimport strings

IS_READ_ONLY_HASH = 3918633141
KEYS_HASH = 4144163970
RESIZE_HASH = 848867239
SIZE_HASH = 3173160232
VALUES_HASH = 4144163970

cdef dict hashes = {
    "is_read_only": IS_READ_ONLY_HASH,
    "keys": KEYS_HASH,
    "resize": RESIZE_HASH,
    "size": SIZE_HASH,
    "values": VALUES_HASH,
}


cdef GDExtensionPtrBuiltInMethod method(int type, str name) except NULL:
    cdef GDExtensionPtrBuiltInMethod found = gde.variant_get_ptr_builtin_method(
        <GDExtensionVariantType>type, strings.intern(name), hashes[name])
    if found is NULL:
        raise RuntimeError(f"this engine's Variant.Type {type} has no {name}() of the known signature")
    return found


cdef object type_name(int type):
    """The engine's name of a Variant type, e.g. `PackedByteArray`."""
    cdef void *string = NULL
    gde.variant_get_type_name(<GDExtensionVariantType>type, &string)
    try:
        return strings.to_str(&string)
    finally:
        strings.free_string(&string)
