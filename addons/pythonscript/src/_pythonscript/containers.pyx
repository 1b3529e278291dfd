"""Array and Dictionary: the engine's own containers, which Python and scripts share.

A list is a copy. An `Array` is the engine's, whoever has it: what Python appends a script sees, and the other way round.
Values are read as everywhere, but a container inside is shared too. Python's names have Python's meaning and raise
Python's errors (MutableSequence, MutableMapping); whatever else the engine's containers have is called by the engine.
What a typed container does not take is a TypeError before the engine sees it.

Nothing here keeps a pointer into a container: it may change whenever Python code runs, or an object dies. What is thrown
out is kept until the engine has done so, as its end may run code that uses the container; then it ends without the GIL.

Calls variant_get_indexed, variant_set_indexed, variant_get_keyed, variant_set_keyed, variant_evaluate, and the builtin
methods size, is_read_only and get_typed_builtin.
"""

cimport cython
import collections.abc
import sys
import types
from operator import index as to_index
from _pythonscript import outgoing
from _pythonscript.interface cimport *
from _pythonscript cimport builtin, strings, variant
from _pythonscript.variant cimport Box, MOST_NESTED, Type

cdef GDExtensionTypeFromVariantConstructorFunc unbox[2]  # here and below: of Array, of Dictionary
cdef GDExtensionPtrDestructor destroy[2]
cdef GDExtensionPtrBuiltInMethod get_size[2]
cdef GDExtensionPtrBuiltInMethod is_read_only[2]
cdef object type_of = None

CHANGING = frozenset("pop_back pop_front pop_at shuffle sort_custom sort".split())
"""Methods of the engine's that are called by name and change a container."""


def load(resolver):
    """Looks up the engine's functions, and gives the conversions their way to share; after `variant.load`.

    Args:
        resolver: a callable that returns the Type for an annotation such as `Array[int]`.
    """
    global type_of
    cdef GDExtensionVariantType kind
    cdef int i
    for i in range(2):
        kind = GDEXTENSION_VARIANT_TYPE_DICTIONARY if i else GDEXTENSION_VARIANT_TYPE_ARRAY
        unbox[i] = gde.get_variant_to_type_constructor(kind)
        destroy[i] = gde.variant_get_ptr_destructor(kind)
        get_size[i] = builtin.method(kind, "size")
        is_read_only[i] = builtin.method(kind, "is_read_only")
    type_of = resolver
    variant.container_classes[<int>GDEXTENSION_VARIANT_TYPE_ARRAY] = Array
    variant.container_classes[<int>GDEXTENSION_VARIANT_TYPE_DICTIONARY] = Dictionary
    variant.share_container, variant.write_container = share, write


class Alias(types.GenericAlias):
    """`Array[int]`, `Dictionary[str, Node]`: an annotation, and a constructor of typed containers."""

    def __call__(self, items=()):
        return make(type_of(self), items)


# Types


cdef class Place:
    """What a typed container says of its items, its keys or its values."""

    def __init__(self, int type, class_name, script):
        self.type, self.class_name, self.script = Type(type), class_name, script


cdef object place_of(Container container, str what):
    """The place that `get_typed_builtin` and its companions tell; None for any value."""
    kind = outgoing.call_method(container, f"get_typed_{what}builtin")
    if not kind:
        return None
    names = ("class_name", "script") if kind == GDEXTENSION_VARIANT_TYPE_OBJECT else ()
    return Place(kind, *[outgoing.call_method(container, f"get_typed_{what}{name}") for name in names] or ("", None))


cdef bint fits(Container container, Type type) except -1:
    """Whether a container is of the declared type; an untyped declaration takes any."""
    cdef Type wanted
    cdef Place place
    for number, wanted in enumerate((type.element, type.key)):
        if wanted is None or wanted.type == GDEXTENSION_VARIANT_TYPE_NIL:
            continue
        place = container.place(number)
        if place is None or place.type.type != wanted.type or place.class_name != class_name_of(wanted):
            return False
        if place.script is not None:
            return False
    return True


