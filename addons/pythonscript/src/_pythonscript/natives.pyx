"""The methods of the engine's own classes, for those who override them: `super().get_name()`, `Node.get_name(node)`.

An engine calls a method by its name from the object's class upwards, and so finds the one that overrides. To get at the one
that is overridden takes its MethodBind, for which the interface wants the hash of its signature; it is computed here from
what ClassDB says of the method.

Calls classdb_get_method_bind, object_method_bind_call, variant_hash.
"""

from types import MethodType
from cpython.object cimport PyObject
from _pythonscript.interface cimport *
from _pythonscript cimport outgoing, strings, variant
from _pythonscript.objects cimport Object
from _pythonscript.variant cimport Box
from _pythonscript.outgoing import get_member

cdef extern from "Python.h":
    PyObject *_PyType_Lookup(type, object)

cdef enum:
    CONST = 4                # MethodFlags
    VARARG = 16
    NIL_IS_VARIANT = 131072  # PropertyUsageFlags


cdef class NativeMethod:
    """A method of an engine class, in the class's body.

    Args:
        class_name: the class.
        entry: what `ClassDB.class_get_method_list` says of the method, as the engine's own Dictionary: a default that is no
            object at all is not the same as none of a class.
        enum: the enum that it returns; None if it returns none.

    Raises:
        AttributeError: the engine knows no method of this signature.
    """
    cdef readonly str __name__
    cdef str where
    cdef object enum
    cdef GDExtensionMethodBindPtr bind

    def __init__(self, str class_name, entry, enum=None):
        self.__name__, self.enum = str(entry["name"]), enum
        self.where = f"{class_name}.{self.__name__}()"
        self.bind = gde.classdb_get_method_bind(strings.intern(class_name), strings.intern(self.__name__), hash_of(entry))
        if self.bind is NULL:
            raise AttributeError(f"the engine does not say how to call {self.where}")

    def __get__(self, instance, owner):
        if instance is None:
            return self
        if _PyType_Lookup(type(instance), self.__name__) is <PyObject *>self:  # by no `super()`: a script may override it
            return outgoing.bound(instance, self.__name__)
        return MethodType(self, instance)

    def __call__(self, *arguments, **keywords):
        if not arguments or not isinstance(arguments[0], Object):
            raise TypeError(f"{self.where} needs an object as its first argument")
        target, values = arguments[0], arguments[1:]
        if keywords:
            values = outgoing.in_order(self.where, outgoing.described(target, self.__name__), values, keywords)
        return outgoing.call_bind(self.bind, (<Object>target).pointer(), self.where, values, self.enum)

    def __repr__(self):
        return f"<method {self.where}>"


cdef class VirtualMethod:
    """A virtual method of an engine class, in the class's body, where `super()._ready()` ends: the engine has no code for it.

    Args:
        class_name, name: the engine's.
        answer: the class of what a call returns, the one that is made without arguments; None where nobody knows what
            the engine does in the method's place.
    """
    cdef readonly str __name__
    cdef str where
    cdef object answer

    def __init__(self, str class_name, str name, answer):
        self.__name__, self.where, self.answer = name, f"{class_name}.{name}()", answer

    def __get__(self, instance, owner):
        if instance is None:
            return self
        if _PyType_Lookup(type(instance), self.__name__) is <PyObject *>self:  # by no `super()`: a script may have it
            return get_member(instance, self.__name__)
        if self.answer is None:
            raise AttributeError(f"{self.where} is a virtual method, for which super() has no code")
        return MethodType(self, instance)

    def __call__(self, *arguments):
        return self.answer()

    def __repr__(self):
        return f"<virtual method {self.where}>"


def hash_of(entry) -> int:
    """The hash of a method's signature (MethodBind::get_hash in the engine's core/object/method_bind.cpp).

    Args:
        entry: as of NativeMethod.
    """
    cdef uint32_t hashed
    cdef Variant value
    cdef Box defaults = entry["default_args"]
    cdef uint8_t valid, out_of_bounds
    returns, flags = entry["return"], entry["flags"]
    has_return = bool(returns["type"] or returns["usage"] & NIL_IS_VARIANT)
    hashed = mix(has_return, mix_seed())
    hashed = mix(len(entry["args"]), hashed)
    for info in (*([returns] if has_return else []), *entry["args"]):
        hashed = mix(info["type"], hashed)
        if info["class_name"]:
            hashed = mix(hash_of_text(str(info["class_name"])), hashed)
    hashed = mix(len(defaults), hashed)
    for i in range(len(defaults)):
        gde.variant_get_indexed(&defaults.variant, i, &value, &valid, &out_of_bounds)
        hashed = mix(<uint32_t>gde.variant_hash(&value), hashed)
        free_variant(&value)
    hashed = mix(bool(flags & CONST), hashed)
    hashed = mix(bool(flags & VARARG), hashed)
    return finish(hashed)


cdef uint32_t mix_seed() noexcept:
    return 0x7F07C65


cdef uint32_t mix(uint32_t number, uint32_t seed) noexcept:
    """One step of MurmurHash3 (hash_murmur3_one_32 in core/templates/hashfuncs.h)."""
    number *= <uint32_t>0xCC9E2D51
    number = (number << 15) | (number >> 17)
    number *= <uint32_t>0x1B873593
    seed ^= number
    seed = (seed << 13) | (seed >> 19)
    return seed * 5 + <uint32_t>0xE6546B64


cdef uint32_t finish(uint32_t hashed) noexcept:
    """Its end (hash_fmix32)."""
    hashed ^= hashed >> 16
    hashed *= <uint32_t>0x85EBCA6B
    hashed ^= hashed >> 13
    hashed *= <uint32_t>0xC2B2AE35
    return hashed ^ (hashed >> 16)


cdef uint32_t hash_of_text(str text) except? 0:
    cdef Variant given
    variant.from_python(text, &given)
    cdef uint32_t hashed = <uint32_t>gde.variant_hash(&given)
    free_variant(&given)
    return hashed
