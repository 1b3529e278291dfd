"""Python classes into ClassDB, and their instances' lives.

A class is registered in the order that the engine wants: the class, its methods, then its properties with their
groups, its signals, its constants. What a class consists of comes from the facade, plain and checked (`godot.spec`).

Calls classdb_register_extension_class2, or 3, and its companions, classdb_construct_object, object_set_instance.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport Py_INCREF, PyObject
from libc.string cimport memset
from _pythonscript.interface cimport *
from _pythonscript cimport errors, incoming, objects, strings, variant
from _pythonscript.incoming cimport Method
from _pythonscript.objects cimport Link, Object

cdef dict registered = {}         # class name -> Class, in order of registration
cdef int game_classes = 0         # how many of them were there before the editor's own
cdef bint editors_are_there = False

cdef extern from *:
    """
    static _Thread_local PyObject *pending;  /* the Construction that Python code has under way on this thread; borrowed */
    """
    PyObject *pending


cdef class Class:
    """A Python class that the engine knows."""
    cdef readonly str name
    cdef readonly object python
    cdef readonly dict virtuals   # name of a virtual that Python overrides -> Method
    cdef void *class_name
    cdef void *native             # StringName* of the nearest class of the engine's own
    cdef bint refcounted, editor_plugin


cdef class Construction:
    """`Class(*arguments)` in Python, on its way through the engine."""
    cdef str class_name
    cdef tuple arguments
    cdef dict keywords
    cdef object error


def register(spec, cls):
    """Registers a Python class.

    Args:
        spec: a `godot.spec.ClassSpec`.
        cls: the class itself.

    Raises:
        ValueError: the engine refuses the class; its output says why.
        TypeError: a default has no counterpart in the engine; the text begins with the method's name. ClassDB is
            left as it was.
    """
    cdef Class record = Class.__new__(Class)
    cdef GDExtensionClassCreationInfo2 info
    cdef GDExtensionClassCreationInfo3 placeholders
    record.name, record.python, record.virtuals = spec.name, cls, dict(spec.virtuals)
    record.class_name, record.native = strings.intern(spec.name), strings.intern(spec.native)
    record.refcounted, record.editor_plugin = spec.refcounted, spec.editor_plugin
    registered[spec.name] = record  # the engine keeps a pointer to it
    if spec.tool or editors_are_there or gde.classdb_register_extension_class3 is NULL:
        describe(&info, record, spec)
        gde.classdb_register_extension_class2(library, record.class_name, strings.intern(spec.parent), &info)
    else:
        describe(&placeholders, record, spec)
        placeholders.is_runtime = True
        gde.classdb_register_extension_class3(library, record.class_name, strings.intern(spec.parent), &placeholders)
    if gde.classdb_get_class_tag(record.class_name) is NULL:
        del registered[spec.name]
        raise ValueError(f"the engine refuses to register {spec.name}, which extends {spec.parent}; its own error says why")
    try:
        register_members(record, spec)
    except BaseException:
        gde.classdb_unregister_extension_class(library, record.class_name)
        del registered[spec.name]
        raise
    if spec.editor_plugin:
        gde.editor_add_plugin(record.class_name)


ctypedef fused CreationInfo:
    GDExtensionClassCreationInfo2
    GDExtensionClassCreationInfo3


cdef int describe(CreationInfo *info, Class record, object spec) except -1:
    """What the engine calls for the objects of a class."""
    memset(info, 0, sizeof(CreationInfo))
    info.is_virtual = spec.abstract
    info.is_abstract = spec.abstract
    info.is_exposed = True
    info.create_instance_func = create_instance
    info.free_instance_func = free_instance
    info.class_userdata = <void *>record
    info.get_virtual_call_data_func = get_virtual_call_data
    info.call_virtual_with_data_func = call_virtual
    if spec.notification:
        info.notification_func = notification
    if spec.to_string:
        info.to_string_func = to_string
    if spec.refcounted:
        info.reference_func = objects.count_changed
        info.unreference_func = objects.count_changed
    return 0


cdef int register_members(Class record, object spec) except -1:
    for method in spec.methods:
        register_method(record, method)
    register_properties(record, spec.properties)
    for signal in spec.signals:
        register_signal(record, signal)
    for constant in spec.constants:
        gde.classdb_register_extension_class_integer_constant(
            library, record.class_name, strings.intern(constant.enum), strings.intern(constant.name), constant.value, constant.bitfield)
    return 0


def start_editor():
    """The editor's own classes are there now; those that are registered from now on may inherit them, and run there."""
    global game_classes, editors_are_there
    game_classes, editors_are_there = len(registered), True


