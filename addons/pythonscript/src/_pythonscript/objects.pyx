"""Engine objects as Python sees them, and who owns whom.

`Object` is the root of all proxies. There are two sorts:

- A *proxy* stands for an object of the engine's own. It holds a Variant of it, so a RefCounted lives while Python
  has the proxy. Two proxies of one object are equal, not identical.
- An *instance* is an object of a class written in Python: the very Python object, always the same one.

The ownership of an instance: the engine owns the Python object (`linked`: a reference taken when the engine's
object is made, dropped when it is freed), and the Python object knows the engine's weakly, by pointer and id.
That is all for Nodes and other Objects. For a RefCounted it is not enough once Python code keeps one, as its list
of them would not keep the engine's halves alive. So, as the .NET host does, the owner changes with the count:

    engine only         linked, not held     made by the engine; Python has it only while it is called
    both                linked and held      handed to Python code, which may keep it
    Python only         held, not linked     the engine's last reference went: Python's references alone decide

`engine_referenced` and `engine_unreferenced` are told when the engine's count passes between 1 and 2. Where the
engine drops its last reference and Python has none either, the object cannot be freed inside the engine's own
`unreference`; it is queued, and freed when the host is entered next (`drain`).

Calls object_get_instance_binding, object_get_instance_from_id, object_get_class_name, object_destroy and
RefCounted.get_reference_count.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport Py_INCREF, Py_XDECREF, Py_XINCREF, PyObject
from _pythonscript.interface cimport *
from _pythonscript cimport strings

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(PyObject *)

cdef GDExtensionVariantFromTypeConstructorFunc variant_from_object
cdef GDExtensionMethodBindPtr get_reference_count
cdef GDExtensionInstanceBindingCallbacks binding_callbacks
cdef bint closed = False
cdef dict classes = {}       # address of a class's StringName data -> Python class
cdef set held_links = set()  # addresses of the links of all held instances
cdef set orphans = set()     # addresses of the links of instances that nobody has any more
cdef object class_of_name = None

GET_REFERENCE_COUNT_HASH = 3905245786


def load(resolver):
    """Looks up what this module calls.

    Args:
        resolver: a callable that returns the Python class for an engine class's name.
    """
    global variant_from_object, get_reference_count, class_of_name, closed
    variant_from_object = gde.get_variant_from_type_constructor(GDEXTENSION_VARIANT_TYPE_OBJECT)
    get_reference_count = gde.classdb_get_method_bind(
        strings.intern("RefCounted"), strings.intern("get_reference_count"), GET_REFERENCE_COUNT_HASH)
    class_of_name = resolver
    closed = False


def release_all():
    """Lets go of every instance that Python keeps alive: their classes are about to leave ClassDB."""
    drain()
    for address in list(held_links):
        if address in held_links:  # an earlier release may have ended this one
            (<Object>(<Link *><size_t>address).object).release()


def close():
    """From now on every object counts as freed."""
    global closed
    closed = True
    classes.clear()


cdef class Object:
    """The root of all engine classes in Python (class reference: Object)."""

    def __dealloc__(self):
        if self.link is not NULL:
            self.link.object = NULL
        self.release()

    cdef void *pointer(self) except NULL:
        """The engine's object, or ReferenceError."""
        if self.ptr is NULL or closed or gde.object_get_instance_from_id(self.id) is not self.ptr:
            raise ReferenceError(f"this {type(self).__name__} has been freed")
        return self.ptr

    cdef int new_variant(self, Variant *r_variant) except -1:
        """Makes a Variant that refers to the object; the caller destroys it."""
        cdef void *ptr = self.pointer()
        if self.constructing and self.refcounted:
            # quirk - Godot < 4.7 - a Variant of a RefCounted under construction frees it when it is dropped
            # - godotengine/godot core/object/ref_counted.cpp (init_ref) - drop when 4.7 is the oldest engine
            raise RuntimeError(
                f"__init__ of {type(self).__name__} hands out self to the engine, which cannot count it yet; "
                "do it in a method called later")
        variant_from_object(r_variant, &ptr)
        return 0

    cdef int hold(self) except -1:
        """Python takes part in the ownership from now on."""
        if not self.held:
            self.new_variant(&self.variant)
            self.held = True
            if self.link is not NULL:
                self.link.held = True
                held_links.add(<size_t>self.link)
        return 0

    cdef int release(self) except -1:
        """Undoes `hold`; the engine's object dies here if nobody else has it."""
        if self.held:
            self.held = False
            if self.link is not NULL:
                self.link.held = False
                held_links.discard(<size_t>self.link)
            gde.variant_destroy(&self.variant)
        return 0

    def __eq__(self, other):
        if isinstance(other, Object):
            return self is other or ((<Object>self).id != 0 and (<Object>self).id == (<Object>other).id)
        return NotImplemented

    def __hash__(self):
        return hash(self.id)


