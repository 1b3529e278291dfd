"""Calls from Python into the engine: methods, properties, signals and constants, by name.

Nothing is generated for the engine's classes: every member is looked up by the engine itself. The GIL is released
while the engine runs, as what it does may run a script, which waits for another thread that waits for the GIL. What can
do neither keeps it (`KEEPERS`): to give it up and get it back may take milliseconds beside a thread that computes.

Calls variant_call, object_method_bind_call, variant_get_named, variant_set_named, variant_has_method,
global_get_singleton, classdb_construct_object, Object.get_script.
"""

import sys
from types import MethodType
cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF
from _pythonscript.interface cimport *
from _pythonscript cimport builtin, objects, packed, strings, variant
from _pythonscript.handles cimport Handle
from _pythonscript.objects cimport Object
from _pythonscript.packed cimport PackedByteArray
from _pythonscript.strings cimport Name
from _pythonscript.variant cimport Box

cdef extern from *:
    """
    static _Thread_local void *waiting;  /* the Waiting of the innermost call from Python on this thread */
    static void take_vectorcalls(PyTypeObject *type, Py_ssize_t offset) {
        type->tp_vectorcall_offset = offset;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    }
    """
    void *waiting
    void take_vectorcalls(type cls, Py_ssize_t offset)

cdef extern from "Python.h":
    PyObject *_PyType_Lookup(type, object)
    int PyObject_GenericSetAttr(object, object, object) except -1
    Py_ssize_t PyVectorcall_NARGS(size_t)
    unsigned long PyThread_get_thread_ident()
    PyObject **tuple_items "&PyTuple_GET_ITEM"(tuple, Py_ssize_t)

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

cdef enum:
    MOST_ON_STACK = 6    # arguments of a call; for more, memory is asked for
    MOST_MEMBERS = 1024  # remembered of a class: more than any of the engine's has, but names in objects have no end

cdef GDExtensionMethodBindPtr get_script
cdef unsigned long main_thread
cdef object native_properties = None
cdef object argument_types = None
cdef object enum_of = None
cdef dict members = {}             # class -> Members
cdef PyObject *last_class = NULL   # the one asked for last: `members` keeps it
cdef Members last_members = None


cdef enum Kind:
    METHOD       # of the engine's class, so all its objects have it
    VALUE        # a property or signal of the engine's class
    UNCERTAIN    # it may be what a script has: each object is asked


@cython.final
cdef class Member:
    """What a name means in the objects of a class, or in all values of a builtin type: there it is in the class."""
    cdef str name
    cdef Name tag
    cdef Kind kind
    cdef bint keeps      # it is used without giving up the GIL, where an object is alone with the engine (`may_keep`)
    cdef bint of_object
    cdef object enum     # of a property, or of what a method returns; None: none, or nobody asked yet
    cdef bint enum_known
    cdef bint shares     # it is a container's, whose own containers are shared
    cdef dict declared   # a script's id -> what it declares of the arguments (see `retype`); None: nobody asked yet

    def __get__(self, instance, owner):
        return self if instance is None else bind(instance, self)


@cython.final
cdef class Members:
    """What is known of the members of a class's objects."""
    cdef dict found             # name -> Member
    cdef frozenset keepers      # the names in KEEPERS that are the class's own or inherited
    cdef frozenset properties   # those of the engine's class; None: not asked for yet


cdef Members members_of(object cls):
    global last_class, last_members
    cdef Members known
    if <PyObject *>cls is last_class:
        return last_members
    known = members.get(cls)
    if known is None:
        known = Members.__new__(Members)
        natives = [base.__name__ for base in cls.__mro__ if "_engine_class" in vars(base)]
        known.keepers = frozenset(" ".join([KEEPERS.get(native, "") for native in natives]).split())
        known.found = {}
        members[cls] = known
    last_class, last_members = <PyObject *>cls, known
    return known


