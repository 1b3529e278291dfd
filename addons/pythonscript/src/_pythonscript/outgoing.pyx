"""Calls from Python into the engine: methods, properties, signals and constants, by name.

Nothing is generated for the engine's classes: every member is looked up by the engine itself. The GIL is released
while the engine runs, as what it does may run a script, which waits for another thread that waits for the GIL. What can
do neither keeps it (`KEEPERS`): to give it up and get it back may take milliseconds beside a thread that computes.

Calls variant_call, object_method_bind_call, variant_get_named, variant_set_named, variant_has_method,
global_get_singleton, classdb_construct_object, Object.get_script.
"""

import sys
from types import MethodType
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF
from _pythonscript.interface cimport *
from _pythonscript cimport builtin, objects, packed, strings, variant
from _pythonscript.objects cimport Object
from _pythonscript.packed cimport PackedByteArray
from _pythonscript.strings cimport Name
from _pythonscript.variant cimport Box

cdef extern from *:
    """
    static _Thread_local void *waiting;  /* the Waiting of the innermost call from Python on this thread */
    """
    void *waiting

cdef extern from "Python.h":
    PyObject *_PyType_Lookup(type, object)
    unsigned long PyThread_get_thread_ident()

PRINT_HASHES = {"print": 2648703342, "printerr": 2648703342}
GET_SCRIPT_HASH = 1214101251

KEEPERS = {
    "Object": "get_class get_instance_id is_queued_for_deletion",
    "RefCounted": "get_reference_count",
    "Node": "name get_name get_parent get_child_count is_inside_tree is_node_ready get_process_delta_time"
            " get_physics_process_delta_time",
    "Node2D": "position rotation scale get_position get_rotation get_scale",
    "Node3D": "position rotation scale get_position get_rotation get_scale",
    "Engine": "get_frames_drawn get_process_frames get_physics_frames is_editor_hint is_in_physics_frame",
    "Time": "get_ticks_msec get_ticks_usec",
}
"""The members of the engine's classes that run no foreign code, wait for nothing and cannot fail: of objects without a
script, on the main thread. (Elsewhere a Node may print an error, which a Logger hears, and that is foreign code.)"""

cdef GDExtensionMethodBindPtr get_script
cdef unsigned long main_thread
cdef dict kept = {}  # class -> frozenset of the names in KEEPERS that are its own or inherited


def load():
    """Looks up what this module calls, and gives PackedByteArray its way to methods; after `strings.load`."""
    global get_script, main_thread
    main_thread = PyThread_get_thread_ident()
    packed.caller = sys.modules[__name__]
    get_script = gde.classdb_get_method_bind(strings.intern("Object"), strings.intern("get_script"), GET_SCRIPT_HASH)


def load_callables(function_of):
    """Is given what tells the Python callable of a Callable; after `callables.load`."""
    global function_of_callable
    function_of_callable = function_of


cdef bint has_script(Object target) except -1:
    cdef Variant script
    cdef bint scripted
    gde.variant_new_nil(&script)
    gde.object_method_bind_ptrcall(get_script, target.pointer(), NULL, &script)
    scripted = gde.variant_get_type(&script) != GDEXTENSION_VARIANT_TYPE_NIL
    free_variant(&script)
    return scripted


cdef bint keeps_gil(object target, str name) except -1:
    """Whether a member of `target` may be used without giving up the GIL."""
    if not isinstance(target, Object):
        return not isinstance(target, (Box, list, dict))  # a value in itself, which refers to nothing that could run
    cls = type(target)
    names = kept.get(cls)
    if names is None:
        natives = [base.__name__ for base in cls.__mro__ if "_engine_class" in vars(base)]
        names = kept[cls] = frozenset(" ".join([KEEPERS.get(native, "") for native in natives]).split())
    return name in names and PyThread_get_thread_ident() == main_thread and not has_script(<Object>target)


cdef class BoundMethod:
    """A method of the engine's with the object or value that it is called on."""
    cdef readonly object __self__
    cdef readonly str __name__
    cdef Name method

    def __init__(self, target, str name):
        self.__self__, self.__name__ = target, name
        self.method = strings.name_of(name)

    def __call__(self, *arguments, **keywords):
        if keywords:
            arguments = in_order(self.__self__, self.__name__, arguments, keywords)
        return call(self.__self__, self.method, self.__name__, arguments)

    def __repr__(self):
        return f"<method {self.__name__} of {self.__self__!r}>"

    def __eq__(self, other):
        if not isinstance(other, BoundMethod):
            return NotImplemented
        return self.__name__ == other.__name__ and self.__self__ == other.__self__

    def __hash__(self):
        return hash((self.__name__, self.__self__))


