"""Python classes into ClassDB, and their instances' lives.

A class is registered in the order that the engine wants: the class, its methods, then its properties with their
groups, its signals, its constants. What a class consists of comes from the facade, plain and checked (`godot.spec`).

Calls classdb_register_extension_class2, 3 or 4 and its companions, classdb_construct_object, object_set_instance.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport Py_INCREF, PyObject
from libc.string cimport memset
from _pythonscript.interface cimport *
from _pythonscript cimport errors, incoming, objects, strings, variant
from _pythonscript.incoming cimport Method
from _pythonscript.objects cimport Link, Object
from _pythonscript.outgoing import call_method

cdef dict registered = {}         # class name -> Class, in order of registration
cdef int game_classes = 0         # how many of them were there before the editor's own
cdef bint editors_are_there = False
cdef object properties_of = None
cdef dict property_lists = {}     # address -> the Infos that the engine reads there

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
    cdef tuple rpcs               # names of methods that other peers may call, with what `Node.rpc_config` takes
    cdef bint refcounted, editor_plugin


cdef class Construction:
    """`Class(*arguments)` in Python, on its way through the engine."""
    cdef str class_name
    cdef tuple arguments
    cdef dict keywords
    cdef object error


def load(listed):
    """Is given what returns the properties of an object's `_get_property_list`, each as an `Info`."""
    global properties_of
    properties_of = listed


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
    cdef GDExtensionClassCreationInfo4 with_icon
    cdef void *icon = NULL
    cdef bint game_only = not (spec.tool or editors_are_there)
    record.name, record.python, record.virtuals = spec.name, cls, dict(spec.virtuals)
    record.class_name, record.native = strings.intern(spec.name), strings.intern(spec.native)
    record.refcounted, record.editor_plugin, record.rpcs = spec.refcounted, spec.editor_plugin, spec.rpcs
    registered[spec.name] = record  # the engine keeps a pointer to it
    # The oldest of the engine's ways that has what the class needs.
    if not spec.icon or gde.classdb_register_extension_class4 is NULL:
        if not game_only or gde.classdb_register_extension_class3 is NULL:
            describe(&info, record, spec)
            gde.classdb_register_extension_class2(library, record.class_name, strings.intern(spec.parent), &info)
        else:
            describe(&placeholders, record, spec)
            placeholders.is_runtime = True
            gde.classdb_register_extension_class3(library, record.class_name, strings.intern(spec.parent), &placeholders)
    else:
        describe(&with_icon, record, spec)
        with_icon.is_runtime = game_only
        strings.new_string(spec.icon, &icon)
        with_icon.icon_path = &icon
        gde.classdb_register_extension_class4(library, record.class_name, strings.intern(spec.parent), &with_icon)
        strings.free_string(&icon)
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
    GDExtensionClassCreationInfo4


cdef int describe(CreationInfo *info, Class record, object spec) except -1:
    """What the engine calls for the objects of a class."""
    memset(info, 0, sizeof(CreationInfo))
    info.is_virtual = spec.abstract
    info.is_abstract = spec.abstract
    info.is_exposed = True
    if CreationInfo is GDExtensionClassCreationInfo4:
        info.create_instance_func = create_instance_and_notify
        info.get_virtual_call_data_func = get_virtual_call_data_by_hash
    else:
        info.create_instance_func = create_instance
        info.get_virtual_call_data_func = get_virtual_call_data
    info.free_instance_func = free_instance
    info.class_userdata = <void *>record
    info.call_virtual_with_data_func = call_virtual
    if spec.notification:
        info.notification_func = notification
    if spec.to_string:
        info.to_string_func = to_string
    if spec.refcounted:
        info.reference_func = objects.count_changed
        info.unreference_func = objects.count_changed
    if "_get" in spec.callbacks:
        info.get_func = get_property
    if "_set" in spec.callbacks:
        info.set_func = set_property
    if "_get_property_list" in spec.callbacks:
        info.get_property_list_func = get_property_list
        info.free_property_list_func = free_property_list if CreationInfo is GDExtensionClassCreationInfo2 else free_properties
    if "_validate_property" in spec.callbacks:
        info.validate_property_func = validate_property
    if "_property_can_revert" in spec.callbacks:
        info.property_can_revert_func = property_can_revert
    if "_property_get_revert" in spec.callbacks:
        info.property_get_revert_func = property_get_revert
    return 0


cdef int register_members(Class record, object spec) except -1:
    for method in spec.methods:
        register_method(record, method)
    for method in spec.declared:
        register_virtual(record, method)
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


cdef int register_virtual(Class record, object spec) except -1:
    """Registers a virtual method of the class's own, which scripts may override (Godot 4.3 and newer)."""
    cdef Infos arguments = Infos(spec.arguments)
    cdef Infos returns = Infos([spec.returns])
    cdef GDExtensionClassVirtualMethodInfo info
    cdef GDExtensionClassMethodArgumentMetadata metadata[MOST_ARGUMENTS]
    if gde.classdb_register_extension_class_virtual_method is NULL:
        raise TypeError(f"{spec.name}: virtual methods of a class's own need Godot 4.3 or newer")
    memset(&info, 0, sizeof(info))
    memset(metadata, 0, sizeof(metadata))
    info.name = strings.intern(spec.name)
    info.method_flags = spec.flags
    info.return_value = returns.items[0]
    info.argument_count = arguments.count
    info.arguments = arguments.items
    info.arguments_metadata = metadata
    gde.classdb_register_extension_class_virtual_method(library, record.class_name, &info)
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


