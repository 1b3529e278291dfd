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

`count_changed` is called when the engine's count passes between 1 and 2, and `settle` puts right who owns whom. Where
the engine drops its last reference and Python has none either, the object cannot be freed inside the engine's own
`unreference`, which goes on to use it: it is an *orphan*, freed when the host is entered next, or at the end of the frame.

Threads: all of this changes under the GIL, the engine's count does not. A thread of the engine's may wait for the GIL
in `count_changed`, with an object that another thread is about to free. So `callers` says that it is there, and whoever
would give up Python's count says so first (`held`), and then looks for callers (`give_up`).

Calls object_get_instance_binding, object_get_instance_from_id, object_get_class_name and
RefCounted.get_reference_count.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from _pythonscript.interface cimport *
from _pythonscript cimport strings
from _pythonscript.handles cimport Handle, new_handle

cdef extern from *:
    """
    /* What `object.__getattribute__` finds; where that is nothing, no exception is made, and `missing` is asked. */
    static PyObject *find_attribute(PyObject *self, PyObject *name, PyObject *(*missing)(PyObject *, PyObject *)) {
        PyObject *found = _PyObject_GenericGetAttrWithDict(self, name, NULL, 1);
        return found || PyErr_Occurred() ? found : missing(self, name);
    }
    /* Sequentially consistent, so that of two threads that each set one and read the other, one at least sees. */
    static inline void atomic_add(int *number, int change) { __atomic_add_fetch(number, change, __ATOMIC_SEQ_CST); }
    static inline void atomic_set(int *number, int value) { __atomic_store_n(number, value, __ATOMIC_SEQ_CST); }
    static inline int atomic_get(const int *number) { return __atomic_load_n(number, __ATOMIC_SEQ_CST); }
    """
    object find_attribute(object self, object name, object (*missing)(object, object))
    void atomic_add(int *number, int change) noexcept nogil
    void atomic_set(int *number, int value) noexcept nogil
    int atomic_get(const int *number) noexcept nogil

cdef extern from "Python.h":
    ctypedef void (*Finalizer "destructor")(PyObject *)
    ctypedef struct PyTypeObject:
        Finalizer tp_finalize
    Py_ssize_t Py_REFCNT(PyObject *)

cdef GDExtensionVariantFromTypeConstructorFunc variant_from_object
cdef GDExtensionMethodBindPtr get_reference_count
cdef GDExtensionInstanceBindingCallbacks binding_callbacks
cdef bint closed = False
cdef dict classes = {}       # address of a class's StringName data -> Python class
cdef set orphans = set()     # addresses of the links of instances that nobody has any more
cdef bint announced = False  # `on_orphans` was called, and `free_orphans` not yet
cdef object class_of_name = None
cdef object on_orphans = None
cdef Finalizer call_del = NULL  # CPython's own, of classes that have a `__del__` in Python

GET_REFERENCE_COUNT_HASH = 3905245786


def load(resolver, defer):
    """Looks up what this module calls.

    Args:
        resolver: a callable that returns the Python class for an engine class's name.
        defer: a callable that sees to it that `free_orphans` is called before the frame ends.
    """
    global variant_from_object, get_reference_count, class_of_name, on_orphans, closed
    variant_from_object = gde.get_variant_from_type_constructor(GDEXTENSION_VARIANT_TYPE_OBJECT)
    get_reference_count = gde.classdb_get_method_bind(
        strings.intern("RefCounted"), strings.intern("get_reference_count"), GET_REFERENCE_COUNT_HASH)
    class_of_name, on_orphans = resolver, defer
    closed = False


def free_orphans():
    """Frees the instances that the engine was the last to let go of."""
    global announced
    announced = False
    drain()
    if orphans:  # those that another thread is still letting go of
        announce()


def close():
    """From now on every object counts as freed."""
    global closed, on_orphans
    closed, on_orphans = True, None
    classes.clear()