cdef struct Waiting:         # a call from Python into the engine, which may lead straight back into Python
    PyObject *target         # what is called, its method and arguments; all borrowed
    PyObject *name
    PyObject *values
    PyObject *raised         # the exception that Python raised there; a reference of our own
    void *outer


cdef bint hand_over(object error, uint64_t object_id, object method, object function):
    """Gives an exception to the Python code that called, if there was nothing but one call of the engine's between.

    Args:
        object_id, method: of the method that raised; or `function`, where it is none that the engine knows by a name.

    Returns False where a script or a signal was between, or no Python code waits.
    """
    cdef Waiting *call = <Waiting *>waiting
    if call is NULL:
        return False
    target, name, values = <object>call.target, <object>call.name, <tuple>call.values
    by_name = name in ("call", "callv")
    if isinstance(target, Object):
        called = str(values[0]) if by_name and values else name
        direct = (<Object>target).id == object_id and called == method
    elif by_name and object_id:
        direct = call_method(target, "get_object_id") == <int64_t>object_id and call_method(target, "get_method") == method
    elif by_name:
        direct = is_same(function_of_callable(target), function)
    else:  # such as map
        direct = function is not None and any([is_same(value, function) for value in values])
    if direct and call.raised is NULL:  # the engine may go on, as map does; what else fails then is not told
        Py_INCREF(error)
        call.raised = <PyObject *>error
    return direct


cdef bint is_same(object callable, object function):
    return callable is function or isinstance(callable, MethodType) and callable.__func__ is function


cdef object function_of_callable = None  # `callables.function_of`


cdef dict signatures = {}  # (class, method) -> `described`, of objects without a script


cdef tuple described(object target, str name):
    """The names of a method's arguments, and the values of the last ones that may be left out; None if it is not known."""
    if not isinstance(target, Object):
        return None
    found = signatures.get((type(target), name))
    if found is None:
        for entry in call_method(target, "get_method_list"):
            if entry["name"] == name:
                found = [argument["name"] for argument in entry["args"]], entry["default_args"]
                break
        if not has_script(<Object>target):
            signatures[type(target), name] = found
    return found


cdef tuple in_order(object target, str name, tuple arguments, dict keywords):
    """The arguments of a call by position, those that are given by name among them."""
    cdef tuple known = described(target, name)
    where = f"{type(target).__name__}.{name}()"
    if known is None:
        raise TypeError(f"{where} takes its arguments by position only, not by names such as {next(iter(keywords))!r}")
    names, defaults = known
    placed = dict(zip(names, arguments))
    keywords = {key if key in names else key.removesuffix("_"): value for key, value in keywords.items()}  # such as `from_`
    for key in keywords:
        if key not in names:
            raise TypeError(f"{where} has no argument {key!r}; it takes ({', '.join(names)})")
        if key in placed:
            raise TypeError(f"{where} got two values for its argument {key!r}")
    placed |= keywords
    last = max([names.index(key) for key in placed])
    given = list(arguments[:len(names)])
    for index in range(len(given), last + 1):
        optional = index - (len(names) - len(defaults))
        if names[index] not in placed and optional < 0:
            raise TypeError(f"{where} is missing its argument {names[index]!r}")
        given.append(placed[names[index]] if names[index] in placed else defaults[optional])
    return (*given, *arguments[len(names):])


cdef int refuse_count(object target, str name, tuple values, bint too_few) except -1:
    """Says what is missing or too much in a call, where the engine knows the names."""
    cdef tuple known = described(target, name)
    if known is None:
        return 0
    names, defaults = known
    missing = names[len(values):len(names) - len(defaults)]
    where = f"{type(target).__name__}.{name}()"
    if too_few and missing:
        raise TypeError(f"{where} is missing its argument{'s' * (len(missing) > 1)} {' and '.join(map(repr, missing))}")
    if not too_few and len(values) > len(names):
        most = f"{len(names)} arguments ({', '.join(names)})" if names else "no arguments"
        raise TypeError(f"{where} takes {most}, {len(values)} were given")
    return 0


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
        free_variant(&arguments.values[i])
    PyMem_Free(arguments.values)