def unregister_editor():
    """Takes out of ClassDB again what was registered since `start_editor`, children first."""
    unregister(game_classes)


def unregister_all():
    """Takes all classes out of ClassDB again, children first."""
    unregister(0)


cdef int unregister(int first) except -1:
    cdef Class record
    for name in reversed(list(registered)[first:]):
        record = registered.pop(name)
        if record.editor_plugin:
            gde.editor_remove_plugin(record.class_name)
        gde.classdb_unregister_extension_class(library, record.class_name)
    return 0


cdef class Infos:
    """PropertyInfo structs with the Strings that they point to, for as long as the engine reads them."""
    cdef GDExtensionPropertyInfo *items
    cdef void **hints
    cdef int count

    def __cinit__(self, infos):
        cdef int i, size = len(infos)
        self.items = <GDExtensionPropertyInfo *>PyMem_Malloc(sizeof(GDExtensionPropertyInfo) * (size + 1))
        self.hints = <void **>PyMem_Malloc(sizeof(void *) * (size + 1))
        if self.items is NULL or self.hints is NULL:
            raise MemoryError()
        for i in range(size):
            info = infos[i]
            strings.new_string(info.hint_string, &self.hints[i])
            self.count += 1
            self.items[i].type = <GDExtensionVariantType><int>info.type
            self.items[i].name = strings.intern(info.name)
            self.items[i].class_name = strings.intern(info.class_name)
            self.items[i].hint = info.hint
            self.items[i].hint_string = &self.hints[i]
            self.items[i].usage = info.usage

    def __dealloc__(self):
        cdef int i
        for i in range(self.count):
            strings.free_string(&self.hints[i])
        PyMem_Free(self.items)
        PyMem_Free(self.hints)


cdef int register_method(Class record, object spec) except -1:
    cdef Method method = spec.method
    cdef Infos arguments = Infos(spec.arguments)
    cdef Infos returns = Infos([spec.returns])
    cdef GDExtensionClassMethodInfo info
    cdef GDExtensionClassMethodArgumentMetadata metadata[MOST_ARGUMENTS]
    cdef Variant defaults[MOST_ARGUMENTS]
    cdef void *pointers[MOST_ARGUMENTS]
    cdef int made = 0
    memset(&info, 0, sizeof(info))
    memset(metadata, 0, sizeof(metadata))
    try:
        for i in range(len(spec.defaults)):
            at = method.required + i
            try:
                variant.result_from_python(method.arguments[at], spec.defaults[i], &defaults[made])
            except Exception as error:
                raise TypeError(f"{spec.name}: the default of {spec.arguments[at].name}: {error}") from error
            pointers[made] = &defaults[made]
            made += 1
        Py_INCREF(method)  # the engine keeps a pointer to it until the process ends
        info.name = strings.intern(spec.name)
        info.method_userdata = <void *>method
        info.call_func = incoming.varcall
        info.ptrcall_func = incoming.ptrcall
        info.method_flags = spec.flags
        info.has_return_value = method.returns is not None
        info.return_value_info = returns.items
        info.argument_count = arguments.count
        info.arguments_info = arguments.items
        info.arguments_metadata = metadata
        info.default_argument_count = made
        info.default_arguments = pointers
        gde.classdb_register_extension_class_method(library, record.class_name, &info)
    finally:
        for i in range(made):
            free_variant(&defaults[i])
    return 0


cdef int register_properties(Class record, object specs) except -1:
    cdef Infos infos = Infos([spec.info for spec in specs])
    cdef void *text = NULL
    group = subgroup = ""
    for i, spec in enumerate(specs):
        if spec.group != group:
            group, subgroup = spec.group, ""
            strings.new_string(group, &text)
            gde.classdb_register_extension_class_property_group(library, record.class_name, &text, &EMPTY)
            strings.free_string(&text)
        if spec.subgroup != subgroup:
            subgroup = spec.subgroup
            strings.new_string(subgroup, &text)
            gde.classdb_register_extension_class_property_subgroup(library, record.class_name, &text, &EMPTY)
            strings.free_string(&text)
        gde.classdb_register_extension_class_property(
            library, record.class_name, &infos.items[i], strings.intern(spec.setter), strings.intern(spec.getter))
    return 0


cdef void *EMPTY = NULL  # an empty String is a null pointer


cdef int register_signal(Class record, object spec) except -1:
    cdef Infos arguments = Infos(spec.arguments)
    gde.classdb_register_extension_class_signal(
        library, record.class_name, strings.intern(spec.name), arguments.items, arguments.count)
    return 0


