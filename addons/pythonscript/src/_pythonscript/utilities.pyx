"""The engine's global functions: `lerp`, `randi_range`, `var_to_str` (class reference: @GlobalScope).

Calls variant_get_ptr_utility_function.
"""

from _pythonscript.interface cimport *
from _pythonscript cimport strings, variant
from _pythonscript.variant cimport Storage, Type


cdef class Utility:
    """A global function of the engine's.

    Args:
        name, hash: by which the engine knows it.
        returns: the Type of its result; None if there is none.
        names, arguments: those of its arguments; the Types of these.
        vararg: any number of values may be given, and no Types count.

    Raises:
        AttributeError: this engine has no such function.
    """
    cdef readonly str __name__
    cdef GDExtensionPtrUtilityFunction function
    cdef Type returns
    cdef list names, arguments
    cdef bint vararg

    def __init__(self, str name, int64_t hash, Type returns, list names, list arguments, bint vararg):
        self.__name__, self.returns, self.names, self.arguments, self.vararg = name, returns, names, arguments, vararg
        self.function = gde.variant_get_ptr_utility_function(strings.intern(name), hash)
        if self.function is NULL:
            raise AttributeError(f"this engine has no function {name}()")

    def __call__(self, *values, **keywords):
        cdef Storage given[MOST_ARGUMENTS]
        cdef Storage result
        cdef const void *pointers[MOST_ARGUMENTS]
        cdef Type kind
        cdef int made = 0, count
        if not self.vararg:
            values = self.in_order(values, keywords)
        elif keywords:
            raise TypeError(f"{self.__name__}() takes its arguments by position only")
        if len(values) > MOST_ARGUMENTS:
            raise TypeError(f"{self.__name__}() takes at most {MOST_ARGUMENTS} arguments, {len(values)} were given")
        count = len(values)
        try:
            for i in range(count):
                kind = ANY if self.vararg else <Type>self.arguments[i]
                try:
                    variant.open_typed(kind, values[i], &given[i])
                except TypeError as error:
                    where = i + 1 if self.vararg else self.names[i]
                    raise TypeError(f"argument {where} of {self.__name__}(): {error}") from None
                pointers[i] = &given[i]
                made += 1
            if self.returns is not None:
                variant.new_typed(self.returns, &result)
            with nogil:  # an object's own _to_string may run, and a Logger see what is printed
                self.function(&result if self.returns is not None else NULL, <const GDExtensionConstTypePtr *>pointers, count)
            return None if self.returns is None else variant.close_typed(self.returns, &result)
        finally:
            for i in range(made):
                variant.free_typed(ANY if self.vararg else <Type>self.arguments[i], &given[i])

    cdef tuple in_order(self, tuple values, dict keywords):
        cdef int most = len(self.names)
        if not keywords and len(values) == most:
            return values
        placed = dict(zip(self.names, values))
        for name, value in keywords.items():
            name = name if name in self.names else name.removesuffix("_")  # such as `from_`
            if name not in self.names or name in placed:
                what = "got two values for its argument" if name in placed else "has no argument"
                raise TypeError(f"{self.__name__}() {what} {name!r}")
            placed[name] = value
        missing = [name for name in self.names if name not in placed]
        if missing:
            raise TypeError(f"{self.__name__}() is missing its argument{'s' * (len(missing) > 1)} {' and '.join(map(repr, missing))}")
        if len(values) > most:
            raise TypeError(f"{self.__name__}() takes {most} arguments ({', '.join(self.names)}), {len(values)} were given")
        return tuple([placed[name] for name in self.names])

    def __repr__(self):
        return f"<function {self.__name__} of the engine>"


cdef Type ANY = Type(0)