cdef object class_name_of(Type type):
    return variant.string_name_class("" if type.class_name is NULL else strings.name_to_str(type.class_name))


cdef object make(Type type, object items):
    """A new container of the declared type."""
    cls = variant.container_classes[type.type]
    cdef Container container = cls.__new__(cls)
    cdef list wanted = []
    cdef Type one
    cdef Variant made
    if type.type == GDEXTENSION_VARIANT_TYPE_ARRAY and type.element is not None and isinstance(items, (list, tuple)) and (
            variant.container_classes[type.element.type] is None):  # a container inside is of no declared type
        variant.write_whole_array(items, type.element, &made)
        variant.fill_box(container, &made)
        free_variant(&made)
        container.declared = type
        return container
    for one in (type.key, type.element) if type.type == GDEXTENSION_VARIANT_TYPE_DICTIONARY else (type.element,):
        wanted += (0, variant.string_name_class(), None) if one is None else (one.type, class_name_of(one), None)
    if type.type == GDEXTENSION_VARIANT_TYPE_DICTIONARY and engine.minor < 4 or not any(wanted):
        container.__init__(items)
    else:
        variant.construct_box(container, type.type, (cls(), *wanted))
        container.declared = type
        if type.type == GDEXTENSION_VARIANT_TYPE_ARRAY:
            container.extend(items)
        else:
            container.update(items)
    container.declared = type
    return container


cdef object share(Type type, const Variant *value):
    """The engine's container as a declared value: itself, or a converted copy where its items are not of the type."""
    cls = variant.container_classes[type.type]
    cdef Container container = variant.fill_box(cls.__new__(cls), value)
    if not fits(container, type):
        return make(type, container)
    container.declared = type
    return container


cdef int write(Type type, object value, Variant *r_variant) except -1:
    """Makes the Variant of what is given where a container is declared. False: it is none of the values that are handled here."""
    cdef bint is_container = isinstance(value, Container)
    cdef bint is_array = type.type == GDEXTENSION_VARIANT_TYPE_ARRAY
    if is_container:
        if not isinstance(value, Array if is_array else Dictionary) or fits(value, type):
            return False
    elif not isinstance(value, (list, tuple) if is_array else dict) or type.python is None:
        return False
    value = make(type, value)
    gde.variant_new_copy(r_variant, &(<Box>value).variant)
    return True


cdef Box boxed(Place place, object value, object what):
    """A value in the engine's form, for a place in a container.

    Raises:
        TypeError: the container is typed and does not take it.
    """
    cdef Variant item
    cdef Box box = Box.__new__(Box)
    try:
        if place is None:
            variant.from_python(value, &item)
        else:
            write_in(place, value, &item)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    variant.fill_box(box, &item)
    free_variant(&item)
    return box


cdef int write_in(Place place, object value, Variant *r_variant) except -1:
    variant.write_whole(place.type, value, r_variant)
    if place.class_name and r_variant.type != GDEXTENSION_VARIANT_TYPE_NIL:
        try:
            if not is_a(value, place):
                raise TypeError(f"must be {name_of(place)}, not {type(value).__name__}")
        except BaseException:
            free_variant(r_variant)
            raise
    return 0


cdef bint is_a(object value, Place place) except -1:
    """Whether an object is of the class, and has the script, that a container's are of."""
    if not outgoing.call_method(value, "is_class", place.class_name):
        return False
    if place.script is None:
        return True
    script = outgoing.call_method(value, "get_script")
    while script is not None and script != place.script:
        script = outgoing.call_method(script, "get_base_script")
    return script is not None


cdef object name_of(Place place):
    if place is None:
        return "Any"
    if place.script is not None:
        return str(outgoing.call_method(place.script, "get_global_name")) or f"{place.class_name} with the container's script"
    return place.class_name or builtin.type_name(place.type.type)