def construct(str class_name, tuple arguments, dict keywords):
    """A new instance of a registered class, for Python code: through the engine, as it makes the engine's half.

    Raises:
        Exception: whatever `__init__` raises.
    """
    global pending
    cdef Construction construction = Construction.__new__(Construction)
    cdef PyObject *outer = pending
    cdef void *ptr
    cdef void *name = strings.intern(class_name)
    construction.class_name, construction.arguments, construction.keywords = class_name, arguments, keywords
    objects.drain()
    pending = <PyObject *>construction
    with nogil:
        ptr = gde.classdb_construct_object(name)
    pending = outer
    if construction.error is not None:
        raise construction.error
    if ptr is NULL:
        raise TypeError(f"the engine cannot create a {class_name}")
    return objects.adopt(ptr)


cdef void *create_instance(void *userdata) noexcept nogil:
    if not running:
        return NULL
    with gil:
        return create_with_gil(<Class>userdata)


cdef void *create_with_gil(Class record) noexcept:
    global pending
    cdef Construction construction = None
    cdef Object self = None
    cdef void *ptr
    cdef tuple arguments = ()
    cdef dict keywords = {}
    if pending is not NULL and (<Construction>pending).class_name == record.name:
        construction = <Construction>pending
        arguments, keywords = construction.arguments, construction.keywords
    pending = NULL  # what __init__ makes is not what `construct` asked for
    with nogil:
        ptr = gde.classdb_construct_object(record.native)
    try:
        objects.drain()
        self = new_instance(record, record.python.__new__(record.python, *arguments, **keywords))
        gde.object_set_instance(ptr, record.class_name, objects.join(self, ptr, record.refcounted))
        self.constructing = True
        self.__init__(*arguments, **keywords)
        if self.ptr is NULL:
            raise RuntimeError(f"{record.name}.__init__ has freed its object")
        self.constructing = False
        return ptr
    except BaseException as error:
        if construction is None:
            errors.report(f"{record.name}.__init__")
        else:
            construction.error = error
    if self is not None and self.id and self.ptr is NULL:
        return NULL  # `__init__` has freed it
    self = None
    with nogil:
        gde.object_destroy(ptr)
    return NULL


cdef Object new_instance(Class record, object made):
    """What `__new__` gave, which must be new: every object of the engine's has a Python object of its own."""
    if type(made) is not record.python:
        raise TypeError(f"{record.name}.__new__ must return a new {record.name}, not {made!r}")
    if (<Object>made).id:
        raise TypeError(
            f"{record.name}.__new__ must return a new {record.name}, not one that it returned before: for an object that there is "
            "only once, keep it in an attribute of the class, or write an autoload")
    return <Object>made


cdef void free_instance(void *userdata, void *instance) noexcept nogil:
    if running:
        with gil:
            objects.engine_freed(instance)


cdef void *get_virtual_call_data(void *userdata, GDExtensionConstStringNamePtr name) noexcept nogil:
    # NULL where Python does not override it, or the engine would call Python for every _process of every node.
    if not running:
        return NULL
    with gil:
        method = (<Class>userdata).virtuals.get(strings.name_to_str(name))
        return NULL if method is None else <void *>method


cdef void call_virtual(void *instance, GDExtensionConstStringNamePtr name, void *userdata,
                       const GDExtensionConstTypePtr *arguments, GDExtensionTypePtr r_return) noexcept nogil:
    incoming.ptrcall(userdata, instance, arguments, r_return)


cdef void notification(void *instance, int32_t what, GDExtensionBool reversed) noexcept nogil:
    if running and (<Link *>instance).object is not NULL:
        with gil:
            notify(objects.instance_of(<Link *>instance), what)


cdef void notify(object self, int32_t what) noexcept:
    if self is None:
        return
    try:
        self._notification(what)
    except BaseException:
        errors.report(f"{type(self).__name__}._notification")


cdef void to_string(void *instance, GDExtensionBool *r_is_valid, GDExtensionStringPtr r_out) noexcept nogil:
    r_is_valid[0] = False
    if running and (<Link *>instance).object is not NULL:
        with gil:
            r_is_valid[0] = write_string(objects.instance_of(<Link *>instance), r_out)


cdef bint write_string(object self, void *r_out) noexcept:
    cdef void *text = NULL
    if self is None:
        return False
    try:
        strings.new_string(self._to_string(), &text)
    except BaseException:
        errors.report(f"{type(self).__name__}._to_string")
        return False
    strings.free_string(r_out)
    (<void **>r_out)[0] = text
    return True