def load(properties, types, enum):
    """Looks up what this module calls, and gives others their ways to members; after `strings.load`.

    Args:
        properties: a callable that returns the names of the properties of the engine's class that a class is or inherits.
        types: a callable that returns what a script declares, of an object that has it and a method's name: for each
            argument the Type of a typed container, or None.
        enum: a callable that returns the enum of a member, of a class, the member's name and whether it is a method, which
            returns that enum; None if there is none.
    """
    global get_script, main_thread, native_properties, argument_types, enum_of
    main_thread = PyThread_get_thread_ident()
    native_properties, argument_types, enum_of = properties, types, enum
    packed.caller = sys.modules[__name__]
    objects.find_member, objects.set_member = find_member, set_member
    get_script = gde.classdb_get_method_bind(strings.intern("Object"), strings.intern("get_script"), GET_SCRIPT_HASH)


def load_callables(function_of):
    """Is given what tells the Python callable of a Callable; after `callables.load`."""
    global function_of_callable
    function_of_callable = function_of


cdef uint64_t script_of(Object target) except? 0:
    """The id of the script that extends an object; 0: none does."""
    cdef Variant script
    cdef uint64_t id
    gde.variant_new_nil(&script)
    gde.object_method_bind_ptrcall(get_script, target.pointer(), NULL, &script)
    id = script.words[0] if script.type == GDEXTENSION_VARIANT_TYPE_OBJECT else 0
    free_variant(&script)
    return id


cdef bint has_script(Object target) except -1:
    return script_of(target) != 0


cdef bint keeps_gil(object target, str name) except -1:
    """Whether a member of `target` may be one that is used without giving up the GIL."""
    if isinstance(target, Object):
        return name in members_of(type(target)).keepers
    return not isinstance(target, (Box, list, dict))  # a value in itself, which refers to nothing that could run


cdef bint may_keep(object target, Member member) except -1:
    """Whether that holds here and now."""
    return member.keeps and (
        not member.of_object or PyThread_get_thread_ident() == main_thread and not has_script(<Object>target))


cdef Variant *base_of(object target, bint of_object, Variant *r_made) except NULL:
    """The Variant whose member is used; the caller destroys `r_made`, which is that one or nil.

    What `target` holds itself is used as it is where nobody empties it meanwhile. A copy of what is counted costs as much
    as the rest of a call: its end may run code, so the GIL is given up for it.
    """
    cdef bint lasting = False
    r_made.type = GDEXTENSION_VARIANT_TYPE_NIL
    if of_object:
        (<Object>target).pointer()
        lasting = (<Object>target).link is NULL  # an instance's goes when the engine owns it again
    elif isinstance(target, Box):
        lasting = True
    if lasting and (<Handle>target).filled and PyThread_get_thread_ident() == main_thread:  # elsewhere the game's end may come
        return &(<Handle>target).variant
    if of_object:
        (<Object>target).new_variant(r_made)
    else:
        variant.from_python(target, r_made)
    return r_made


@cython.final
@cython.freelist(16)
cdef class BoundMethod:
    """A method of the engine's with the object or value that it is called on."""
    cdef readonly object __self__
    cdef Member member
    cdef void *vectorcall

    def __init__(self):
        raise TypeError("a bound method is made by naming a method of an object or value")

    @property
    def __name__(self):
        return self.member.name

    def __call__(self, *arguments, **keywords):
        if keywords:
            arguments = in_order(self.__self__, self.member.name, arguments, keywords)
        return call(self.__self__, self.member, tuple_items(arguments, 0), len(arguments))

    def __repr__(self):
        return f"<method {self.member.name} of {self.__self__!r}>"

    def __eq__(self, other):
        if not isinstance(other, BoundMethod):
            return NotImplemented
        return self.member.name == (<BoundMethod>other).member.name and self.__self__ == other.__self__

    def __hash__(self):
        return hash((self.member.name, self.__self__))


cdef BoundMethod bind(object target, Member member):
    cdef BoundMethod method = BoundMethod.__new__(BoundMethod)
    method.__self__, method.member = target, member
    method.vectorcall = <void *>vectorcall
    return method