cdef class Object(Handle):
    """The root of all engine classes in Python (class reference: Object)."""

    def __del__(self):
        # Python's last reference goes. If a WeakRef has given the engine's object to another thread meanwhile, the
        # engine owns this one again; else the engine's object dies here. (In a cycle there are more references.)
        if self.link is not NULL and self.filled and not self.link.linked and Py_REFCNT(<PyObject *>self) == 1:
            self.link.linked = True
            Py_INCREF(self)
            give_up(self)

    def __dealloc__(self):
        # `Handle` goes on and destroys the Variant; the engine's object dies with it if nobody else has it.
        if self.link is not NULL:
            self.link.object = NULL
            atomic_set(&self.link.held, False)

    cdef void *pointer(self) except NULL:
        """The engine's object, or ReferenceError."""
        if self.ptr is NULL or closed or gde.object_get_instance_from_id(self.id) is not self.ptr:
            raise ReferenceError(f"this {type(self).__name__} has been freed")
        return self.ptr

    cdef int new_variant(self, Variant *r_variant) except -1:
        """Makes a Variant that refers to the object; the caller destroys it."""
        cdef void *ptr = self.pointer()
        if self.constructing and self.refcounted and not self.filled:
            # quirk - Godot < 4.7 - the first Variant of a RefCounted takes over the count that its maker has, and frees it
            # when it is dropped; so the first one is ours, and stays until the maker has one
            # - godotengine/godot core/object/ref_counted.cpp (init_ref) - drop when 4.7 is the oldest engine
            variant_from_object(r_variant, &ptr)
            self.take(r_variant)
            atomic_set(&self.link.held, True)
        variant_from_object(r_variant, &ptr)
        return 0

    cdef int hold(self) except -1:
        """Python takes part in the ownership from now on."""
        cdef Variant variant
        if not self.filled:
            self.new_variant(&variant)
            self.take(&variant)
            if self.link is not NULL:
                atomic_set(&self.link.held, True)
                settle(self.link)  # nobody was notified of a change before `held` was set
        return 0

    cdef int let_go(self) except -1:
        """Undoes `hold`, at the end: who else is about to do so is not waited for."""
        if self.link is not NULL:
            atomic_set(&self.link.held, False)
        self.empty()
        return 0

    def __getattribute__(self, name):
        return find_attribute(self, name, find_member)

    def __setattr__(self, name, value):
        set_member(self, name, value)

    def __copy__(self):
        raise TypeError(f"Python cannot copy a {type(self).__name__}: nodes and resources have duplicate()")

    def __deepcopy__(self, memo):
        return self.__copy__()

    def __eq__(self, other):
        if isinstance(other, Object):
            return self is other or ((<Object>self).id != 0 and (<Object>self).id == (<Object>other).id)
        return NotImplemented

    def __hash__(self):
        return hash(self.id)


def keep_end(cls):
    """Sees to it that a class's own `__del__` comes before that of `Object`, and not in its place."""
    global call_del
    cdef PyTypeObject *kind = <PyTypeObject *><PyObject *>cls
    if kind.tp_finalize != (<PyTypeObject *>Object).tp_finalize and kind.tp_finalize != finalize:
        call_del = kind.tp_finalize
        kind.tp_finalize = finalize


cdef void finalize(PyObject *self) noexcept:
    call_del(self)
    (<PyTypeObject *>Object).tp_finalize(self)


def is_instance_valid(candidate) -> bool:
    """Whether `candidate` is an engine object that still lives (class reference: @GlobalScope.is_instance_valid)."""
    if not isinstance(candidate, Object) or closed:
        return False
    return (<Object>candidate).ptr is not NULL and (
        gde.object_get_instance_from_id((<Object>candidate).id) is (<Object>candidate).ptr)


cdef bint is_alive(void *ptr) noexcept:
    """Whether there is an object at `ptr`, which typed code passes without looking.

    A freed object's memory is read here, as the interface offers no other way: its id was cleared when it died, and
    whatever has overwritten it since is no id of an object at this address.
    """
    cdef uint64_t id = gde.object_get_instance_id(ptr)
    return id != 0 and gde.object_get_instance_from_id(id) is ptr


cdef object instance_of(const Link *link):
    """The Python object of an instance; None once that is gone, or going: its memory is being torn down then."""
    if link.object is NULL or Py_REFCNT(link.object) == 0:
        return None
    return <object>link.object


cdef object wrap(void *ptr):
    """The Python object for an engine object: its instance, or a new proxy. None for NULL."""
    cdef Link *link
    cdef Object self
    cdef void *name = NULL
    if ptr is NULL:
        return None
    link = <Link *>gde.object_get_instance_binding(ptr, library, NULL)
    if link is not NULL:
        self = instance_of(link)
        if self is not None:
            if self.refcounted and not self.filled and not self.constructing:
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
    self = <Object>new_handle(cls)
    self.ptr = ptr
    self.id = gde.object_get_instance_id(ptr)
    self.hold()
    return self


cdef object adopt(void *ptr):
    """`wrap` for an object that Python code has just constructed: nobody in the engine refers to it yet."""
    cdef Object self = wrap(ptr)
    if self.link is not NULL and self.refcounted and count(ptr) == 1:
        unlink(self.link)
    return self


cdef int constructed(Object self) except -1:
    """`__init__` is over: whoever makes the object will refer to it, if Python took part in its ownership before."""
    self.constructing = False
    if self.filled and not self.link.linked:
        self.link.linked = True
        Py_INCREF(self)
    return 0


