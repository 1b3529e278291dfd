"""Methods of the builtin types. The engine finds one by its name and the hash of its signature.

Calls variant_get_ptr_builtin_method.
"""

from _pythonscript.interface cimport *
from _pythonscript cimport strings

IS_READ_ONLY_HASH = 3918633141
KEYS_HASH = 4144163970
RESIZE_HASH = 848867239
SIZE_HASH = 3173160232

cdef dict hashes = {"is_read_only": IS_READ_ONLY_HASH, "keys": KEYS_HASH, "resize": RESIZE_HASH, "size": SIZE_HASH}


cdef GDExtensionPtrBuiltInMethod method(int type, str name) except NULL:
    cdef GDExtensionPtrBuiltInMethod found = gde.variant_get_ptr_builtin_method(
        <GDExtensionVariantType>type, strings.intern(name), hashes[name])
    if found is NULL:
        raise RuntimeError(f"this engine's Variant.Type {type} has no {name}() of the known signature")
    return found
