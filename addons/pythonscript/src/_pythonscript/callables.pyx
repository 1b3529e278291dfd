"""Python callables as the engine's Callable.

A method that the engine can call by its name crosses over as the engine's own Callable of object and name, equal to
the one that GDScript makes. Any other callable becomes a custom one, and what a Callable calls can be asked for again
(`function_of`).

A bound method of an engine class's instance does not keep that instance alive, as a Callable in GDScript does not:
it is kept as the function and the object's id, and is invalid once the object is gone.

Calls callable_custom_create, callable_custom_get_userdata and the constructor Callable(object, method).
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.ref cimport Py_INCREF, Py_XDECREF, PyObject
from types import FunctionType, MethodType
from _pythonscript.interface cimport *
from _pythonscript cimport errors, objects, outgoing, strings, variant
from _pythonscript.objects cimport Object
from _pythonscript.strings cimport Name
from _pythonscript.variant cimport Box
from _pythonscript.outgoing import BoundMethod, load_callables

cdef extern from "Python.h":
    bint PyCoro_CheckExact(object)

cdef GDExtensionVariantFromTypeConstructorFunc box_callable
cdef GDExtensionTypeFromVariantConstructorFunc unbox_callable
cdef GDExtensionPtrConstructor construct_named
cdef GDExtensionPtrDestructor destroy_callable

FROM_OBJECT_AND_METHOD = 2  # the index of that constructor of Callable in the engine's extension_api.json

ctypedef struct Target:      # what a Callable calls
    PyObject *function       # a Python callable, or the function of a bound method
    uint64_t object_id       # of the object that is its `self`; 0: none
    uint32_t hash


def load():
    """Gives the conversions their way to make a Callable; after `variant.load`."""
    global box_callable, unbox_callable, construct_named, destroy_callable
    unbox_callable = gde.get_variant_to_type_constructor(GDEXTENSION_VARIANT_TYPE_CALLABLE)
    construct_named = gde.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_CALLABLE, FROM_OBJECT_AND_METHOD)
    box_callable = gde.get_variant_from_type_constructor(GDEXTENSION_VARIANT_TYPE_CALLABLE)
    destroy_callable = gde.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_CALLABLE)
    variant.python_to_callable = new_callable
    load_callables(function_of)


cdef int new_callable(object function, Variant *r_variant) except -1:
    cdef GDExtensionCallableCustomInfo info
    cdef void *callable[2]
    cdef uint64_t object_id = 0
    name = name_in_engine(function)
    if name is not None:
        return new_named(function.__self__, name, r_variant)
    if isinstance(function, MethodType) and isinstance(function.__self__, Object):
        (<Object>function.__self__).pointer()
        object_id = (<Object>function.__self__).id
        function = function.__func__
    cdef uint32_t hashed = <uint32_t>(hash_or_address(function) ^ <int64_t>object_id)
    cdef Target *target = <Target *>PyMem_RawMalloc(sizeof(Target))
    if target is NULL:
        raise MemoryError()
    target.function, target.object_id, target.hash = <PyObject *>function, object_id, hashed
    Py_INCREF(function)
    info.callable_userdata = target
    info.token = library
    info.object_id = object_id
    info.call_func = call
    info.is_valid_func = is_valid
    info.free_func = free
    info.hash_func = hash_of
    info.equal_func = equal
    info.less_than_func = less_than
    info.to_string_func = to_string
    gde.callable_custom_create(callable, &info)
    box_callable(r_variant, callable)
    destroy_callable(callable)
    return 0


cdef object name_in_engine(object function):
    """The name by which the engine calls a bound method of one of its objects; None if it cannot."""
    if isinstance(function, BoundMethod):
        return function.__name__ if isinstance(function.__self__, Object) else None
    if isinstance(function, MethodType) and isinstance(function.__self__, Object):
        if isinstance(function.__func__, FunctionType):  # others may be unhashable
            return getattr(type(function.__self__), "_method_names", {}).get(function.__func__)
    return None


cdef int new_named(Object target, object name, Variant *r_variant) except -1:
    """Makes the engine's own Callable; of the bare pointer, as a RefCounted in `__init__` has no Variant yet."""
    cdef void *callable[2]
    cdef void *ptr = target.pointer()
    cdef const void *arguments[2]
    cdef Name method = strings.name_of(name)
    arguments[0] = &ptr
    arguments[1] = &method.value
    construct_named(callable, <const GDExtensionConstTypePtr *>arguments)
    box_callable(r_variant, callable)
    destroy_callable(callable)
    return 0


