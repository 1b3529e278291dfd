"""Calls from Python into the engine: methods, properties, signals and constants, by name.

Nothing is generated for the engine's classes: every member is looked up by the engine itself. The GIL is released
while the engine runs, as what it does may block, or call Python from another thread.

Calls variant_call, variant_call_static, variant_get_named, variant_set_named, variant_has_method,
global_get_singleton, classdb_construct_object.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from _pythonscript.interface cimport *
from _pythonscript cimport objects, strings, variant
from _pythonscript.objects cimport Object
from _pythonscript.variant cimport Box

PRINT_HASHES = {"print": 2648703342, "printerr": 2648703342}


cdef class BoundMethod:
    """A method of the engine's with the object or value that it is called on."""
    cdef readonly object __self__
    cdef readonly str __name__
    cdef void *method

    def __init__(self, target, str name):
        self.__self__, self.__name__ = target, name
        self.method = strings.intern(name)

    def __call__(self, *arguments):
        return call(self.__self__, self.method, self.__name__, arguments)

    def __repr__(self):
        return f"<method {self.__name__} of {self.__self__!r}>"

    def __eq__(self, other):
        return isinstance(other, BoundMethod) and self.__name__ == other.__name__ and self.__self__ == other.__self__

    def __hash__(self):
        return hash((self.__name__, self.__self__))


cdef struct Arguments:
    Variant *values
    const void **pointers
    int count


cdef int collect(tuple values, Arguments *arguments) except -1:
    """Makes the Variants of a call's arguments; `discard` frees them."""
    cdef Py_ssize_t size = len(values), i
    arguments.count = 0
    arguments.values = <Variant *>PyMem_Malloc((sizeof(Variant) + sizeof(void *)) * (size + 1))
    if arguments.values is NULL:
        raise MemoryError()
    arguments.pointers = <const void **>(arguments.values + size + 1)
    try:
        for i in range(size):
            variant.from_python(values[i], &arguments.values[i])
            arguments.pointers[i] = &arguments.values[i]
            arguments.count += 1
    except BaseException:
        discard(arguments)
        raise
    return 0


cdef void discard(Arguments *arguments) noexcept:
    cdef int i
    for i in range(arguments.count):
        gde.variant_destroy(&arguments.values[i])
    PyMem_Free(arguments.values)


cdef object call(object target, void *method, object name, tuple values):
    cdef Variant this, result
    cdef Arguments arguments
    cdef GDExtensionCallError error
    objects.drain()
    collect(values, &arguments)
    try:
        variant.from_python(target, &this)
        with nogil:
            gde.variant_call(&this, method, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
            gde.variant_destroy(&this)
        return finish(&result, &error, f"{type(target).__name__}.{name}()", values)
    finally:
        discard(&arguments)


cdef object finish(Variant *result, GDExtensionCallError *error, object where, tuple values):
    """The value of a call, or the exception that its CallError means."""
    try:
        if error.error == GDEXTENSION_CALL_OK:
            return variant.to_python(result)
        if error.error == GDEXTENSION_CALL_ERROR_INVALID_ARGUMENT:
            given = type(values[error.argument]).__name__ if error.argument < len(values) else "nothing"
            raise TypeError(f"argument {error.argument + 1} of {where} must be {variant.type_name(error.expected)}, not {given}")
        if error.error == GDEXTENSION_CALL_ERROR_TOO_MANY_ARGUMENTS:
            raise TypeError(f"{where} takes at most {error.expected} arguments, {len(values)} were given")
        if error.error == GDEXTENSION_CALL_ERROR_TOO_FEW_ARGUMENTS:
            raise TypeError(f"{where} takes at least {error.expected} arguments, {len(values)} were given")
        if error.error == GDEXTENSION_CALL_ERROR_INSTANCE_IS_NULL:
            raise ReferenceError(f"the object of {where} has been freed")
        reason = variant.to_python(result)
        if isinstance(reason, str) and reason:  # how a method written in Python tells that it raised
            raise RuntimeError(f"{where} failed: {reason}")
        raise AttributeError(f"{where} does not exist or cannot be called here")
    finally:
        gde.variant_destroy(result)


def call_method(target, str name, *arguments):
    """Calls a method of an object or builtin value by its name."""
    return call(target, strings.intern(name), name, arguments)


def call_static(int type, str name, *values):
    """Calls a static method of a builtin type, e.g. Color.html."""
    cdef Variant result
    cdef Arguments arguments
    cdef GDExtensionCallError error
    collect(values, &arguments)
    try:
        gde.variant_call_static(<GDExtensionVariantType>type, strings.intern(name),
                                <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        return finish(&result, &error, f"{variant.type_name(type)}.{name}()", values)
    finally:
        discard(&arguments)


def has_method(target, str name) -> bool:
    """Whether the engine knows a method `name` of an object or builtin value."""
    cdef Variant this
    variant.from_python(target, &this)
    try:
        return gde.variant_has_method(&this, strings.intern(name))
    finally:
        gde.variant_destroy(&this)


def get_member(target, str name):
    """A method (bound), property or signal of an object or builtin value.

    Raises:
        AttributeError: the engine knows none of that name.
    """
    cdef Variant this, result
    cdef uint8_t valid = 0
    cdef void *member = strings.intern(name)
    variant.from_python(target, &this)
    try:
        if gde.variant_has_method(&this, member):
            return BoundMethod(target, name)
        with nogil:
            gde.variant_get_named(&this, member, &result, &valid)
        try:
            if not valid:
                raise AttributeError(f"{type(target).__name__} has no member {name!r}", name=name, obj=target)
            return variant.to_python(&result)
        finally:
            gde.variant_destroy(&result)
    finally:
        gde.variant_destroy(&this)


def set_property(Object target, str name, value):
    """Sets a property of an engine object.

    Raises:
        AttributeError: the object has no such property, or it takes no such value.
    """
    cdef Variant this, new
    cdef uint8_t valid = 0
    cdef void *member = strings.intern(name)
    variant.from_python(value, &new)
    try:
        target.new_variant(&this)
        with nogil:
            gde.variant_set_named(&this, member, &new, &valid)
            gde.variant_destroy(&this)
    finally:
        gde.variant_destroy(&new)
    if not valid:
        raise AttributeError(
            f"{type(target).__name__} has no property {name!r} that takes a {type(value).__name__}", name=name, obj=target)


def singleton(str name):
    """The engine's singleton `name`, or None. Ask `Engine.has_singleton` first: an unknown one prints an error."""
    return objects.wrap(gde.global_get_singleton(strings.intern(name)))


def construct(str class_name):
    """A new engine object of a class, owned as Python code that made it expects.

    Raises:
        TypeError: ClassDB cannot make one.
    """
    cdef void *name = strings.intern(class_name)
    cdef void *ptr
    objects.drain()
    with nogil:
        ptr = gde.classdb_construct_object(name)
    if ptr is NULL:
        raise TypeError(f"the engine cannot make a {class_name}")
    return objects.adopt(ptr)


def print_line(str function, str text):
    """Prints through `@GlobalScope.print` or `printerr`."""
    cdef Variant line
    cdef const void *arguments[1]
    variant.from_python(text, &line)
    arguments[0] = &line
    gde.variant_get_ptr_utility_function(strings.intern(function), PRINT_HASHES[function])(
        NULL, <const GDExtensionConstTypePtr *>arguments, 1)
    gde.variant_destroy(&line)
