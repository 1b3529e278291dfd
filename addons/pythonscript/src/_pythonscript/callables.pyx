"""Python callables as the engine's Callable.

A bound method of an engine class's instance does not keep that instance alive, as a Callable in GDScript does not:
it is kept as the function and the object's id, and is invalid once the object is gone.

Calls callable_custom_create, callable_custom_get_userdata.
"""

from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from types import MethodType
from _pythonscript.interface cimport *
from _pythonscript cimport errors, objects, strings, variant
from _pythonscript.objects cimport Object

cdef GDExtensionVariantFromTypeConstructorFunc box_callable
cdef GDExtensionPtrDestructor destroy_callable


def load():
    """Gives the conversions their way to make a Callable; after `variant.load`."""
    global box_callable, destroy_callable
    box_callable = gde.get_variant_from_type_constructor(GDEXTENSION_VARIANT_TYPE_CALLABLE)
    destroy_callable = gde.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_CALLABLE)
    variant.python_to_callable = new_callable


cdef class Target:
    """What a Callable calls: a Python callable, or a function with the id of the object that is its `self`."""
    cdef object function
    cdef uint64_t object_id

    cdef object resolve(self):
        if not self.object_id:
            return self.function
        instance = objects.wrap(gde.object_get_instance_from_id(self.object_id))
        if instance is None:
            raise ReferenceError(f"the object of {self.name()} has been freed")
        return MethodType(self.function, instance)

    cdef object name(self):
        return getattr(self.function, "__qualname__", None) or repr(self.function)


cdef int new_callable(object function, Variant *r_variant) except -1:
    cdef Target target = Target.__new__(Target)
    cdef GDExtensionCallableCustomInfo info
    cdef void *callable[2]
    target.function = function
    if isinstance(function, MethodType) and isinstance(function.__self__, Object):
        target.function = function.__func__
        (<Object>function.__self__).pointer()
        target.object_id = (<Object>function.__self__).id
    info.callable_userdata = <void *>target
    info.token = library
    info.object_id = target.object_id
    info.call_func = call
    info.is_valid_func = is_valid
    info.free_func = free
    info.hash_func = hash_of
    info.equal_func = equal
    info.less_than_func = less_than
    info.to_string_func = to_string
    Py_INCREF(target)
    gde.callable_custom_create(callable, &info)
    box_callable(r_variant, callable)
    destroy_callable(callable)
    return 0


cdef void call(void *userdata, const GDExtensionConstVariantPtr *arguments, GDExtensionInt count,
               GDExtensionVariantPtr r_return, GDExtensionCallError *r_error) noexcept with gil:
    cdef Target target = <Target>userdata
    cdef Variant result
    r_error.error = GDEXTENSION_CALL_OK
    try:
        returned = target.resolve()(*[variant.to_python(<const Variant *>arguments[i]) for i in range(count)])
        variant.from_python(returned, &result)
    except BaseException:
        errors.report(target.name())
        r_error.error = GDEXTENSION_CALL_ERROR_INVALID_METHOD
        return
    (<Variant *>r_return)[0] = result


cdef uint8_t is_valid(void *userdata) noexcept nogil:
    with gil:
        target_id = (<Target>userdata).object_id
        return target_id == 0 or gde.object_get_instance_from_id(target_id) is not NULL


cdef void free(void *userdata) noexcept with gil:
    Py_DECREF(<Target>userdata)


cdef uint32_t hash_of(void *userdata) noexcept with gil:
    cdef Target target = <Target>userdata
    try:
        return <uint32_t>(hash(target.function) ^ target.object_id)
    except TypeError:  # an unhashable callable is itself only
        return <uint32_t>(<size_t><void *>target.function >> 4)


cdef uint8_t equal(void *a, void *b) noexcept with gil:
    cdef Target left = <Target>a, right = <Target>b
    return left.object_id == right.object_id and left.function == right.function


cdef uint8_t less_than(void *a, void *b) noexcept nogil:
    return a < b


cdef void to_string(void *userdata, GDExtensionBool *r_is_valid, GDExtensionStringPtr r_out) noexcept with gil:
    cdef void *text = NULL
    r_is_valid[0] = False
    try:
        strings.new_string((<Target>userdata).name(), &text)
    except ValueError:
        return
    strings.free_string(r_out)
    (<void **>r_out)[0] = text
    r_is_valid[0] = True