cdef object read(Type how, const Variant *value):
    """The Python value of an item: shared if it is a container, an IntEnum or PackedByteArray where so declared."""
    cdef bint fits = True
    if how is not None and how.python is not None and (
            how.type == GDEXTENSION_VARIANT_TYPE_INT or how.type == GDEXTENSION_VARIANT_TYPE_PACKED_BYTE_ARRAY):
        result = variant.to_python_as(how, value, &fits)
        if fits:
            return result
    return variant.read_shared(value)


# What both have


cdef class Container(Box):
    """The engine's Array or Dictionary."""

    __hash__ = None

    cdef int64_t ask(self, GDExtensionPtrBuiltInMethod *function) except -1:
        """What a builtin method without arguments says, an int or a bool."""
        cdef int which = isinstance(self, Dictionary)
        cdef void *contents = NULL
        cdef int64_t result = 0
        if not self.filled:
            raise ReferenceError(f"this {type(self).__name__} cannot be used: it was not initialised, or the game is quitting")
        unbox[which](&contents, &self.variant)
        function[which](&contents, NULL, &result, 0)
        destroy[which](&contents)
        return result

    cdef size_t identity(self) except 0:
        """Two containers of the same identity are the same one."""
        cdef int which = isinstance(self, Dictionary)
        cdef void *contents = NULL
        self.ask(get_size)
        unbox[which](&contents, &self.variant)
        identity = <size_t>contents
        destroy[which](&contents)
        return identity

    cdef int writable(self) except -1:
        if self.ask(is_read_only):
            raise TypeError(f"this {type(self).__name__} is read-only")
        return 0

    cdef Place place(self, int number):
        if self.places is None:
            self.ask(get_size)
            if isinstance(self, Array):
                self.places = [place_of(self, ""), None]
            elif engine.minor >= 4:
                self.places = [place_of(self, "value_"), place_of(self, "key_")]
            else:
                self.places = [None, None]
        return self.places[number]

    @classmethod
    def __class_getitem__(cls, items):
        return Alias(cls, items if isinstance(items, tuple) else (items,))

    def __len__(self):
        return self.ask(get_size)

    def __getattr__(self, str name):
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        self.ask(get_size)
        if name in CHANGING:
            self.writable()
        if not outgoing.has_method(self, name):  # the engine would look for a key of a Dictionary
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
        return outgoing.get_member(self, name)

    def clear(self):
        """Removes all items."""
        self.writable()
        self.throw_out("clear")

    def copy(self):
        """A new container with the same items (`duplicate` in the class reference)."""
        return self.duplicated(False)

    def __copy__(self):
        return self.duplicated(False)

    def __deepcopy__(self, memo):
        return self.duplicated(True)

    cdef object throw_out(self, str name, size=None):
        """Calls a method that may throw out any items; a copy keeps them meanwhile."""
        kept = (self.duplicated(False), outgoing.call_method(self, name, *() if size is None else (size,)))
        return kept[1]

    cdef Container duplicated(self, bint deep):
        self.ask(get_size)
        cdef Container result = outgoing.call_method(self, "duplicate", deep)
        result.declared = self.declared
        return result

    def __repr__(self):
        places = [name_of(self.place(number)) for number in ([0] if isinstance(self, Array) else [1, 0])]
        of = f"[{', '.join(places)}]" if set(places) != {"Any"} else ""
        return f"{type(self).__name__}{of}({text_of(self, set())})"


cdef object text_of(object value, set inside):
    """The items as Python writes them. A container inside itself ends with `...`, and so does what is nested too deeply."""
    cdef list parts = []
    if not isinstance(value, Container):
        return repr(value)
    begin, end = "[]" if isinstance(value, Array) else "{}"
    identity = (<Container>value).identity()
    if identity in inside or len(inside) == MOST_NESTED:
        return f"{begin}...{end}"
    inside.add(identity)
    if isinstance(value, Array):
        for item in value:
            parts.append(text_of(item, inside))
    else:
        for key in value:
            parts.append(f"{text_of(key, inside)}: {text_of(value[key], inside)}")
    inside.discard(identity)
    return begin + ", ".join(parts) + end