cdef bint is_left_alone(Object self) except -1:
    """`__init__` has raised: whether nobody refers to the engine's object, which is to be destroyed then."""
    constructed(self)
    if self.filled:
        atomic_set(&self.link.held, False)
        if count(self.ptr) > 1:
            self.empty()  # it is theirs
            return False
        self.forget()
    return True


cdef Link *join(Object self, void *ptr, bint refcounted) except NULL:
    """Joins a new instance to its engine object, which owns it from now on."""
    cdef Link *link = <Link *>PyMem_Malloc(sizeof(Link))
    if link is NULL:
        raise MemoryError()
    link.object = <PyObject *>self
    link.linked = True
    link.held = link.callers = 0
    Py_INCREF(self)
    self.link = link
    self.ptr = ptr
    self.id = gde.object_get_instance_id(ptr)
    self.refcounted = refcounted
    gde.object_set_instance_binding(ptr, library, link, &binding_callbacks)
    return link


cdef void unlink(Link *link) noexcept:
    """Drops the engine's reference to the Python object, which may end that object."""
    if link.linked:
        link.linked = False
        Py_DECREF(<object>link.object)


cdef int keep_if_shared(Object self) except -1:
    """After the engine called a method of an instance: did the method store `self` somewhere? Then Python holds it.

    The caller owns one reference, and the engine one. The method may have freed the object: it has no link then.
    """
    if self.refcounted and not self.filled and self.link is not NULL and Py_REFCNT(<PyObject *>self) > 2:
        if not self.constructing:
            self.hold()
    return 0


cdef int let_go_if_unshared(object candidate, int known) except -1:
    """After a call: an instance that came as an argument and was not stored is the engine's alone again.

    `known` references to it are the caller's and the engine's. This function's own is borrowed, so it counts for none.
    """
    cdef Link *link
    if isinstance(candidate, Object):
        link = (<Object>candidate).link
        if link is not NULL and link.held and link.linked and Py_REFCNT(<PyObject *>candidate) <= known:
            if count((<Object>candidate).ptr) > 1:
                give_up(<Object>candidate)
    return 0


cdef bint give_up(Object self) noexcept:
    """Gives up Python's count, unless a thread of the engine's is in `count_changed`; that one settles the matter."""
    atomic_set(&self.link.held, False)
    if atomic_get(&self.link.callers):
        atomic_set(&self.link.held, True)
        return False
    self.empty()
    return True


cdef int64_t count(void *ptr) noexcept nogil:
    cdef int64_t result = 0
    gde.object_method_bind_ptrcall(get_reference_count, ptr, NULL, &result)
    return result


cdef int drain() except -1:
    """Frees the orphans, but for those that another thread is still letting go of."""
    cdef Link *link
    cdef Object orphan
    if not orphans:
        return 0
    for address in tuple(orphans):
        if address not in orphans:  # freed meanwhile
            continue
        link = <Link *><size_t>address
        if atomic_get(&link.callers):
            continue
        orphans.discard(address)
        if link.held and link.linked and Py_REFCNT(link.object) == 1 and count((<Object>link.object).ptr) == 1:
            orphan = <Object>link.object  # a reference of our own: the engine's ends inside `give_up`
            if not give_up(orphan):
                orphans.add(address)
            orphan = None
    return 0


cdef void count_changed(void *instance) noexcept nogil:
    """The engine's count passed between 1 and 2, on any thread. The GIL is waited for only if Python takes part."""
    cdef Link *link = <Link *>instance
    atomic_add(&link.callers, 1)
    if atomic_get(&link.held) and running:
        with gil:
            settle(link)
            atomic_add(&link.callers, -1)  # before the GIL goes: the link may go right after
    else:
        atomic_add(&link.callers, -1)


cdef void settle(Link *link) noexcept:
    """Puts right who owns an instance that Python holds, by the engine's count as it is now."""
    cdef PyObject *object = link.object
    if object is NULL or Py_REFCNT(object) == 0 or not link.held:
        return
    if count((<Object>object).ptr) > 1:
        if not link.linked:
            link.linked = True
            Py_INCREF(<Object>object)
    elif link.linked:
        if Py_REFCNT(object) > 1:
            unlink(link)
        else:
            orphans.add(<size_t>link)
            announce()


cdef void announce() noexcept:
    global announced
    if announced or on_orphans is None:
        return
    announced = True
    try:
        on_orphans()
    except BaseException:  # the host's next entry frees them
        announced = False


cdef void engine_freed(void *instance) noexcept:
    """The engine's object is gone: the engine's reference to the instance goes too."""
    cdef Link *link = <Link *>instance
    orphans.discard(<size_t>link)
    if link.object is not NULL:
        if (<Object>link.object).filled:  # destroyed without regard to our count, by who had made it for itself
            (<Object>link.object).forget()
        (<Object>link.object).ptr = NULL
        (<Object>link.object).link = NULL
        unlink(link)
    PyMem_Free(link)