def is_instance_valid(candidate) -> bool:
    """Whether `candidate` is an engine object that still lives (class reference: @GlobalScope.is_instance_valid)."""
    if not isinstance(candidate, Object) or closed:
        return False
    return (<Object>candidate).ptr is not NULL and (
        gde.object_get_instance_from_id((<Object>candidate).id) is (<Object>candidate).ptr)


cdef object wrap(void *ptr):
    """The Python object for an engine object: its instance, or a new proxy. None for NULL."""
    cdef Link *link
    cdef Object self
    cdef void *name = NULL
    if ptr is NULL:
        return None
    link = <Link *>gde.object_get_instance_binding(ptr, library, NULL)
    if link is not NULL and link.object is not NULL:
        self = <Object>link.object
        if self.refcounted and not self.held and not self.constructing:
            self.hold()
        return self
    if not gde.object_get_class_name(ptr, library, &name):
        raise RuntimeError("the engine does not know the class of an object that it handed over")
    try:
        cls = classes.get(<size_t>name)  # StringNames are unique: equal names share their data
        if cls is None:
            cls = classes[<size_t>name] = class_of_name(strings.name_to_str(&name))
    finally:
        strings.free_name(&name)
    self = <Object>cls.__new__(cls)
    self.ptr = ptr
    self.id = gde.object_get_instance_id(ptr)
    self.hold()
    return self


cdef object adopt(void *ptr):
    """`wrap` for an object that Python code has just constructed: nobody in the engine refers to it yet."""
    cdef Object self = wrap(ptr)
    if self.link is not NULL and self.refcounted:
        unlink(self.link)
    return self


cdef Link *join(Object self, void *ptr, bint refcounted) except NULL:
    """Joins a new instance to its engine object, which owns it from now on."""
    cdef Link *link = <Link *>PyMem_Malloc(sizeof(Link))
    if link is NULL:
        raise MemoryError()
    link.object = <PyObject *>self
    link.linked = True
    link.held = False
    Py_INCREF(self)
    self.link = link
    self.ptr = ptr
    self.id = gde.object_get_instance_id(ptr)
    self.refcounted = refcounted
    gde.object_set_instance_binding(ptr, library, link, &binding_callbacks)
    return link


cdef void unlink(Link *link) noexcept:
    """Drops the engine's reference to the Python object, which may end that object."""
    cdef PyObject *object = link.object
    if link.linked:
        link.linked = False
        Py_XDECREF(object)


cdef int keep_if_shared(Object self) except -1:
    """After the engine called a method of an instance: did the method store `self` somewhere? Then Python holds it.

    The caller owns one reference, and the engine one. The method may have freed the object: it has no link then.
    """
    if self.refcounted and not self.held and self.link is not NULL and Py_REFCNT(<PyObject *>self) > 2:
        if not self.constructing:
            self.hold()
    return 0


cdef int let_go_if_unshared(object candidate) except -1:
    """After a call: an instance that came as an argument and was not stored is the engine's alone again.

    `candidate` is referred to by the engine (one), by the caller's array of arguments (two) and by this
    function's argument, which Cython borrows.
    """
    cdef Link *link
    if isinstance(candidate, Object):
        link = (<Object>candidate).link
        if link is not NULL and link.held and link.linked and Py_REFCNT(<PyObject *>candidate) <= 2:
            if count((<Object>candidate).ptr) > 1:
                (<Object>candidate).release()
    return 0


cdef int64_t count(void *ptr) noexcept nogil:
    cdef int64_t result = 0
    gde.object_method_bind_ptrcall(get_reference_count, ptr, NULL, &result)
    return result


cdef int drain() except -1:
    """Frees the instances that the engine was the last to let go of."""
    cdef Link *link
    while orphans:
        link = <Link *><size_t>orphans.pop()
        if link.held and link.linked and Py_REFCNT(link.object) == 1:
            (<Object>link.object).release()
    return 0


cdef void engine_referenced(void *instance) noexcept nogil:
    # Called at every change of a low count, on any thread: without the GIL unless Python takes part.
    cdef Link *link = <Link *>instance
    if link.held and not link.linked and running:
        with gil:
            if link.object is not NULL and not link.linked:
                link.linked = True
                Py_XINCREF(link.object)


cdef void engine_unreferenced(void *instance) noexcept nogil:
    cdef Link *link = <Link *>instance
    if link.held and link.linked and running:
        with gil:
            if link.object is not NULL and link.linked and count((<Object>link.object).ptr) == 1:
                if Py_REFCNT(link.object) > 1:
                    unlink(link)
                else:
                    orphans.add(<size_t>link)


cdef void engine_freed(void *instance) noexcept:
    """The engine's object is gone: the engine's reference to the instance goes too."""
    cdef Link *link = <Link *>instance
    orphans.discard(<size_t>link)
    if link.object is not NULL:
        (<Object>link.object).ptr = NULL
        (<Object>link.object).link = NULL
        unlink(link)
    PyMem_Free(link)