cdef object evaluate(GDExtensionVariantOperator operator, Container left, Container right):
    cdef Variant result
    cdef uint8_t valid = 0
    gde.variant_evaluate(operator, &left.variant, &right.variant, &result, &valid)
    try:
        return variant.read_shared(&result) if valid else NotImplemented
    finally:
        free_variant(&result)


# Array


@cython.collection_type("sequence")
cdef class Array(Container):
    """The engine's Array (class reference: Array), shared with whoever else has it.

    `Array[int]` is the annotation of a typed one, and makes one: `Array[int]([1, 2])`.

    Args:
        items: an iterable of what it holds at first, copied.

    Raises:
        TypeError: an item has no counterpart in the engine, or is not of the array's type.
    """

    def __init__(self, items=(), /):
        cdef Variant made
        if self.filled:
            self.assign(items)
            return
        variant.from_python(items if type(items) in (list, tuple) else list(items), &made)
        variant.fill_box(self, &made)
        free_variant(&made)

    cdef int64_t position(self, object index) except -1:
        cdef int64_t given
        if not hasattr(type(index), "__index__"):
            raise TypeError(f"Array indices must be integers or slices, not {type(index).__name__}")
        index = to_index(index)
        size = self.ask(get_size)
        if not -size <= index < size:
            raise IndexError("Array index out of range")
        given = index
        return given + size if given < 0 else given

    cdef object item(self, int64_t index, Type how):
        cdef Variant value
        cdef uint8_t valid = 0, outside = 0
        self.ask(get_size)
        gde.variant_get_indexed(&self.variant, index, &value, &valid, &outside)
        try:
            if not valid:
                raise IndexError("Array index out of range")
            return read(how, &value)
        finally:
            free_variant(&value)

    cdef int put(self, int64_t index, Box item) except -1:
        cdef Variant old
        cdef uint8_t found = 0, valid = 0, outside = 0
        gde.variant_get_indexed(&self.variant, index, &old, &found, &outside)
        gde.variant_set_indexed(&self.variant, index, &item.variant, &valid, &outside)
        free_variant(&old)
        if not found or not valid or outside:
            raise RuntimeError("an Array changed while it was written to")
        return 0

    cdef object take_out(self, int64_t index):
        item = self.item(index, self.how())
        outgoing.call_method(self, "remove_at", index)
        return item

    cdef Box sought(self, object value):
        """A value to be looked for; None where the array cannot have it."""
        try:
            return boxed(self.place(0), value, "")
        except (TypeError, ValueError, OverflowError):
            return None

    cdef list raw(self):
        """All items in the engine's form."""
        cdef Variant value
        cdef uint8_t valid, outside
        cdef list result = []
        for i in range(self.ask(get_size)):
            gde.variant_get_indexed(&self.variant, i, &value, &valid, &outside)
            result.append(variant.fill_box(Box.__new__(Box), &value))
            free_variant(&value)
        return result

    cdef int replace(self, list items) except -1:
        """Makes these, in the engine's form, all items."""
        cdef int64_t i
        self.throw_out("resize", len(items))
        for i in range(len(items)):
            self.put(i, items[i])
        return 0

    cdef list boxes(self, object items, int64_t first):
        cdef Place place = self.place(0)
        return [boxed(place, item, f"item {i}") for i, item in enumerate(list(items), first)]

    cdef Type how(self):
        """How items are read."""
        return None if self.declared is None else self.declared.element

    def __getitem__(self, index):
        cdef Array result
        if not isinstance(index, slice):
            return self.item(self.position(index), self.how())
        result = outgoing.call_method(self, "slice", 0, 0)  # of this type, and empty
        result.declared = self.declared
        result.replace(self.raw()[index])
        return result

    def __setitem__(self, index, value):
        self.writable()
        if isinstance(index, slice):
            items = self.raw()
            new = self.boxes(value, 0)
            items[index] = new
            self.replace(items)
        else:
            position = self.position(index)
            self.put(position, boxed(self.place(0), value, f"item {position}"))

    def __delitem__(self, index):
        self.writable()
        if isinstance(index, slice):
            items = self.raw()
            del items[index]
            self.replace(items)
        else:
            self.take_out(self.position(index))

    def __iter__(self):
        cdef int64_t i = 0
        how = self.how()
        while i < self.ask(get_size):
            yield self.item(i, how)
            i += 1

    def __reversed__(self):
        cdef int64_t i = self.ask(get_size)
        how = self.how()
        while i > 0:
            i = min(i, self.ask(get_size)) - 1
            if i >= 0:
                yield self.item(i, how)

    def __contains__(self, value):
        box = self.sought(value)
        return box is not None and outgoing.call_method(self, "has", box)

    def index(self, value, start=0, stop=sys.maxsize, /):
        """The first place of a value, compared as the engine does.

        Raises:
            ValueError: there is none.
        """
        start, stop, _ = slice(start, stop).indices(self.ask(get_size))
        box = self.sought(value)
        found = -1 if box is None else outgoing.call_method(self, "find", box, start)
        if not start <= found < stop:
            raise ValueError(f"{value!r} is not in the Array")
        return found

    def count(self, value, /):
        """How many items are equal to a value."""
        box = self.sought(value)
        return 0 if box is None else outgoing.call_method(self, "count", box)

    def append(self, value, /):
        """Adds an item at the end."""
        self.writable()
        outgoing.call_method(self, "push_back", boxed(self.place(0), value, f"item {self.ask(get_size)}"))

    def insert(self, index, value, /):
        """Adds an item before the one at `index`."""
        self.writable()
        start, _, _ = slice(to_index(index), None).indices(self.ask(get_size))
        outgoing.call_method(self, "insert", start, boxed(self.place(0), value, f"item {start}"))

    def extend(self, values, /):
        """Adds items at the end: all of them, or none where one does not fit."""
        self.writable()
        new = self.boxes(values, self.ask(get_size))
        for box in new:
            outgoing.call_method(self, "push_back", box)

    def pop(self, index=-1, /):
        """Removes an item, the last one if nothing is said, and returns it.

        Raises:
            IndexError: there is no such item.
        """
        self.writable()
        if not self.ask(get_size):
            raise IndexError("pop from empty Array")
        return self.take_out(self.position(index))

    def remove(self, value, /):
        """Removes the first item that is equal to a value.

        Raises:
            ValueError: there is none.
        """
        self.writable()
        self.take_out(self.index(value))

    def reverse(self):
        """Turns the order round."""
        self.writable()
        outgoing.call_method(self, "reverse")

    def sort(self, *, key=None, reverse=False):
        """Sorts as list.sort does: by Python's comparison, and stably."""
        self.writable()
        items = self.raw()
        keys = list(self) if key is None else [key(item) for item in self]
        if len(keys) != len(items):
            raise ValueError("an Array was changed while it was sorted")
        self.replace([items[i] for i in sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)])

    # Methods of the engine's that are given items

    def push_back(self, value, /):
        """`append`, as the engine calls it."""
        self.append(value)

    def push_front(self, value, /):
        """Adds an item at the begin."""
        self.insert(0, value)

    def append_array(self, items, /):
        """`extend`, as the engine calls it."""
        self.extend(items)

    def assign(self, items, /):
        """Makes copies of these all its items."""
        self[:] = items

    def fill(self, value, /):
        """Makes all items this value."""
        cdef int64_t i
        self.writable()
        box = boxed(self.place(0), value, "item 0")
        for i in range(self.ask(get_size)):
            self.put(i, box)

    def set(self, index, value, /):
        """`array[index] = value`, as the engine calls it."""
        self[index] = value

    def remove_at(self, index, /):
        """`del array[index]`, as the engine calls it."""
        del self[index]

    def resize(self, size, /):
        """Throws away the last items, or adds some of the default value; returns the engine's Error."""
        self.writable()
        return self.throw_out("resize", size)

    def erase(self, value, /):
        """Removes the first item that is equal to a value, if there is one."""
        self.writable()
        if value in self:
            self.remove(value)

    # Operators

    def __add__(self, other):
        if isinstance(other, list):
            other = self.like(other)
        if not isinstance(other, Array):
            return NotImplemented
        return evaluate(GDEXTENSION_VARIANT_OP_ADD, self, other)

    def __radd__(self, other):
        return self.like(other) + self if isinstance(other, list) else NotImplemented

    def __iadd__(self, other):
        self.extend(other)
        return self

    cdef Array like(self, object items):
        """A new Array of the same type."""
        cdef Array result = self[:0]
        result.extend(items)
        return result

    def __eq__(self, other):
        if isinstance(other, list):
            try:
                other = Array(other)
            except (TypeError, ValueError, OverflowError):
                return False
        return evaluate(GDEXTENSION_VARIANT_OP_EQUAL, self, other) if isinstance(other, Array) else NotImplemented

    def __lt__(self, other):
        return evaluate(GDEXTENSION_VARIANT_OP_LESS, self, other) if isinstance(other, Array) else NotImplemented

    def __le__(self, other):
        return evaluate(GDEXTENSION_VARIANT_OP_LESS_EQUAL, self, other) if isinstance(other, Array) else NotImplemented

    def __gt__(self, other):
        return evaluate(GDEXTENSION_VARIANT_OP_GREATER, self, other) if isinstance(other, Array) else NotImplemented

    def __ge__(self, other):
        return evaluate(GDEXTENSION_VARIANT_OP_GREATER_EQUAL, self, other) if isinstance(other, Array) else NotImplemented


