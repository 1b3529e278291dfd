"""Methods, constants and computed members of the value types, by name.

The engine is asked once for each name; what it has is put into the class, where Python finds it from then on. The
GIL is kept: nothing of these types runs foreign code or waits.

Calls variant_has_method, variant_call, variant_call_static, variant_get_named, variant_get_constant_value.
"""

from types import MethodType

cimport cython
from _pythonscript.interface cimport *
from _pythonscript cimport builtin, outgoing, strings, values, variant
from _pythonscript.strings cimport Name
from _pythonscript.values cimport Value


def load():
    """Gives the value types their way to members; after `variant.load`."""
    values.find_member = find


@cython.final
cdef class Method:
    """A method of a value type: called with the value first, or, if it is static, without one."""
    cdef readonly str __name__
    cdef readonly bint static
    cdef int type       # Variant.Type of the values that have it
    cdef Name name

    def __get__(self, instance, owner):
        return self if instance is None or self.static else MethodType(self, instance)

    def __call__(self, *arguments):
        if not self.static and (
                not arguments or not isinstance(arguments[0], Value) or (<Value>arguments[0]).type != self.type):
            raise TypeError(f"{where(self)} needs a {builtin.type_name(self.type)} as its first argument")
        return call(self, arguments)

    def __repr__(self):
        return f"<method {where(self)}>"


@cython.final
cdef class Member:
    """A member that the engine computes, such as `Rect2.end`."""
    cdef str __name__
    cdef Name name

    def __get__(self, instance, owner):
        cdef Variant this, result
        cdef uint8_t valid = 0
        if instance is None:
            return self
        variant.from_python(instance, &this)
        gde.variant_get_named(&this, &self.name.value, &result, &valid)
        gde.variant_destroy(&this)
        try:
            if not valid:
                raise AttributeError(f"{type(instance).__name__} has no member {self.__name__!r}", name=self.__name__, obj=instance)
            return variant.to_python(&result)
        finally:
            gde.variant_destroy(&result)


cdef object where(Method method):
    return f"{builtin.type_name(method.type)}.{method.__name__}()"


cdef object call(Method method, tuple arguments):
    cdef Variant sources[MOST_ARGUMENTS + 1]
    cdef const void *pointers[MOST_ARGUMENTS + 1]
    cdef Variant result
    cdef GDExtensionCallError error
    cdef int made = 0, first = 0 if method.static else 1
    if len(arguments) - first > MOST_ARGUMENTS:
        raise TypeError(f"{where(method)} takes at most {MOST_ARGUMENTS} arguments, {len(arguments) - first} were given")
    try:
        for argument in arguments:
            variant.from_python(argument, &sources[made])
            pointers[made] = &sources[made]
            made += 1
        if method.static:
            gde.variant_call_static(
                <GDExtensionVariantType>method.type, &method.name.value,
                <const GDExtensionConstVariantPtr *>pointers, made, &result, &error)
        else:
            gde.variant_call(
                &sources[0], &method.name.value, <const GDExtensionConstVariantPtr *>&pointers[1], made - 1, &result, &error)
    finally:
        values.discard(sources, made)
    if error.error != GDEXTENSION_CALL_OK:
        return outgoing.finish(&result, &error, where(method), arguments[first:])
    try:
        return variant.to_python(&result)
    finally:
        gde.variant_destroy(&result)


cdef bint find(object cls, str name, Value value) except -1:
    """Puts the engine's member of this name into the class of a value; False if there is none."""
    cdef Variant this, result
    cdef uint8_t valid = 0
    cdef Name asked = strings.name_of(name)
    found = None
    variant.from_python(value, &this)
    try:
        if gde.variant_has_method(&this, &asked.value):
            found = new_method(value.type, name)
        elif name.isupper():
            gde.variant_get_constant_value(<GDExtensionVariantType>value.type, &asked.value, &result)
            found = variant.to_python(&result)
            gde.variant_destroy(&result)
            # quirk - Godot 4.2-4.6 - an unknown constant is -1, which no constant of these types is -
            # Variant::get_constant_value in core/variant/variant_call.cpp - drop when the engine says that there is none
            if type(found) is int and found == -1:
                found = None
        else:
            gde.variant_get_named(&this, &asked.value, &result, &valid)
            gde.variant_destroy(&result)
            if valid:
                found = new_member(name)
    finally:
        gde.variant_destroy(&this)
    if found is not None:
        setattr(cls, name, found)
    return found is not None


cdef Method new_method(int type, str name):
    cdef Method method = Method.__new__(Method)
    cdef Variant result
    cdef GDExtensionCallError error
    method.__name__, method.type, method.name = name, type, strings.name_of(name)
    # The engine does not say which methods are static. Called without a value, the others lack one; nothing else happens.
    gde.variant_call_static(<GDExtensionVariantType>type, &method.name.value, NULL, 0, &result, &error)
    gde.variant_destroy(&result)
    method.static = error.error != GDEXTENSION_CALL_ERROR_INSTANCE_IS_NULL
    return method


cdef Member new_member(str name):
    cdef Member member = Member.__new__(Member)
    member.__name__, member.name = name, strings.name_of(name)
    return member