cdef object vectorcall(BoundMethod method, PyObject *const *arguments, size_t count, PyObject *keywords):
    """`method(...)` without a tuple of the arguments."""
    cdef Py_ssize_t given = PyVectorcall_NARGS(count)
    cdef tuple names, ordered
    if keywords is NULL or not <tuple>keywords:
        return call(method.__self__, method.member, arguments, given)
    names = <tuple>keywords
    ordered = in_order(
        f"{type(method.__self__).__name__}.{method.member.name}()", described(method.__self__, method.member.name),
        tuple([<object>arguments[i] for i in range(given)]), {names[i]: <object>arguments[given + i] for i in range(len(names))})
    return call(method.__self__, method.member, tuple_items(ordered, 0), len(ordered))


cdef int offer_vectorcall() except -1:
    cdef BoundMethod method = bind(None, None)
    take_vectorcalls(BoundMethod, <char *>&method.vectorcall - <char *><PyObject *>method)
    return 0


offer_vectorcall()


cdef struct Waiting:         # a call from Python into the engine, which may lead straight back into Python
    PyObject *target         # what is called, its method and arguments; all borrowed
    PyObject *name
    PyObject *const *values
    Py_ssize_t count
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
    target, name = <object>call.target, <object>call.name
    values = tuple([<object>call.values[i] for i in range(call.count)])
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


cdef tuple in_order(str where, tuple known, tuple arguments, dict keywords):
    """The arguments of a call by position, those that are given by name among them; `known` as of `described`."""
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
    bint containers    # there are some among them
    Variant room[MOST_ON_STACK]
    const void *pointers_room[MOST_ON_STACK]


cdef int collect(PyObject *const *values, Py_ssize_t size, Arguments *arguments) except -1:
    """Makes the Variants of a call's arguments; `discard` frees them."""
    cdef Py_ssize_t i
    arguments.count = 0
    arguments.containers = False
    arguments.values, arguments.pointers = arguments.room, arguments.pointers_room
    if size > MOST_ON_STACK:
        arguments.values = <Variant *>PyMem_Malloc((sizeof(Variant) + sizeof(void *)) * size)
        if arguments.values is NULL:
            raise MemoryError()
        arguments.pointers = <const void **>(arguments.values + size)
    try:
        for i in range(size):
            variant.from_python(<object>values[i], &arguments.values[i])
            arguments.pointers[i] = &arguments.values[i]
            arguments.count += 1
            if (arguments.values[i].type == GDEXTENSION_VARIANT_TYPE_ARRAY
                    or arguments.values[i].type == GDEXTENSION_VARIANT_TYPE_DICTIONARY):
                arguments.containers = True
    except BaseException:
        discard(arguments)
        raise
    return 0


cdef void discard(Arguments *arguments) noexcept:
    cdef int i
    for i in range(arguments.count):
        free_variant(&arguments.values[i])
    if arguments.values != arguments.room:
        PyMem_Free(arguments.values)


cdef inline void set_waiting(void *call) noexcept:
    global waiting
    waiting = call


