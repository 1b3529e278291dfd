"""Python objects that own a Variant.

All of them are listed. Before scripts and the engine's servers end, every Variant is let go of, whoever in Python
still refers to its handle: a module's global, a cycle, a thread. The handle stays and holds nothing.
"""

from _pythonscript.interface cimport *

cdef void *first = NULL


cdef class Handle:
    """Owns a Variant, from `take` to `empty`."""

    def __dealloc__(self):
        self.empty()

    def __reduce__(self):
        raise TypeError(f"a {type(self).__name__} is the engine's, and cannot be pickled")

    cdef void take(self, const Variant *moved) noexcept:
        """Takes over a Variant; nothing may be held yet."""
        global first
        self.variant = moved[0]
        self.filled = True
        self.previous, self.next = NULL, first
        if first is not NULL:
            (<Handle>first).previous = <void *>self
        first = <void *>self

    cdef void empty(self) noexcept:
        """Destroys the Variant, if there is one; whatever dies with it may enter Python again."""
        cdef Variant variant = self.variant
        if self.filled:
            self.forget()
            free_variant(&variant)

    cdef void forget(self) noexcept:
        """Leaves the Variant to whoever has copied it, or to nobody where its object is gone."""
        global first
        self.filled = False
        gde.variant_new_nil(&self.variant)
        if self.next is not NULL:
            (<Handle>self.next).previous = self.previous
        if self.previous is not NULL:
            (<Handle>self.previous).next = self.next
        else:
            first = self.next
        self.previous = self.next = NULL

    cdef int let_go(self) except -1:
        """`empty`, as a subclass does it."""
        self.empty()
        return 0


def let_go(int most) -> bool:
    """Empties up to `most` handles, the newest first; True when none is left."""
    cdef Handle handle
    for _ in range(most):
        if first is NULL:
            break
        handle = <Handle>first
        handle.let_go()
    return first is NULL