cdef void *create_instance_and_notify(void *userdata, GDExtensionBool notify) noexcept nogil:
    return create_instance(userdata)  # the object of the engine's own class, which is made first, has been notified


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
        for name, config in record.rpcs:
            call_method(self, "rpc_config", name, config)
        self.__init__(*arguments, **keywords)
        if self.ptr is NULL:
            raise RuntimeError(f"{record.name}.__init__ has freed its object")
        objects.constructed(self)
        return ptr
    except BaseException as error:
        if construction is None:
            errors.report(f"{record.name}.__init__")
        else:
            construction.error = error
    if self is not None and self.id and (self.ptr is NULL or not objects.is_left_alone(self)):
        return NULL  # `__init__` has freed it, or given it to somebody
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


cdef void *get_virtual_call_data_by_hash(void *userdata, GDExtensionConstStringNamePtr name, uint32_t hash) noexcept nogil:
    return get_virtual_call_data(userdata, name)


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
        errors.report_in(self, "_notification")


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
        errors.report_in(self, "_to_string")
        return False
    strings.free_string(r_out)
    (<void **>r_out)[0] = text
    return True


# Properties that are not declared: `_get`, `_set` and what goes with them


cdef GDExtensionBool get_property(void *instance, GDExtensionConstStringNamePtr name, GDExtensionVariantPtr r_value) noexcept nogil:
    if not running or (<Link *>instance).object is NULL:
        return False
    with gil:
        return ask_for_value(objects.instance_of(<Link *>instance), "_get", name, <Variant *>r_value)


cdef GDExtensionBool property_get_revert(
        void *instance, GDExtensionConstStringNamePtr name, GDExtensionVariantPtr r_value) noexcept nogil:
    if not running or (<Link *>instance).object is NULL:
        return False
    with gil:
        return ask_for_value(objects.instance_of(<Link *>instance), "_property_get_revert", name, <Variant *>r_value)


cdef bint ask_for_value(object self, str method, const void *name, Variant *r_value) noexcept:
    """None is no answer, as null is none in GDScript."""
    cdef Variant value
    try:
        found = None if self is None else getattr(self, method)(variant.string_name_class(strings.name_to_str(name)))
        if found is None:
            return False
        variant.from_python(found, &value)
    except BaseException:
        errors.report_in(self, method)
        return False
    free_variant(r_value)
    r_value[0] = value
    return True


cdef GDExtensionBool set_property(
        void *instance, GDExtensionConstStringNamePtr name, GDExtensionConstVariantPtr value) noexcept nogil:
    if not running or (<Link *>instance).object is NULL:
        return False
    with gil:
        return ask(objects.instance_of(<Link *>instance), "_set", name, <const Variant *>value)


cdef GDExtensionBool property_can_revert(void *instance, GDExtensionConstStringNamePtr name) noexcept nogil:
    if not running or (<Link *>instance).object is NULL:
        return False
    with gil:
        return ask(objects.instance_of(<Link *>instance), "_property_can_revert", name, NULL)


cdef bint ask(object self, str method, const void *name, const Variant *value) noexcept:
    try:
        given = () if value is NULL else (variant.to_python(value),)
        return self is not None and bool(getattr(self, method)(variant.string_name_class(strings.name_to_str(name)), *given))
    except BaseException:
        errors.report_in(self, method)
        return False


cdef const GDExtensionPropertyInfo *get_property_list(void *instance, uint32_t *r_count) noexcept nogil:
    r_count[0] = 0
    if not running or (<Link *>instance).object is NULL:
        return NULL
    with gil:
        return list_properties(objects.instance_of(<Link *>instance), r_count)


cdef const GDExtensionPropertyInfo *list_properties(object self, uint32_t *r_count) noexcept:
    cdef Infos infos
    try:
        if self is None:
            return NULL
        infos = Infos(properties_of(self))
        property_lists[<size_t>infos.items] = infos
    except BaseException:
        errors.report_in(self, "_get_property_list")
        return NULL
    r_count[0] = infos.count
    return infos.items


cdef void free_property_list(void *instance, const GDExtensionPropertyInfo *properties) noexcept nogil:
    if running and properties is not NULL:
        with gil:
            property_lists.pop(<size_t>properties, None)


cdef void free_properties(void *instance, const GDExtensionPropertyInfo *properties, uint32_t count) noexcept nogil:
    free_property_list(instance, properties)


cdef GDExtensionBool validate_property(void *instance, GDExtensionPropertyInfo *info) noexcept nogil:
    if not running or (<Link *>instance).object is NULL:
        return False
    with gil:
        return ask_to_validate(objects.instance_of(<Link *>instance), info)


cdef bint ask_to_validate(object self, GDExtensionPropertyInfo *info) noexcept:
    """The engine copies what is in `info` afterwards; the hint's text is in its own String."""
    cdef int kind, hint, usage
    cdef void *name
    cdef void *class_name
    cdef void *text = NULL
    try:
        if self is None:
            return False
        property = {
            "name": variant.string_name_class(strings.name_to_str(info.name)),
            "class_name": variant.string_name_class(strings.name_to_str(info.class_name)),
            "type": <int>info.type,
            "hint": info.hint,
            "hint_string": strings.to_str(info.hint_string),
            "usage": info.usage,
        }
        before = dict(property)
        self._validate_property(property)
        if property == before:
            return False
        kind, hint, usage = property["type"], property["hint"], property["usage"]
        name, class_name = strings.intern(property["name"]), strings.intern(property["class_name"])
        strings.new_string(property["hint_string"], &text)
    except BaseException:
        errors.report_in(self, "_validate_property")
        return False
    info.type, info.hint, info.usage = <GDExtensionVariantType>kind, hint, usage
    info.name, info.class_name = name, class_name
    strings.free_string(info.hint_string)
    (<void **>info.hint_string)[0] = text
    return True