# Dictionary


@cython.collection_type("mapping")
cdef class Dictionary(Container):
    """The engine's Dictionary (class reference: Dictionary), shared with whoever else has it.

    `Dictionary[str, int]` is the annotation of a typed one, and makes one. An engine older than 4.4 has no typed ones:
    it is untyped there.

    Args:
        items: a mapping, or an iterable of pairs; what it holds at first, copied.

    Raises:
        TypeError: a key or value has no counterpart in the engine, or is not of the dictionary's type.
    """

    def __init__(self, items=(), /, **named):
        cdef Variant made
        if self.filled:
            self.clear()
        else:
            variant.from_python(items if type(items) is dict else {}, &made)
            variant.fill_box(self, &made)
            free_variant(&made)
            items = () if type(items) is dict else items
        self.update(items, **named)

    cdef bint look_up(self, object key, Variant *r_variant) except -1:
        """Whether there is an item; if so, the caller frees the Variant."""
        cdef Box box
        cdef uint8_t valid = 0
        self.ask(get_size)
        try:
            box = boxed(self.place(1), key, "")
        except (TypeError, ValueError, OverflowError):
            return False
        gde.variant_get_keyed(&self.variant, &box.variant, r_variant, &valid)
        if not valid:
            free_variant(r_variant)
        return valid

    def __getitem__(self, key):
        cdef Variant value
        if not self.look_up(key, &value):
            raise KeyError(key)
        try:
            return read(None if self.declared is None else self.declared.element, &value)
        finally:
            free_variant(&value)

    def __setitem__(self, key, value):
        cdef uint8_t valid = 0
        self.writable()
        cdef Box key_box = boxed(self.place(1), key, f"key {key!r}")
        cdef Box box = boxed(self.place(0), value, f"item {key!r}")
        cdef Variant old
        cdef uint8_t found = 0
        gde.variant_get_keyed(&self.variant, &key_box.variant, &old, &found)
        gde.variant_set_keyed(&self.variant, &key_box.variant, &box.variant, &valid)
        free_variant(&old)
        if not valid:
            raise RuntimeError("a Dictionary changed while it was written to")

    def __delitem__(self, key):
        cdef Variant kept
        self.writable()
        if not self.look_up(key, &kept):
            raise KeyError(key)
        try:
            outgoing.call_method(self, "erase", boxed(self.place(1), key, "key"))
        finally:
            free_variant(&kept)

    def __contains__(self, key):
        cdef Variant value
        if not self.look_up(key, &value):
            return False
        free_variant(&value)
        return True

    def __iter__(self):
        cdef Array keys = outgoing.call_method(self, "keys")
        cdef int64_t size = keys.ask(get_size), i
        how = None if self.declared is None else self.declared.key
        for i in range(size):
            yield keys.item(i, how)
            if self.ask(get_size) != size:
                raise RuntimeError("Dictionary changed size during iteration")

    def keys(self):
        """The keys, as a dict's."""
        return collections.abc.KeysView(self)

    def values(self):
        """The values, as a dict's."""
        return collections.abc.ValuesView(self)

    def items(self):
        """Pairs of keys and values, as a dict's."""
        return collections.abc.ItemsView(self)

    def get(self, key, default=None, /):
        """The value of a key, or `default`."""
        try:
            return self[key]
        except KeyError:
            return default

    def setdefault(self, key, default=None, /):
        """The value of a key, which is `default` from now on if there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key, /, *default):
        """Removes a key and returns its value, or `default`.

        Raises:
            KeyError: there is no such key, and no default.
        """
        if len(default) > 1:
            raise TypeError(f"pop expected at most 2 arguments, got {len(default) + 1}")
        self.writable()
        if default and key not in self:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        """Removes the last item and returns its key and value.

        Raises:
            KeyError: there is none.
        """
        cdef Array keys = outgoing.call_method(self, "keys")
        self.writable()
        if not keys:
            raise KeyError("popitem(): Dictionary is empty")
        key = keys.item(keys.ask(get_size) - 1, None if self.declared is None else self.declared.key)
        return key, self.pop(key)

    def update(self, items=(), /, **named):
        """Sets items from a mapping, from pairs, or by name."""
        if hasattr(items, "keys"):
            items = [(key, items[key]) for key in items.keys()]
        for key, value in (*items, *named.items()):
            self[key] = value

    # Methods of the engine's that are given items

    def has(self, key, /):
        """`key in dictionary`, as the engine calls it."""
        return key in self

    def set(self, key, value, /):
        """`dictionary[key] = value`, as the engine calls it."""
        self[key] = value
        return True

    def get_or_add(self, key, default=None, /):
        """`setdefault`, as the engine calls it."""
        return self.setdefault(key, default)

    def erase(self, key, /):
        """Removes a key; returns whether it was there."""
        self.writable()
        found = key in self
        if found:
            del self[key]
        return found

    def merge(self, items, overwrite=False, /):
        """Adds the items of another one; those that are there already stay, unless `overwrite` says so."""
        self.writable()
        self.update([(key, value) for key, value in items.items() if overwrite or key not in self])

    def assign(self, items, /):
        """Makes copies of these all its items."""
        self.writable()
        new = list(items.items())
        self.clear()
        self.update(new)

    def __eq__(self, other):
        if isinstance(other, dict):
            try:
                other = Dictionary(other)
            except (TypeError, ValueError, OverflowError):
                return False
        return evaluate(GDEXTENSION_VARIANT_OP_EQUAL, self, other) if isinstance(other, Dictionary) else NotImplemented


collections.abc.MutableSequence.register(Array)
collections.abc.MutableMapping.register(Dictionary)
