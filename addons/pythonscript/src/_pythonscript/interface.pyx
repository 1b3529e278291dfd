"""The engine's function table, and who we are to it.

Every other module reaches the engine through `gde`, one struct of function pointers, generated from the
engine's own dump (`gdextension_interface.h`). Functions newer than Godot 4.2 are NULL in an older engine.
"""

cdef Interface gde
cdef bint running = False
cdef void *library = NULL
cdef GDExtensionGodotVersion engine


def load(size_t get_proc_address, size_t library_pointer):
    """Fills the function table. Nothing enters Python before `begin`.

    Args:
        get_proc_address: the engine's `GDExtensionInterfaceGetProcAddress`, as an integer.
        library_pointer: the token by which the engine knows this extension.

    Raises:
        RuntimeError: the engine lacks a function of Godot 4.2.
    """
    global library
    cdef GDExtensionInterfaceGetProcAddress get = <GDExtensionInterfaceGetProcAddress>get_proc_address
    cdef void (*get_version)(GDExtensionGodotVersion *) noexcept nogil
    get_version = <void (*)(GDExtensionGodotVersion *) noexcept nogil>get("get_godot_version")
    get_version(&engine)
    library = <void *>library_pointer
    missing = interface_load(&gde, get, engine.minor)
    if missing is not NULL:
        raise RuntimeError(f"this engine has no {(<bytes>missing).decode()}(); pythonscript needs Godot 4.2 or newer")


def begin():
    """From now on there is an engine whose classes can be asked for, and its callbacks enter Python."""
    global running
    running = True


cdef bint may_run_code(int type) noexcept nogil:
    """Whether a value of this Variant type may refer to objects, with whose end foreign code runs."""
    return GDEXTENSION_VARIANT_TYPE_OBJECT <= type <= GDEXTENSION_VARIANT_TYPE_ARRAY


cdef void free_variant(Variant *variant) noexcept:
    """Destroys a Variant.

    An object that dies with it may run a script, or wait for a lock whose owner waits for the GIL: the GIL is released,
    so no state of the caller's may be half changed. A reference to an object that is not counted ends nothing.
    """
    if variant.type < GDEXTENSION_VARIANT_TYPE_STRING:
        return
    # The highest bit of an object's id says that it is counted (core/object/object_id.h).
    if may_run_code(variant.type) and (variant.type != GDEXTENSION_VARIANT_TYPE_OBJECT or variant.words[0] >> 63):
        with nogil:
            gde.variant_destroy(variant)
    else:
        gde.variant_destroy(variant)


def close():
    """From now on no callback enters Python, which is about to be finalised: the engine frees some things later."""
    global running
    running = False


def is_running() -> bool:
    """Whether there is an engine to call: this Python runs inside one, which has not begun to quit."""
    return running


def engine_version():
    """The engine's version as (major, minor, patch)."""
    return engine.major, engine.minor, engine.patch