cdef inline void set_waiting(void *call) noexcept:
    global waiting
    waiting = call


cdef object call(object target, Name method, str name, tuple values, bint shared=False):
    cdef Variant this, result
    cdef Arguments arguments
    cdef GDExtensionCallError error
    cdef Waiting own
    cdef bint keep = keeps_gil(target, name)
    objects.drain()
    collect(values, &arguments)
    own.target, own.name, own.values, own.raised = <PyObject *>target, <PyObject *>name, <PyObject *>values, NULL
    own.outer = waiting
    try:
        variant.from_python(target, &this)
        set_waiting(&own)
        if keep:
            gde.variant_call(
                &this, &method.value, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        else:
            with nogil:
                gde.variant_call(
                    &this, &method.value, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        set_waiting(own.outer)
        free_variant(&this)
        if own.raised is not NULL:
            free_variant(&result)
            raised = <object>own.raised
            Py_DECREF(raised)
            raise raised
        if error.error == GDEXTENSION_CALL_ERROR_TOO_FEW_ARGUMENTS or error.error == GDEXTENSION_CALL_ERROR_TOO_MANY_ARGUMENTS:
            refuse_count(target, name, values, error.error == GDEXTENSION_CALL_ERROR_TOO_FEW_ARGUMENTS)
        shared = shared or variant.is_container(target)
        return finish(&result, &error, f"{type(target).__name__}.{name}()", values, shared)
    finally:
        discard(&arguments)


cdef object finish(Variant *result, GDExtensionCallError *error, object where, tuple values, bint shared=False):
    """The value of a call (with containers `shared` or copied), or the exception that its CallError means."""
    try:
        if error.error == GDEXTENSION_CALL_OK:
            return variant.read_shared(result) if shared else variant.to_python(result)
        if error.error == GDEXTENSION_CALL_ERROR_INVALID_ARGUMENT:
            given = type(values[error.argument]).__name__ if error.argument < len(values) else "nothing"
            raise TypeError(f"argument {error.argument + 1} of {where} must be {builtin.type_name(error.expected)}, not {given}")
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
        free_variant(result)


def call_method(target, str name, *arguments):
    """Calls a method of an object or builtin value by its name."""
    return call(target, strings.name_of(name), name, arguments)


def call_shared(target, str name, *arguments):
    """The same, and a container that is returned is the engine's own."""
    return call(target, strings.name_of(name), name, arguments, True)


cdef object call_bind(GDExtensionMethodBindPtr bind, void *ptr, object where, tuple values):
    """Calls the method of a MethodBind, whatever else the object's class or script has under its name."""
    cdef Variant result
    cdef Arguments arguments
    cdef GDExtensionCallError error
    objects.drain()
    collect(values, &arguments)
    try:
        with nogil:
            gde.object_method_bind_call(
                bind, ptr, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        return finish(&result, &error, where, values)
    finally:
        discard(&arguments)


def call_changing(value, str name, *arguments):
    """Calls a method that changes a packed array; returns its result, and the array as the method left it.

    A PackedByteArray is changed itself. Other values are copies anyway.
    """
    cdef Variant this, result
    cdef Arguments given
    cdef GDExtensionCallError error
    cdef Name method = strings.name_of(name)
    collect(arguments, &given)
    try:
        if isinstance(value, PackedByteArray):
            packed.take_out(value, &this)  # what no other owner has is changed in its place, and not copied first
        else:
            variant.from_python(value, &this)
        gde.variant_call(&this, &method.value, <const GDExtensionConstVariantPtr *>given.pointers, given.count,
                         &result, &error)
        try:
            if isinstance(value, PackedByteArray):
                packed.put_back(value, &this)
                return finish(&result, &error, f"{type(value).__name__}.{name}()", arguments), value
            return finish(&result, &error, f"{type(value).__name__}.{name}()", arguments), variant.to_python(&this)
        finally:
            free_variant(&this)
    finally:
        discard(&given)


cdef class StaticMethod:
    """A static method of an engine class, in engines that have no `ClassDB.class_call_static` too (before Godot 4.4).

    Raises:
        AttributeError: the engine has none of this name and hash.
    """
    cdef GDExtensionMethodBindPtr bind
    cdef str where

    def __init__(self, str class_name, str name, int64_t method_hash):
        self.where = f"{class_name}.{name}()"
        self.bind = gde.classdb_get_method_bind(strings.intern(class_name), strings.intern(name), method_hash)
        if self.bind is NULL:
            raise AttributeError(f"the engine has no method {self.where} with the hash {method_hash}")

    def __call__(self, *values):
        return call_bind(self.bind, NULL, self.where, values)


def has_method(target, str name) -> bool:
    """Whether the engine knows a method `name` of an object or builtin value."""
    cdef Variant this
    cdef Name method = strings.name_of(name)
    variant.from_python(target, &this)
    try:
        return gde.variant_has_method(&this, &method.value)
    finally:
        free_variant(&this)


def get_member(target, str name):
    """A method (bound), property or signal of an object or builtin value.

    Raises:
        AttributeError: the engine knows none of that name.
    """
    cdef Variant this, result
    cdef uint8_t valid = 0
    cdef Name member = strings.name_of(name)
    variant.from_python(target, &this)
    try:
        if gde.variant_has_method(&this, &member.value):
            return BoundMethod(target, name)
        if keeps_gil(target, name):
            gde.variant_get_named(&this, &member.value, &result, &valid)
        else:
            with nogil:
                gde.variant_get_named(&this, &member.value, &result, &valid)
        try:
            if not valid:
                raise AttributeError(f"{type(target).__name__} has no member {name!r}", name=name, obj=target)
            return variant.to_python(&result)
        finally:
            free_variant(&result)
    finally:
        free_variant(&this)


def set_property(Object target, str name, value):
    """Sets a property of an engine object.

    Raises:
        AttributeError: the object has no such property, or it takes no such value.
    """
    cdef Variant this, new
    cdef uint8_t valid = 0
    cdef Name member = strings.name_of(name)
    variant.from_python(value, &new)
    try:
        target.new_variant(&this)
        with nogil:
            gde.variant_set_named(&this, &member.value, &new, &valid)
        free_variant(&this)
    finally:
        free_variant(&new)
    if not valid:
        raise AttributeError(
            f"{type(target).__name__} has no property {name!r} that takes a {type(value).__name__}", name=name, obj=target)


def set_in_script(Object target, str name, value) -> bool:
    """Sets a variable of the script that extends an instance's class; False if it is none of the script's.

    What the class or the object has under this name in Python, and what begins with an underscore, is Python's own.

    Raises:
        AttributeError: the variable takes no such value.
    """
    if name.startswith("_") or target.constructing or target.ptr is NULL or not has_script(target):
        return False
    if _PyType_Lookup(type(target), name) is not NULL or name in target.__dict__:
        return False
    if not has_property(target, name):
        return False
    set_property(target, name, value)
    return True


def is_in_script(Object target, str name) -> bool:
    """Whether the script that extends an instance's class has a method of this name."""
    return not target.constructing and has_script(target) and has_method(target, name)


cdef bint has_property(Object target, str name) except -1:
    """Whether the engine knows a property of an object; a method or a signal is none."""
    cdef Variant this, result
    cdef uint8_t valid = 0
    cdef int type
    cdef Name member = strings.name_of(name)
    target.new_variant(&this)
    with nogil:
        gde.variant_get_named(&this, &member.value, &result, &valid)
    type = gde.variant_get_type(&result)
    free_variant(&result)
    free_variant(&this)
    if type == GDEXTENSION_VARIANT_TYPE_CALLABLE or type == GDEXTENSION_VARIANT_TYPE_SIGNAL:
        return any([listed["name"] == name for listed in call_method(target, "get_property_list")])
    return valid


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
        raise TypeError(f"the engine cannot create a {class_name}")
    return objects.adopt(ptr)


def print_line(str function, str text):
    """Prints through `@GlobalScope.print` or `printerr`."""
    cdef Variant line
    cdef const void *arguments[1]
    variant.from_python(text, &line)
    arguments[0] = &line
    cdef GDExtensionPtrUtilityFunction printer = gde.variant_get_ptr_utility_function(
        strings.intern(function), PRINT_HASHES[function])
    with nogil:  # a Logger of the game's may see the line
        printer(NULL, <const GDExtensionConstTypePtr *>arguments, 1)
    free_variant(&line)