cdef object call(object target, Member member, PyObject *const *values, Py_ssize_t count):
    cdef Variant made, result
    cdef Variant *this
    cdef Arguments arguments
    cdef GDExtensionCallError error
    cdef Waiting own
    cdef bint keep = may_keep(target, member)
    objects.drain()
    collect(values, count, &arguments)
    own.target, own.name, own.values, own.count = <PyObject *>target, <PyObject *>member.name, values, count
    own.raised, own.outer = NULL, waiting
    try:
        if arguments.containers and member.of_object and member.kind == UNCERTAIN:
            retype(target, member, values, &arguments)
        this = base_of(target, member.of_object, &made)
        set_waiting(&own)
        if keep:
            gde.variant_call(
                this, &member.tag.value, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        else:
            with nogil:
                gde.variant_call(
                    this, &member.tag.value, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        set_waiting(own.outer)
        free_variant(&made)
        if own.raised is not NULL:
            free_variant(&result)
            raised = <object>own.raised
            Py_DECREF(raised)
            raise raised
        if error.error == GDEXTENSION_CALL_OK:
            if result.type == GDEXTENSION_VARIANT_TYPE_INT and member.of_object:
                return as_enum(target, member, result.words[0], True)
            return taken(&result, member.shares)
        member.declared = None  # a script may have been changed
        if error.error == GDEXTENSION_CALL_ERROR_INVALID_METHOD and member.of_object and member.name == "free":
            free_variant(&result)
            refuse_free(target)
        given = tuple([<object>values[i] for i in range(count)])
        if error.error == GDEXTENSION_CALL_ERROR_TOO_FEW_ARGUMENTS or error.error == GDEXTENSION_CALL_ERROR_TOO_MANY_ARGUMENTS:
            refuse_count(target, member.name, given, error.error == GDEXTENSION_CALL_ERROR_TOO_FEW_ARGUMENTS)
        return finish(&result, &error, f"{type(target).__name__}.{member.name}()", given)
    finally:
        discard(&arguments)


cdef int refuse_free(object target) except -1:
    """Says what to do instead of `free()`, which the engine has refused."""
    why = "the engine is in the middle of a call or a signal of it, so use queue_free(), or free.call_deferred()"
    if any([base.__name__ == "RefCounted" for base in type(target).__mro__]):
        why = "a RefCounted goes with the last reference to it"
    raise RuntimeError(f"this {type(target).__name__} cannot be freed here: {why}")


cdef int retype(Object target, Member member, PyObject *const *values, Arguments *arguments) except -1:
    """Makes lists and dicts typed containers where a script declares those.

    Raises:
        TypeError: such a container does not take an item.
    """
    # quirk - Godot 4.2-4.6 - a method in GDScript that refuses an argument keeps those before it for ever, so it is not
    # asked first - GDScriptFunction::call in modules/gdscript/gdscript_vm.cpp - drop when it frees them
    cdef Variant made
    cdef uint64_t script = script_of(target)
    cdef tuple wanted
    cdef int i
    if not script:
        return 0
    if member.declared is None:
        member.declared = {}
    wanted = member.declared.get(script)
    if wanted is None:
        if len(member.declared) == MOST_MEMBERS:
            member.declared.clear()
        wanted = member.declared[script] = argument_types(target, member.name)
    for i in range(min(arguments.count, <int>len(wanted))):
        # An Array of the engine's is left as it is: another one would not be the script's.
        if wanted[i] is None or wanted[i].type != arguments.values[i].type or not isinstance(<object>values[i], (list, tuple, dict)):
            continue
        try:
            variant.from_python_as(wanted[i], <object>values[i], &made)
        except TypeError as problem:
            raise TypeError(f"argument {i + 1} of {type(target).__name__}.{member.name}(): {problem}") from None
        free_variant(&arguments.values[i])
        arguments.values[i] = made
    return 0


cdef object taken(Variant *result, bint shared):
    """The value of a call that went well: containers `shared`, or copied."""
    try:
        return variant.read_shared(result) if shared else variant.to_python(result)
    finally:
        free_variant(result)


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
    """Calls a method of an object or builtin value by its name. An enum that an object's returns is an int."""
    return call(target, new_plain_member(target, name), tuple_items(arguments, 0), len(arguments))


def call_shared(target, str name, *arguments):
    """The same, and a container that is returned is the engine's own."""
    cdef Member member = new_plain_member(target, name)
    member.shares = True
    return call(target, member, tuple_items(arguments, 0), len(arguments))


cdef object call_bind(GDExtensionMethodBindPtr bind, void *ptr, object where, tuple values, object enum):
    """Calls the method of a MethodBind, whatever else the object's class or script has under its name.

    Args:
        enum: the enum that it returns; None if it returns none.
    """
    cdef Variant result
    cdef Arguments arguments
    cdef GDExtensionCallError error
    objects.drain()
    collect(tuple_items(values, 0), len(values), &arguments)
    try:
        with nogil:
            gde.object_method_bind_call(
                bind, ptr, <const GDExtensionConstVariantPtr *>arguments.pointers, arguments.count, &result, &error)
        if error.error == GDEXTENSION_CALL_OK and enum is not None:
            return variant.member_of(enum, result.words[0])
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
    collect(tuple_items(arguments, 0), len(arguments), &given)
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

    Args:
        enum: the enum that it returns; None if it returns none.
        known: the names of its arguments, and the values of the last ones that may be left out; None: it takes no names.

    Raises:
        AttributeError: the engine has none of this name and hash.
    """
    cdef GDExtensionMethodBindPtr bind
    cdef str where
    cdef object enum
    cdef tuple known

    def __init__(self, str class_name, str name, int64_t method_hash, enum=None, tuple known=None):
        self.where, self.enum, self.known = f"{class_name}.{name}()", enum, known
        self.bind = gde.classdb_get_method_bind(strings.intern(class_name), strings.intern(name), method_hash)
        if self.bind is NULL:
            raise AttributeError(f"the engine has no method {self.where} with the hash {method_hash}")

    def __call__(self, *values, **keywords):
        if keywords:
            values = in_order(self.where, self.known, values, keywords)
        return call_bind(self.bind, NULL, self.where, values, self.enum)


def has_method(target, str name) -> bool:
    """Whether the engine knows a method `name` of an object or builtin value."""
    cdef Variant this
    cdef Name method = strings.name_of(name)
    variant.from_python(target, &this)
    try:
        return gde.variant_has_method(&this, &method.value)
    finally:
        free_variant(&this)


def find_method(value, str name):
    """A method (bound) of a builtin value. Its class has it from then on.

    Raises:
        AttributeError: the engine knows none of that name.
    """
    cdef Member member = new_member(value, name)
    if name.startswith("_") or not has(value, member):
        raise AttributeError(f"{type(value).__name__} has no method {name!r}", name=name, obj=value)
    setattr(type(value), name, member)
    return bind(value, member)


def get_member(target, str name):
    """A method (bound), property or signal of an object or builtin value.

    Raises:
        AttributeError: the engine knows none of that name.
    """
    cdef Members known = members_of(type(target)) if isinstance(target, Object) else None
    return read_member(target, name, known, None if known is None else known.found.get(name))


cdef object bound(object target, str name):
    """A method that the object's class is known to have."""
    cdef Members known = members_of(type(target))
    cdef Member member = known.found.get(name)
    if member is None:
        member = new_member(target, name)
        known.found[member.name] = member
    return bind(target, member)


cdef object find_member(object target, object name):
    """An attribute that Python does not have (see `objects.Object`)."""
    cdef Members known = members_of(type(target))
    cdef Member member = known.found.get(name)
    if member is None:
        if name.startswith("__"):
            raise AttributeError(f"{type(target).__name__} has no attribute {name!r}")
        if name[:1].isupper():  # a constant or an enum, which the engine knows by its class only
            try:
                return getattr(type(target), name)
            except AttributeError:
                pass
    return read_member(target, name, known, member)


cdef object read_member(object target, str name, Members known, Member member):
    cdef Member found
    if member is not None and member.kind == METHOD:
        (<Object>target).pointer()
        return bind(target, member)
    found = new_member(target, name) if member is None else member
    if found.kind == UNCERTAIN and has(target, found):
        result = bind(target, found)
    else:
        result = get_value(target, found)
    if member is None and known is not None:
        remember(<Object>target, known, found, isinstance(result, BoundMethod))
    return result


cdef Member new_member(object target, str name):
    cdef Member member = Member.__new__(Member)
    member.name, member.tag, member.kind, member.keeps = str(name), strings.name_of(name), UNCERTAIN, keeps_gil(target, name)
    member.of_object, member.shares = isinstance(target, Object), variant.is_container(target)
    return member


cdef Member new_plain_member(object target, str name):
    """One that is used but once, for which nobody looks for an enum."""
    cdef Member member = new_member(target, name)
    member.enum_known = True
    return member


cdef int remember(Object target, Members known, Member member, bint is_method) except -1:
    """What a script has, its other objects need not have."""
    if not has_script(target):
        member.kind = METHOD if is_method else VALUE
    if len(known.found) == MOST_MEMBERS:
        known.found.clear()
    known.found[member.name] = member
    return 0


cdef bint has(object target, Member member) except -1:
    """Whether there is a method of that name."""
    cdef Variant made
    if member.of_object and (<Object>target).filled:
        return gde.variant_has_method(&(<Object>target).variant, &member.tag.value)
    found = gde.variant_has_method(base_of(target, member.of_object, &made), &member.tag.value)
    free_variant(&made)
    return found


cdef object get_value(object target, Member member):
    cdef Variant result
    cdef bint valid = get_named(target, member.of_object, member.tag, may_keep(target, member), &result)
    if valid and result.type == GDEXTENSION_VARIANT_TYPE_INT and member.of_object:
        return as_enum(target, member, result.words[0], False)
    if valid:
        return taken(&result, False)
    free_variant(&result)
    if has(target, member):  # in an object that lacks a value which others of its class have
        return bind(target, member)
    raise AttributeError(f"{type(target).__name__} has no member {member.name!r}", name=member.name, obj=target)


cdef bint get_named(object target, bint of_object, Name member, bint keep, Variant *r_result) except -1:
    """Gets a member of the engine's or a script's, with or (`keep`) without giving up the GIL; whether there is one."""
    cdef Variant made
    cdef Variant *this = base_of(target, of_object, &made)
    cdef uint8_t valid = 0
    if keep:
        gde.variant_get_named(this, &member.value, r_result, &valid)
    else:
        with nogil:
            gde.variant_get_named(this, &member.value, r_result, &valid)
    free_variant(&made)
    return valid


cdef object as_enum(object target, Member member, int64_t number, bint is_method):
    """An int that a property has or a method returns: the member, where it is an enum's and has one."""
    if not member.enum_known:
        member.enum, member.enum_known = enum_of(type(target), member.name, is_method), True
    return number if member.enum is None else variant.member_of(member.enum, number)


cdef int set_member(object target, object name, object value) except -1:
    """`target.name = value`: a property of the engine's class, a variable of the script, or an attribute in Python."""
    cdef Members known = members_of(type(target))
    if known.properties is None:
        known.properties = native_properties(type(target))
    if name in known.properties or _PyType_Lookup(type(target), "_spec") is NULL:
        set_property(target, name, value)
    elif not set_in_script(target, name, value):
        PyObject_GenericSetAttr(target, name, value)
    return 0


cpdef int set_property(Object target, str name, object value) except -1:
    """Sets a property of an engine object.

    Raises:
        AttributeError: the object has no such property, or it takes no such value.
        TypeError: it is a typed container of a script's, which the list or dict does not fit.
    """
    cdef Name member = strings.name_of(name)
    if set_named(target, member, value):
        return 0
    if isinstance(value, (list, tuple, dict)):
        made = like_variable(target, member, value)
        if made is not None and set_named(target, member, made):
            return 0
    raise AttributeError(
        f"{type(target).__name__} has no property {name!r} that takes a {type(value).__name__}", name=name, obj=target)


cdef bint set_named(Object target, Name member, object value) except -1:
    cdef Variant made, new
    cdef Variant *this
    cdef uint8_t valid = 0
    variant.from_python(value, &new)
    try:
        this = base_of(target, True, &made)
        with nogil:
            gde.variant_set_named(this, &member.value, &new, &valid)
        free_variant(&made)
    finally:
        free_variant(&new)
    return valid


cdef object like_variable(Object target, Name member, object value):
    """A list or dict as a container of the type that a script's variable has; None if that has none."""
    cdef Variant result
    get_named(target, True, member, False, &result)
    try:
        kept = variant.read_shared(&result)
    finally:
        free_variant(&result)
    if not variant.is_container(kept) or isinstance(value, dict) != hasattr(kept, "keys"):
        return None
    made = kept.copy()
    made.assign(value)
    return made


cdef bint set_in_script(Object target, str name, object value) except -1:
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
    cdef Variant result
    cdef bint valid = get_named(target, True, strings.name_of(name), False, &result)
    cdef int type = result.type
    free_variant(&result)
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