def function_of(Box box):
    """The Python callable of a Callable that was made of one; None for any other, or if its object is gone."""
    cdef void *callable[2]
    cdef Target *target
    if not box.filled:  # the engine has ended
        return None
    unbox_callable(callable, &box.variant)
    try:
        target = <Target *>gde.callable_custom_get_userdata(callable, library)
        return None if target is NULL or not is_valid(target) else resolve(target)
    finally:
        destroy_callable(callable)


cdef int64_t hash_or_address(object function):
    try:
        return hash(function)
    except TypeError:  # an unhashable callable is equal to itself only
        return <int64_t><size_t><void *>function


cdef object resolve(Target *target):
    """The Python callable; ReferenceError if the object of a bound method is gone."""
    if not target.object_id:
        return <object>target.function
    instance = objects.wrap(gde.object_get_instance_from_id(target.object_id))
    if instance is None:
        raise ReferenceError(f"the object of {name_of(target)} has been freed")
    return MethodType(<object>target.function, instance)


cdef str name_of(Target *target):
    """What the callable is called in messages, whatever its class makes of attributes and `repr`."""
    function = <object>target.function
    try:
        name = getattr(function, "__qualname__", None)
        return name if type(name) is str else repr(function)
    except Exception:
        return object.__repr__(function)


cdef void call(void *userdata, const GDExtensionConstVariantPtr *arguments, GDExtensionInt count,
               GDExtensionVariantPtr r_return, GDExtensionCallError *r_error) noexcept nogil:
    r_error.error = GDEXTENSION_CALL_ERROR_INVALID_METHOD
    if running:
        with gil:
            call_with_gil(<Target *>userdata, <const Variant **>arguments, count, <Variant *>r_return, r_error)


cdef void call_with_gil(Target *target, const Variant **arguments, int64_t count,
                        Variant *r_return, GDExtensionCallError *r_error) noexcept:
    cdef Variant result
    cdef list given
    try:
        given = [variant.to_python(arguments[i]) for i in range(count)]
        function = resolve(target)
        returned = function(*given)
        if PyCoro_CheckExact(returned):
            returned = variant.start_coroutine(returned, function.__self__ if target.object_id else None)
        variant.from_python(returned, &result)
        for i in range(count):
            objects.let_go_if_unshared(given[i], 3)
    except BaseException as error:
        if not outgoing.hand_over(error, 0, None, <object>target.function):
            errors.report(name_of(target))
        # For the caller it is no error, as that of a lambda in GDScript is none: a signal, a timer, a thread or `map` would
        # print one more, "Method not found".
        gde.variant_new_nil(&result)
    free_variant(r_return)
    r_return[0] = result
    r_error.error = GDEXTENSION_CALL_OK


cdef uint8_t is_valid(void *userdata) noexcept nogil:
    cdef uint64_t object_id = (<Target *>userdata).object_id
    return running and (object_id == 0 or gde.object_get_instance_from_id(object_id) is not NULL)


cdef void free(void *userdata) noexcept nogil:
    if running:  # else the function went with the interpreter
        with gil:
            Py_XDECREF((<Target *>userdata).function)
    PyMem_RawFree(userdata)


cdef uint32_t hash_of(void *userdata) noexcept nogil:
    return (<Target *>userdata).hash


cdef uint8_t equal(void *a, void *b) noexcept nogil:
    cdef Target *left = <Target *>a
    cdef Target *right = <Target *>b
    if left is right:
        return True
    if not running or left.object_id != right.object_id or left.hash != right.hash:
        return False
    with gil:
        return same(left, right)


cdef bint same(Target *left, Target *right) noexcept:
    try:
        return <object>left.function == <object>right.function
    except Exception:  # raised by a callable's own __eq__
        return False


cdef uint8_t less_than(void *a, void *b) noexcept nogil:
    return a < b


cdef void to_string(void *userdata, GDExtensionBool *r_is_valid, GDExtensionStringPtr r_out) noexcept nogil:
    r_is_valid[0] = False
    if running:
        with gil:
            r_is_valid[0] = write_string(<Target *>userdata, r_out)


cdef bint write_string(Target *target, void *r_out) noexcept:
    cdef void *text = NULL
    try:
        strings.new_string(name_of(target), &text)
    except Exception:  # a name that no String can hold, or a __repr__ that raises
        return False
    strings.free_string(r_out)
    (<void **>r_out)[0] = text
    return True
