"""Faults of the host: its C entry, its Cython modules and the package `godot`."""

from .model import mutants_of

_HOST = "addons/pythonscript"
_COMPILED = f"{_HOST}/src/_pythonscript"
_FACADE = f"{_HOST}/godot"
_UNIT = "tests/unit/godot"
_PYTHON = "tests/engine/test_2_python.py"
_DAMAGE = "tests/engine/test_2_damage.py"
_EXPORTED = "tests/exports/test_exported.py"
_EXPORTING = "tests/exports/test_exporting.py"
_CLASS = "tests/engine/test_3_class.py"
_CALLS = "tests/engine/test_4_calls.py"
_CALLABLES = f"{_CLASS} -k callables"
_DECLARATIONS = f"{_CLASS} -k declarations"
_EDITOR = "tests/engine/test_e_editor.py"
_HOSTS = "tests/engine/test_a_host.py"
_STRESS = "tests/engine/test_b_stress.py"
_ERRORS = f"{_CALLS} -k calls_errors"
_LIFE = f"{_CALLS} -k calls_life"
_MEMBERS = f"{_CLASS} -k class.gd"
_NESTING = f"{_CALLS} -k calls_nesting"
_OVERRIDES = f"{_CLASS} -k overrides"
_PROXIES = f"{_CALLS} -k proxies"
_REFUSALS = f"{_CLASS} -k class_refusals"
_SHARED = f"{_CALLS} -k shared"
_STRANGE = f"{_HOSTS} -k host_strange"
_TYPES = f"{_CALLS} -k calls_types"
_VALUES = "tests/engine/test_values.py"


MUTANTS = [
    *mutants_of(
        f"{_HOST}/src/platform.c",
        (
            "C modules of Python find its symbols",
            "return dlopen(path, RTLD_NOW | RTLD_GLOBAL);",
            "return dlopen(path, RTLD_NOW | RTLD_LOCAL);",
            f"{_PYTHON} -k suite",
        ),
    ),
    *mutants_of(
        f"{_HOST}/src/home.c",
        (
            "$PYTHONSCRIPT_HOME comes before what is bundled",
            'if (is_editor && environment("PYTHONSCRIPT_HOME", named)) {',
            'if (is_editor && !can_read(bundle) && environment("PYTHONSCRIPT_HOME", named)) {',
            f"{_PYTHON} -k homes_are_tried",
        ),
        (
            "the bundled Python comes before the one in the file",
            "} else if (can_read(bundle)) {",
            '} else if (can_read(bundle) && !exists(own, "python_home", path)) {',
            f"{_PYTHON} -k homes_are_tried",
        ),
        (
            "a Python of another version is known by its files",
            "if (other_version(home, version) && !is_needed(version))",
            "if (0)",
            f"{_DAMAGE} -k another",
        ),
    ),
    *mutants_of(
        f"{_HOST}/src/whole.c",
        (
            "what is cut short is not loaded",
            "*cut |= segment->p_type == PT_LOAD &&",
            "*cut |= 0 &&",
            f"{_DAMAGE} -k openssl",
        ),
        (
            "what is missing of the bundle's is not the system's",
            "if (!can_read(library)) return",
            "if (0) return",
            f"{_DAMAGE} -k openssl",
        ),
        (
            "what a library needs is looked at, too",
            "if (find(library, folder, nested + 1, why)) return 1;",
            "",
            f"{_DAMAGE} -k openssl",
        ),
    ),
    *mutants_of(
        f"{_HOST}/src/pythonscript.c",
        (
            "libpython is looked at before it is loaded",
            "    if (find_damage(home.library, home.libraries, why)) return unusable(why);\n",
            "",
            f"{_DAMAGE} -k cannot_start",
        ),
        (
            "other threads go on while libraries are opened",
            "keep_open(file);",
            "",
            f"{_PYTHON} -k library_is_opened",
        ),
        (
            "a package's library is opened by Python itself",
            'folder[] = "/lib-dynload/";',
            'folder[] = "/";',
            f"{_PYTHON} -k packages_library",
        ),
        (
            "a game looks for no module beside it, not even at its start",
            "add_to_path(addon); /*",
            "add_to_path(addons), add_to_path(addon); /*",
            f"{_EXPORTED} -k beside",
        ),
        ("Python runs in UTF-8 mode", "preconfig.utf8_mode = 1;", "", f"{_PYTHON} -k suite"),
        (
            "sys.executable is a Python, not the engine",
            "ok = set(&config, &config.executable, home.executable) && "
            "set(&config, &config.program_name, home.executable) &&",
            "ok =",
            f"{_PYTHON} -k suite",
        ),
        (
            "what Python prints when it cannot start is not repeated",
            "release_errors(1);",
            "release_errors(0);",
            f"{_DAMAGE} -k codecs",
        ),
        (
            "a bundle does without site",
            "config.site_import = !home.is_bundled;",
            "config.site_import = 1;",
            f"{_PYTHON} -k bundle",
        ),
        (
            "a Python that did not start is not stopped",
            "if (ok) main_thread = thread;",
            "main_thread = thread;",
            f"{_DAMAGE} -k facade",
        ),
        (
            "a thread that never ends does not keep the game from quitting",
            'if (call_startup("stop", "s(ss)") != 0)',
            'if (call_startup("stop", "s(ss)") != 2)',
            f"{_PYTHON} -k blocked_thread",
        ),
        (
            "only the entry can be seen",
            "EXPORTED GDExtensionBool pythonscript_init(",
            "EXPORTED int pythonscript_leak;\nEXPORTED GDExtensionBool pythonscript_init(",
            "tests/engine/test_1_library.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_tasks.py",
        (
            "a result waits for who awaits it",
            "        if signal.has_connections():\n",
            "        if True:\n",
            f"{_CLASS} -k awaits",
        ),
        (
            "what cannot be awaited is told to the coroutine",
            "                awaited = self._coroutine.throw(error)\n",
            "                raise\n",
            f"{_CLASS} -k awaits",
        ),
        (
            "who awaits a future goes on on the main thread",
            "                go_on.call_deferred()\n",
            "                self._resume(())\n",
            f"{_CLASS} -k awaits",
        ),
        (
            "a future that a closed coroutine waits for is cancelled",
            "                self.future.cancel()\n",
            "                pass\n",
            f"{_CLASS} -k future",
        ),
        (
            "wrap_future takes no other futures",
            "    if not isinstance(future, Future):\n",
            "    if False:\n",
            f"{_CLASS} -k awaits",
        ),
        (
            "a method's coroutine ends where its object has been freed",
            "        if self._owner is not None and not is_instance_valid(self._owner):\n",
            "        if False:\n",
            f"{_CLASS} -k awaits",
        ),
        (
            "the signal of a freed object is not awaited",
            "                if awaited.get_object() is None:\n",
            "                if False:\n",
            f"{_CLASS} -k awaits",
        ),
        (
            "what a cleanup raises is told",
            "        self._close()  # the object",
            "        pass  # the object",
            f"{_CLASS} -k awaits",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_help.py",
        (
            "an editor that makes its help anew is told the texts again",
            "        if _kept() != kept and not files.is_scanning():\n",
            "        if False:\n",
            f"{_EDITOR} -k help",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_unhandled.py",
        (
            "what Python ignores is told",
            "    sys.unraisablehook = _ignored\n",
            "",
            f"{_PYTHON} -k exception_is_told",
        ),
        (
            "what threads raise is told",
            "    threading.excepthook = _in_thread\n",
            "",
            f"{_PYTHON} -k exception_is_told",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_preload.py",
        (
            "what fails early is left to the addon's own import",
            "        except Exception:\n            continue\n",
            "        except ImportError:\n            continue\n",
            f"{_PYTHON} -k early",
        ),
        (
            "addons' modules are imported early",
            '__import__(f"{name}.{MODULE}")',
            "pass",
            f"{_PYTHON} -k early",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_startup.py",
        (
            "a thread that computes gives way soon",
            "    sys.setswitchinterval(_SWITCH_INTERVAL)\n",
            "",
            f"{_PYTHON} -k suite",
        ),
        (
            "what addons leave open is closed at the end",
            "    _shutdown.run()\n    objects.free_orphans()\n",
            "    _shutdown.run()\n    gc.freeze()\n    objects.free_orphans()\n",
            f"{_PYTHON} -k leaves_open",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_damage.py",
        (
            "a module that bundles go without is no damage",
            "if module in LEFT_OUT:",
            "if False:",
            f"{_UNIT}/test_damage.py",
        ),
        (
            "a package that is missing is named",
            "if isinstance(error, ModuleNotFoundError) and error.name and _is_nowhere(error.name):",
            "if False:",
            f"{_DAMAGE} -k lacks_something",
        ),
        (
            "a file of Python's that is damaged is a sentence",
            "return place if place and place.startswith((sys.prefix, sys.base_prefix)) else None",
            "return None",
            f"{_DAMAGE} -k lacks_something",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_processes.py",
        (
            "multiprocessing starts nothing where there is no executable",
            "    sys.modules.update(",
            "    dict().update(",
            f"{_PYTHON} -k multiprocessing",
        ),
        ("sys.executable names no marker", '    sys.executable = ""\n', "", f"{_PYTHON} -k bundle"),
    ),
    *mutants_of(
        f"{_FACADE}/signatures.py",
        (
            "defaults belong to the last parameters",
            "REQUIRED if index < given - len(defaults) else",
            "REQUIRED if index <= given - len(defaults) else",
            f"{_UNIT}/test_signatures.py",
        ),
        (
            "what a decorated function says of itself counts",
            ' or vars(function).keys() & {"__wrapped__", "__signature__"}:',
            ":",
            f"{_UNIT}/test_signatures.py",
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/values.pyx",
        (
            "integers that do not fit 64 bits are refused",
            "    if overflow:\n",
            "    if False:\n",
            _TYPES,
        ),
        (
            "integers that do not fit 32 bits are refused",
            "if not -0x80000000 <= number <= 0x7FFFFFFF:",
            "if not -0x80000001 <= number <= 0x80000000:",
            f"{_UNIT}/test_values.py",
        ),
        (
            "a Basis is kept by rows",
            "cdef int stride = 3 if name == ROWS else 1",
            "cdef int stride = 1",
            f"{_UNIT}/test_values.py",
        ),
        (
            "only values of one type are equal",
            " or (<Value>left).type != (<Value>right).type:",
            ":",
            f"{_UNIT}/test_values.py",
        ),
        (
            "both zeros have one hash",
            "0 if not integral and numbers[i] == 0 else",
            "0 if not integral and self is None else",
            f"{_UNIT}/test_values.py",
        ),
        (
            "a field is read of its own type only",
            "if not isinstance(instance, Value) or (<Value>instance).type != self.owner:",
            "if not isinstance(instance, Value):",
            f"{_UNIT}/test_values.py",
        ),
        (
            "what a value without an engine can't do raises",
            '    if not running:\n        raise RuntimeError("the operators',
            '    if False:\n        raise RuntimeError("the operators',
            f"{_UNIT}/test_values.py",
        ),
        ("a division by zero raises", "            if whole == 0:\n", "            if False:\n", _VALUES),
        (
            "a division that overflows raises",
            "            if whole == -1:\n",
            "            if whole == -2:\n",
            _VALUES,
        ),
        (
            "the numbers beside a vector of integers are no longer than its own",
            "        check_size(b.whole, a.type)\n",
            "        pass\n",
            _VALUES,
        ),
        (
            "floats are not cut to integers",
            "            if isinstance(argument, float):\n",
            "            if False:\n",
            f"{_UNIT}/test_values.py",
        ),
        (
            "a color has a name that the engine knows",
            "if type(self).from_string(code, none) == none:",
            "if type(self).from_string(code, none) is none:",
            _VALUES,
        ),
        (
            "a unary operator that the engine has not raises",
            "if result is NotImplemented:",
            "if False:",
            _VALUES,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/members.pyx",
        (
            "a static method needs no value",
            "method.static = error.error != GDEXTENSION_CALL_ERROR_INSTANCE_IS_NULL",
            "method.static = False",
            _VALUES,
        ),
        (
            "an unknown constant is not -1",
            "if type(found) is int and found == -1:",
            "if False:",
            _VALUES,
        ),
        (
            "a method is called on its own type only",
            " or (<Value>arguments[0]).type != self.type):",
            "):",
            _VALUES,
        ),
        (
            "a call has a bound on its arguments",
            "if len(arguments) - first > MOST_ARGUMENTS:",
            "if False:",
            _VALUES,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/strings.pyx",
        (
            "what is no text is refused",
            "    if not PyUnicode_Check(text):",
            "    if False:",
            _STRANGE,
        ),
        (
            "a NUL in narrow text is refused",
            "if memchr(PyUnicode_DATA(text), 0, length) is not NULL:",
            "if False:",
            _PROXIES,
        ),
        (
            "a NUL behind wide characters is refused",
            "if wide[i] == 0 or 0xD800 <= wide[i] <= 0xDFFF:",
            "if 0xD800 <= wide[i] <= 0xDFFF:",
            _PROXIES,
        ),
        (
            "the first surrogate is refused",
            "or 0xD800 <= wide[i] <= 0xDFFF:",
            "or 0xD800 < wide[i] <= 0xDFFF:",
            _PROXIES,
        ),
        (
            "the last surrogate is refused",
            "or 0xD800 <= wide[i] <= 0xDFFF:",
            "or 0xD800 <= wide[i] < 0xDFFF:",
            _PROXIES,
        ),
        (
            "what lies beside the surrogates is text",
            "or 0xD800 <= wide[i] <= 0xDFFF:",
            "or 0xD7FF <= wide[i] <= 0xE000:",
            _PROXIES,
        ),
        ("what is refused is named by its place", "refuse(text, i, ", "refuse(text, 0, ", _PROXIES),
    ),
    *mutants_of(
        f"{_COMPILED}/errors.pyx",
        (
            "a traceback begins in the user's code",
            "            told.stack[:] = theirs\n",
            "            pass\n",
            f"{_PYTHON} -k exception_is_told",
        ),
        (
            "the editor jumps to the user's line",
            "for frame in (own or theirs)[-1:]:",
            "for frame in theirs[-1:]:",
            f"{_PYTHON} -k exception_is_told",
        ),
        (
            "the place of an error is its innermost line",
            "for frame in (own or theirs)[-1:]:",
            "for frame in (own or theirs)[:1]:",
            f"{_CALLS} -k traceback",
        ),
        (
            "a result that is not as declared is told at its method",
            '("python", 0) if code is None else (code.co_filename, code.co_firstlineno)',
            '("python", 0)',
            f"{_CALLS} -k not_as_declared",
        ),
        (
            "a syntax error is told at its line",
            "        return error.filename, error.lineno\n",
            "        pass\n",
            f"{_PYTHON} -k syntax_error",
        ),
        (
            "files of the project are shown as res://",
            'return "res://" + file[len(_project):] if',
            "return file if",
            f"{_CALLS} -k traceback",
        ),
        (
            "an exception that cannot be shown is reported all the same",
            "except BaseException as failure:",
            "except OSError as failure:",
            _ERRORS,
        ),
        (
            "an error of push_error() is shown at the line that calls",
            "shown(frame.f_code.co_filename), frame.f_lineno)",
            "shown(frame.f_code.co_filename), 0)",
            f"{_CALLS} -k push_error",
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/packed.pyx",
        (
            "an array does not change its size under a view",
            "        if self.exports:\n            raise BufferError",
            "        if False:\n            raise BufferError",
            _PROXIES,
        ),
        (
            "what was handed over does not change when Python writes",
            "self.writable = self.owned or (flags & PyBUF_WRITABLE) != 0",
            "self.writable = False",
            _PROXIES,
        ),
        ("the size of an array is not negative", "if source < 0:", "if source < -1:", _PROXIES),
        (
            "an engine without memory for an array says so",
            "    if result != 0:\n        raise MemoryError",
            "    if False:\n        raise MemoryError",
            _PROXIES,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/packed.pyx",
        (
            "the engine changes no bytes under a view",
            '    if array.exports:\n        raise BufferError("a PackedByteArray cannot be changed',
            '    if False:\n        raise BufferError("a PackedByteArray cannot be changed',
            _SHARED,
        ),
        (
            "bytes that the engine has changed have their size",
            "    unbox(array.value, <void *>variant)\n    array.size = size_of(array.value)",
            "    unbox(array.value, <void *>variant)",
            _SHARED,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/buffers.pyx",
        (
            "numbers of another order of bytes are not taken as they are",
            "targets[wanted].width) and not order",
            "targets[wanted].width)",
            _SHARED,
        ),
        (
            "floats are no ints",
            'return kind != "f" or KINDS[chr(targets[wanted].code)] == "f"',
            "return True",
            _SHARED,
        ),
        (
            "the shape of a buffer is that of the declared array",
            "view.ndim == 2 and view.shape[1] != targets[wanted].columns:",
            "False:",
            _SHARED,
        ),
        (
            "a strided buffer is read with its strides",
            'elif PyBuffer_IsContiguous(&view, c"C"):',
            "elif True:",
            _SHARED,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/containers.pyx",
        (
            "a typed container takes objects of its class only",
            "            if not is_a(value, place):",
            "            if is_a(value, place) is None:",
            _SHARED,
        ),
        (
            "a container that is read-only raises",
            "        if self.ask(is_read_only):",
            "        if False:",
            _SHARED,
        ),
        (
            "an Array of another type is converted",
            "    if not fits(container, type):\n        return make",
            "    if False:\n        return make",
            _SHARED,
        ),
        (
            "what is thrown out of a container ends later",
            "kept = (self.duplicated(False), outgoing",
            "kept = (None, outgoing",
            _SHARED,
        ),
        (
            "a container inside itself is written with an end",
            "if identity in inside or len(inside) == MOST_NESTED:",
            "if len(inside) == MOST_NESTED:",
            _SHARED,
        ),
        (
            "what is nested too deeply is written with an end",
            "if identity in inside or len(inside) == MOST_NESTED:",
            "if identity in inside:",
            _SHARED,
        ),
        (
            "a Dictionary that changes while it is iterated raises",
            "            if self.ask(get_size) != size:",
            "            if False:",
            _SHARED,
        ),
        (
            "items that do not fit leave the Array as it was",
            "        new = self.boxes(values, self.ask(get_size))\n        for box in new:",
            "        new = []\n        for item in values:\n"
            '            outgoing.call_method(self, "push_back", self.boxes([item], 0)[0])\n'
            "        for box in new:",
            _SHARED,
        ),
        (
            "a container that holds nothing any more raises",
            "        if not self.filled:\n            raise ReferenceError",
            "        if False:\n            raise ReferenceError",
            _SHARED,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/objects.pyx",
        (
            "a class's own __del__ comes before that of Object",
            "        kind.tp_finalize = finalize\n",
            "",
            _STRANGE,
        ),
        (
            "a freed object raises ReferenceError",
            "if self.ptr is NULL or closed or gde.object_get_instance_from_id(self.id) is not self.ptr:",
            "if self.ptr is NULL or closed:",
            _ERRORS,
        ),
        (
            "the first Variant of self in __init__ is Python's",
            "if self.constructing and self.refcounted and not self.filled:",
            "if False:",
            _OVERRIDES,
        ),
        (
            "what __init__ hands out before it raises is whose it is",
            "        if count(self.ptr) > 1:\n            self.empty()",
            "        if False:\n            self.empty()",
            _OVERRIDES,
        ),
        (
            "an object that its maker destroys takes Python's count along",
            "            (<Object>link.object).forget()\n        (<Object>link.object).ptr = NULL",
            "            pass\n        (<Object>link.object).ptr = NULL",
            _OVERRIDES,
        ),
        (
            "two proxies of one object are equal",
            "return self is other or ((<Object>self).id != 0 and (<Object>self).id == (<Object>other).id)",
            "return self is other",
            _PROXIES,
        ),
        (
            "Python keeps a RefCounted alive",
            "if self.refcounted and not self.filled and not self.constructing:\n                self.hold()",
            "if False:\n                self.hold()",
            _LIFE,
        ),
        (
            "Python keeps the object whose method stores it",
            "        if not self.constructing:\n            self.hold()",
            "        if not self.constructing:\n            pass",
            _LIFE,
        ),
        (
            "an object that Python no longer has is the engine's alone",
            "if count((<Object>candidate).ptr) > 1:",
            "if False:",
            _LIFE,
        ),
        (
            "an object that the engine lets go of last ends",
            "orphans.add(<size_t>link)",
            "pass",
            _LIFE,
        ),
        (
            "an object that nobody has any more ends with the frame",
            "            orphans.add(<size_t>link)\n            announce()",
            "            orphans.add(<size_t>link)",
            f"{_HOSTS} -k host_life",
        ),
        (
            "the object that is passed last is let go of as the others are",
            "Py_REFCNT(<PyObject *>candidate) <= known:",
            "Py_REFCNT(<PyObject *>candidate) < known:",
            f"{_HOSTS} -k host_life",
        ),
        (
            "a freed object is no argument",
            "    return id != 0 and gde.object_get_instance_from_id(id) is ptr",
            "    return id != 1",
            f"{_HOSTS} -k host_freed",
        ),
        (
            "what Python makes and drops ends",
            "    if self.link is not NULL and self.refcounted and count(ptr) == 1:\n",
            "    if False:\n",
            _LIFE,
        ),
        (
            "what Python still has at the end is let go",
            "    atomic_set(&self.link.held, False)\n        self.empty()",
            "    atomic_set(&self.link.held, False)",
            f"{_CALLS} -k still_has_at_the_end",
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/interface.pyx",
        (
            "the GIL is released where an object may end",
            "        with nogil:\n            gde.variant_destroy(variant)\n    else:",
            "        gde.variant_destroy(variant)\n    else:",
            f"{_HOSTS} -k host_locks",
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/variant.pyx",
        (
            "a declared Array is the caller's own",
            "or type.python is not None and type.python is container_classes[type.type]:",
            "or False:",
            _SHARED,
        ),
        (
            "a union with an Array shares it",
            "if type.python is None else read_shared(variant)",
            "if True else read_shared(variant)",
            _SHARED,
        ),
        (
            "a ptrcall that raises gives FAILED for an Error",
            "(<int64_t *>r_pointer)[0] = type.failure",
            "(<int64_t *>r_pointer)[0] = 0",
            _ERRORS,
        ),
        (
            "a thread that raises gives FAILED for an Error",
            "cdef int64_t failure = type.failure",
            "cdef int64_t failure = 0",
            _ERRORS,
        ),
        (
            "numpy's arrays are no ints",
            "(isinstance(value, numbers.Number) or not PyObject_CheckBuffer(value)):",
            "True:",
            _SHARED,
        ),
        (
            "containers are nested 1024 deep at most",
            "if self.depth == MOST_NESTED:",
            "if self.depth == MOST_NESTED + 1:",
            _NESTING,
        ),
        (
            "containers may be nested 1024 deep",
            "if self.depth == MOST_NESTED:",
            "if self.depth == MOST_NESTED - 1:",
            _NESTING,
        ),
        ("containers side by side are not nested", "self.depth -= 1", "pass", _NESTING),
        (
            "a declared Array counts among the nested",
            "    nesting.enter()\n    array_size(<void *>array, NULL, &size, 0)\n    for i in range(size):\n"
            "        result.append(read_as(",
            "    nesting.depth = 0\n    array_size(<void *>array, NULL, &size, 0)\n"
            "    for i in range(size):\n"
            "        result.append(read_as(",
            _NESTING,
        ),
        (
            "a key that contains itself is refused",
            "nesting.enter()  # an Array that contains itself has no end as a tuple",
            "nesting.depth += 1",
            _NESTING,
        ),
        (
            "the depth of a dict counts from Python",
            "        nesting.enter()\n        nesting.met[id(items)] = new_box_of(r_variant)\n"
            "        for name",
            "        nesting.depth += 1\n        nesting.met[id(items)] = new_box_of(r_variant)\n"
            "        for name",
            _NESTING,
        ),
        (
            "a list that is twice in a value stays one",
            "        if element is None:\n            nesting.met[id(items)] = new_box_of(r_variant)",
            "        if False:\n            nesting.met[id(items)] = new_box_of(r_variant)",
            _TYPES,
        ),
        (
            "an Array that is twice in a value stays one",
            "    nesting.met[identity] = result\n    array_size(",
            "    array_size(",
            _TYPES,
        ),
        (
            "a typed container cuts nothing off",
            "if given == GDEXTENSION_VARIANT_TYPE_FLOAT or given == GDEXTENSION_VARIANT_TYPE_INT:",
            "if given == GDEXTENSION_VARIANT_TYPE_MAX:",
            _SHARED,
        ),
        (
            "a typed Array made of a list cuts nothing off",
            "            elif whole:\n",
            "            elif False:\n",
            _SHARED,
        ),
        (
            "a packed array takes only what it holds",
            "                write_as(wanted, value, &item, None)",
            "                write_variant(value, &item, None)",
            _TYPES,
        ),
        (
            "a packed array of strings takes only strings",
            "if not PyUnicode_Check(text):",
            "if text is None:",
            _TYPES,
        ),
        (
            "keys that Python cannot tell apart are refused",
            "            if len(result) == i:\n",
            "            if False:\n",
            _TYPES,
        ),
        (
            "a typed Array keeps its type",
            "gde.array_set_typed(&array, <GDExtensionVariantType>element.type,",
            "gde.array_set_typed(&array, GDEXTENSION_VARIANT_TYPE_NIL,",
            _TYPES,
        ),
        (
            "a failed ptrcall returns a default number",
            "        construct_default[type.type](r_pointer, NULL)\n\n\n",
            "        pass\n\n\n",
            _ERRORS,
        ),
        (
            "a list that cannot cross over is freed",
            "        free_variant(r_variant)\n"
            '        raise TypeError(f"item {i}: {error}") from None\n    except BaseException:',
            '        raise TypeError(f"item {i}: {error}") from None\n    except BaseException:',
            _PROXIES,
        ),
        (
            "a dict that cannot cross over is freed",
            "        free_variant(r_variant)\n        if keyed:",
            "        if keyed:",
            _PROXIES,
        ),
        (
            "the key of a value that cannot cross over is freed",
            "        if keyed:\n            free_variant(&key)",
            "        if False:\n            free_variant(&key)",
            _PROXIES,
        ),
        (
            "the arguments of a constructor that fails are freed",
            "        for i in range(made):\n            free_variant(&sources[i])",
            "        pass",
            _PROXIES,
        ),
        (
            "the keys of a Dictionary that cannot cross over are freed",
            "    finally:\n        free_value(GDEXTENSION_VARIANT_TYPE_ARRAY, &keys)\n",
            "    finally:\n        pass\n",
            _ERRORS,
        ),
        (
            "a container that cannot cross over to Python is freed",
            "        return read_value(type, &value, nesting)\n    finally:\n"
            "        free_value(type, &value)",
            "        return read_value(type, &value, nesting)\n    finally:\n        pass",
            _ERRORS,
        ),
        (
            "an object of another class is freed when it is refused",
            '            free_variant(r_variant)\n            raise TypeError(f"must be {type.python',
            '            raise TypeError(f"must be {type.python',
            _ERRORS,
        ),
        (
            "an object of another class is no result",
            "type.type == GDEXTENSION_VARIANT_TYPE_OBJECT and not is_a(value, type):",
            "False:",
            _ERRORS,
        ),
        (
            "what does not convert is freed",
            "        construct(type.type, &natural, r_variant)\n    finally:\n        free_variant(&natural)",
            "        construct(type.type, &natural, r_variant)\n    finally:\n        pass",
            _ERRORS,
        ),
        (
            "an object of another class is no argument",
            "        if not is_a(result, type):",
            "        if False:",
            _ERRORS,
        ),
        (
            "members of enums are remembered by their number",
            "            known[number] = member\n",
            "            known[0] = member\n",
            _PROXIES,
        ),
        (
            "an int that is no member of an enum arrives as it is",
            "    except ValueError:\n        return number\n",
            "    except ValueError:\n        return None\n",
            _DECLARATIONS,
        ),
        (
            "flags keep bits that they do not know",
            "return number if issubclass(enum, IntFlag) and member != number else member",
            "return member",
            _DECLARATIONS,
        ),
        (
            "an enum's own rule for other ints holds",
            "return number if issubclass(enum, IntFlag) and member != number else member",
            "return number if member != number else member",
            _DECLARATIONS,
        ),
        (
            "an object that is missing is a null Object, not nil",
            "if value is None and type.type == GDEXTENSION_VARIANT_TYPE_OBJECT:",
            "if False:",
            f"{_CALLS} -k calls_null",
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/callables.pyx",
        (
            "a callable without a name or a text has one",
            "        return object.__repr__(function)",
            "        raise",
            _STRANGE,
        ),
        (
            "a Callable whose object was freed is not valid",
            "return running and (object_id == 0 or gde.object_get_instance_from_id(object_id) is not NULL)",
            "return running and object_id != 1",
            _PROXIES,
        ),
        (
            "signals let go of a receiver that was freed",
            "    info.object_id = object_id\n",
            "    info.object_id = 0\n",
            _PROXIES,
        ),
        (
            "two Callables of one method are equal",
            "return <object>left.function == <object>right.function",
            "return False",
            _PROXIES,
        ),
        (
            "a Callable does not keep its object alive",
            "        function = function.__func__\n",
            "",
            _PROXIES,
        ),
        (
            "a registered method is the engine's own Callable",
            "    if name is not None:\n        return new_named(",
            "    if name == 0:\n        return new_named(",
            _CALLABLES,
        ),
        (
            "a method of the engine's is the engine's own Callable",
            "return function.__name__ if isinstance(function.__self__, Object) else None",
            "return None",
            _CALLABLES,
        ),
        (
            "what a Callable calls is not asked for when its object is gone",
            "target is NULL or not is_valid(target)",
            "target is NULL",
            _PROXIES,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/outgoing.pyx",
        (
            "Python sets the variables of a script",
            "    set_property(target, name, value)\n    return True\n",
            "    return False\n",
            _STRANGE,
        ),
        (
            "what is Python's is not looked for in the script",
            " or name in target.__dict__:",
            ":",
            _STRANGE,
        ),
        (
            "an Array's own methods give shared ones",
            "member.shares = isinstance(target, Object), variant.is_container(target)",
            "member.shares = isinstance(target, Object), False",
            _SHARED,
        ),
        (
            "an exception comes through the engine to who called",
            "        direct = (<Object>target).id == object_id and called == method",
            "        direct = False",
            _PROXIES,
        ),
        (
            "an exception does not jump over a signal",
            "    else:  # such as map\n        direct = function is not None and",
            "    else:\n        direct = True or",
            _PROXIES,
        ),
        (
            "the arguments of a call that fails are freed",
            "    except BaseException:\n        discard(arguments)\n        raise",
            "    except BaseException:\n        raise",
            _PROXIES,
        ),
        (
            "the arguments of a call are freed",
            '.{member.name}()", given)\n    finally:\n        discard(&arguments)',
            '.{member.name}()", given)\n    finally:\n        pass',
            _PROXIES,
        ),
        (
            "what a script has, others of its class need not have",
            "    if not has_script(target):\n        member.kind",
            "    if True:\n        member.kind",
            _PROXIES,
        ),
        (
            "a cached method of a freed object is an error",
            "        (<Object>target).pointer()\n        return bind(target, member)",
            "        return bind(target, member)",
            _PROXIES,
        ),
        (
            "constants are attributes of objects too",
            "        if name[:1].isupper():",
            "        if False:",
            _STRANGE,
        ),
        (
            "a static method's enum too",
            "            return variant.member_of(enum, result.words[0])\n",
            "            return result.words[0]\n",
            _PROXIES,
        ),
        (
            "what a method returns is an enum's",
            "                return as_enum(target, member, result.words[0], True)\n",
            "                return result.words[0]\n",
            _PROXIES,
        ),
        (
            "a property of the engine's class is set in the engine",
            "if name in known.properties or",
            "if",
            _PROXIES,
        ),
        (
            "a list is what a script declares",
            "            retype(target, member, values, &arguments)",
            "            pass",
            _SHARED,
        ),
        (
            "an Array of the engine's stays itself",
            "or not isinstance(<object>values[i], (list, tuple, dict)):",
            "or False:",
            _SHARED,
        ),
        (
            "a list becomes what a script's variable is",
            "        if made is not None and set_named(",
            "        if made is None and set_named(",
            _SHARED,
        ),
        (
            "the value of a property that fails is freed",
            "    finally:\n        free_variant(&new)",
            "    finally:\n        pass",
            _PROXIES,
        ),
        (
            "a property that takes no such value raises",
            '    raise AttributeError(\n        f"{type(target).__name__} has no property',
            '    AttributeError(\n        f"{type(target).__name__} has no property',
            _PROXIES,
        ),
        (
            "a wrong argument is named by its number",
            'raise TypeError(f"argument {error.argument + 1} of {where}',
            'raise TypeError(f"argument {error.argument} of {where}',
            _PROXIES,
        ),
        (
            "the GIL is released while the engine runs",
            "            with nogil:\n                gde.variant_call(",
            "            if True:\n                gde.variant_call(",
            _PROXIES,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/natives.pyx",
        (
            "super() has no code for a virtual method that returns something",
            "        if self.answer is None:\n            raise AttributeError(",
            "        if False:\n            raise AttributeError(",
            _OVERRIDES,
        ),
        (
            "a script's method is not hidden by where super() ends",
            "            return get_member(instance, self.__name__)\n",
            "            return MethodType(self, instance)\n",
            _OVERRIDES,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/incoming.pyx",
        (
            "a property whose getter raises has its type's default",
            "        if not method.getter and script_is_waiting() and not (",
            "        if script_is_waiting() and not (",
            f"{_HOSTS} -k host_getters",
        ),
        (
            "a thread whose method raises has its type's default",
            "        if not method.getter and script_is_waiting() and not (",
            "        if not method.getter and not (",
            f"{_HOSTS} -k host_getters",
        ),
        (
            "too few arguments are refused",
            "    if count < method.required:\n",
            "    if False:\n",
            _ERRORS,
        ),
        (
            "too many arguments are refused",
            "if count > declared and method.rest is None or count > MOST_ARGUMENTS:",
            "if count > MOST_ARGUMENTS:",
            _ERRORS,
        ),
        (
            "a vararg method takes no more than there is room for",
            "and method.rest is None or count > MOST_ARGUMENTS:",
            "and method.rest is None:",
            _REFUSALS,
        ),
        (
            "a vararg method takes as many as there is room for",
            "and method.rest is None or count > MOST_ARGUMENTS:",
            "and method.rest is None or count >= MOST_ARGUMENTS:",
            _MEMBERS,
        ),
        (
            "further arguments are of their type",
            "variant.to_python_as(wanted, arguments[i], &fits)",
            "variant.to_python_as(wanted if i < declared else Type(0), arguments[i], &fits)",
            _DECLARATIONS,
        ),
        (
            "an argument that does not fit is named by its number",
            "r_error.argument = i\n",
            "r_error.argument = 0\n",
            _ERRORS,
        ),
        (
            "the arguments of a call are let go",
            "                objects.let_go_if_unshared(<object>argument, 2)\n"
            "            Py_DECREF(<object>argument)",
            "                objects.let_go_if_unshared(<object>argument, 2)",
            _ERRORS,
        ),
        (
            "GDScript gets what was raised",
            "    summary = errors.report(method.where, method.function)\n",
            '    errors.report(method.where)\n    summary = ""\n',
            f"{_CALLS} -k caller_is_told",
        ),
        (
            "SystemExit is reported, not obeyed",
            "    except BaseException as error:\n        if stack.first < SPARE:",
            "    except Exception as error:\n        if stack.first < SPARE:",
            _ERRORS,
        ),
        (
            "a signal says nothing more of a method that has raised",
            '    return any([call_method(one["callable"], "get_method") == name for one in connections])',
            "    return not any([None for one in",
            f"{_STRESS} -k stress_errors",
        ),
        (
            "an endless recursion leaves room to tell the script",
            "    cdef int limit = errors.make_room()\n    try:\n        if not method.getter",
            "    cdef int limit = sys.getrecursionlimit()\n    try:\n        if not method.getter",
            _NESTING,
        ),
        (
            "a method declared void returns nothing",
            "        elif result is not None:\n            refuse_result(method, result)\n"
            "        result = None  # it may be self, whose references `end` counts\n"
            "    except BaseException:\n"
            "        errors.report",
            "        result = None  # it may be self, whose references `end` counts\n"
            "    except BaseException:\n"
            "        errors.report",
            _ERRORS,
        ),
        (
            "typed code that knows the parent calls the child's method",
            "        if cls is not method.owner:\n            function = method.function_of(cls)",
            "        if cls is None:\n            function = method.function_of(cls)",
            _MEMBERS,
        ),
    ),
    *mutants_of(
        f"{_COMPILED}/classes.pyx",
        (
            "__init__ may not free its object",
            "        if self.ptr is NULL:\n",
            "        if False:\n",
            _STRANGE,
        ),
        (
            "a class that the engine refuses is not declared",
            "    if gde.classdb_get_class_tag(record.class_name) is NULL:",
            "    if False:",
            _REFUSALS,
        ),
        (
            "__new__ makes an object of the class",
            "    if type(made) is not record.python:",
            "    if False:",
            f"{_HOSTS} -k host_new",
        ),
        (
            "__new__ makes a new object",
            "    if (<Object>made).id:",
            "    if False:",
            f"{_HOSTS} -k host_new",
        ),
        (
            "what is made in one thread has nothing of another's arguments",
            "    static _Thread_local PyObject *pending;",
            "    static PyObject *pending;",
            f"{_STRESS} -k stress_threads",
        ),
        (
            "what __init__ makes is made without the outer one's arguments",
            "    pending = NULL  # what __init__ makes is not what `construct` asked for\n",
            "",
            _PROXIES,
        ),
        (
            "what __init__ raises reaches who constructs",
            "    if construction.error is not None:\n        raise construction.error\n",
            "",
            _PROXIES,
        ),
        (
            "an object that could not be made is freed",
            "    gde.object_destroy(ptr)\n    return NULL",
            "    return NULL",
            _ERRORS,
        ),
        (
            "a class that is refused leaves nothing in ClassDB",
            "    except BaseException:\n"
            "        gde.classdb_unregister_extension_class(library, record.class_name)\n",
            "    except BaseException:\n",
            _REFUSALS,
        ),
        (
            "no object is a null object in ClassDB",
            "variant.result_from_python(method.arguments[at]",
            "variant.from_python_as(method.arguments[at]",
            _DECLARATIONS,
        ),
        (
            "defaults are ClassDB's too",
            "info.default_argument_count = made",
            "info.default_argument_count = 0",
            _MEMBERS,
        ),
        (
            "an abstract class cannot be made",
            "    info.is_virtual = spec.abstract\n    info.is_abstract = spec.abstract\n",
            "",
            _MEMBERS,
        ),
        (
            "classes leave ClassDB children first",
            "in reversed(list(registered)[first:]):",
            "in list(registered)[first:]:",
            _MEMBERS,
        ),
        (
            "a game's classes stay until the engine's go",
            "    game_classes, editors_are_there = len(registered), True",
            "    game_classes, editors_are_there = 0, True",
            f"{_EDITOR} -k leave_before",
        ),
        (
            "the editor's own classes run there",
            "    game_classes, editors_are_there = len(registered), True",
            "    game_classes, editors_are_there = len(registered), False",
            f"{_EDITOR} -k suite",
        ),
        (
            "a game's classes do not run in the editor",
            "            placeholders.is_runtime = True\n",
            "",
            f"{_EDITOR} -k suite",
        ),
        (
            "an heir's list of properties is asked for once",
            'if "_get_property_list" in spec.callbacks:',
            "if hasattr(record.python, '_get_property_list'):",
            _OVERRIDES,
        ),
        (
            "a subgroup ends with its group",
            'group, subgroup = spec.group, ""',
            "group = spec.group",
            _MEMBERS,
        ),
        (
            "an exception in _notification is reported",
            "    try:\n        self._notification(what)\n    except BaseException:\n",
            "    try:\n        self._notification(what)\n    except OSError:\n",
            _ERRORS,
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_registration.py",
        (
            "a virtual that is to return an Error has failed if it raises, whatever its annotation",
            'if method.returns is not None and known["return"]["class_name"] == _ERROR:',
            "if False:",
            _EDITOR,
        ),
        (
            "a virtual method has the engine's number of arguments",
            'if len(method.arguments) != len(known["args"]):',
            "if False:",
            _REFUSALS,
        ),
        (
            "a virtual method has the engine's types of arguments",
            'if argument.type != info["type"]:',
            "if False:",
            _REFUSALS,
        ),
        (
            "super() ends at callbacks",
            "    if name in NO_ANSWERS:\n        answer",
            "    if False:\n        answer",
            _OVERRIDES,
        ),
        (
            "super() ends at virtual methods",
            "        answer = type(None) if _is_void(known[name]) else None\n",
            "        return\n",
            _OVERRIDES,
        ),
        (
            "a virtual method that returns nothing is annotated so",
            "if _is_void(known) and method.returns is not None:",
            "if False:",
            _REFUSALS,
        ),
        (
            "a virtual method returns what the engine wants",
            "if given != known_type:",
            "if False:",
            _REFUSALS,
        ),
        (
            "a helper of Python's own is no virtual method",
            "if known and name not in known:",
            "if False:",
            _REFUSALS,
        ),
        ("names of classes are taken once", "if db.class_exists(spec.name):", "if False:", _REFUSALS),
        (
            "a property of the engine's class is not declared anew",
            "if prop.info.name in taken:",
            "if False:",
            _REFUSALS,
        ),
        (
            "a signal of the parent is not declared anew",
            "if db.class_has_signal(spec.parent, signal.name):",
            "if db.class_has_signal(spec.native, signal.name):",
            _REFUSALS,
        ),
        (
            "a signal of the engine's class is not declared anew",
            "if db.class_has_signal(spec.parent, signal.name):",
            "if db.class_has_signal(spec.parent, signal.name) and spec.parent != spec.native:",
            _REFUSALS,
        ),
        (
            "a default that the engine cannot hold is a DeclarationError",
            '    except TypeError as error:\n        raise DeclarationError(f"{spec.name}.{error}", ',
            '    except OSError as error:\n        raise DeclarationError(f"{spec.name}.{error}", ',
            _REFUSALS,
        ),
        (
            "accessors that were made hide nothing of the engine's",
            'return f"{name}_property" if name in hiding else name',
            "return name",
            _DECLARATIONS,
        ),
        (
            "a function that no name calls is no engine's Callable",
            "function = vars(owner_of(cls, name) or object).get(name)",
            "function = next(iter(m.function for s in specs for m in s.methods if m.name == name))\n"
            "        names.update({m.function: name for s in specs for m in s.methods if m.name == name})",
            _CALLABLES,
        ),
        (
            "the inspector asks for a node",
            'return _hinted(_info(info), "Node", PropertyHint.NODE_TYPE)',
            "return _info(info)",
            _MEMBERS,
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_classes.py",
        (
            "a class is the same to all threads",
            "return _made.setdefault(name, _make_class(name)) if found is None else found",
            "return _make_class(name) if found is None else found",
            _STRANGE,
        ),
        (
            "a constant is asked for once",
            "    setattr(native_of(cls), name, value)\n",
            "",
            _PROXIES,
        ),
        (
            "of a property the getter says its enum",
            "    if not is_method:",
            "    if False:",
            _PROXIES,
        ),
        (
            "a method's enum is that of its own class",
            '            return enum_named(_enums_of_results(base).get(method, ""))\n',
            "            return None\n",
            _PROXIES,
        ),
        (
            "an enum that Python does not have is none",
            "        with suppress(AttributeError):\n            return getattr(engine_class(owner), own)",
            "        if True:\n            return getattr(engine_class(owner), own)",
            _PROXIES,
        ),
        (
            "a class of another addon is imported by its name",
            "    _addons.import_declaring(name)\n",
            "    pass\n",
            f"{_PYTHON} -k imported_by_its_name",
        ),
        (
            "a Python class by its name is the class itself",
            "    if name in declared:\n        return declared[name]\n    for",
            "    for",
            f"{_PYTHON} -k class_itself",
        ),
        (
            "a Callable equals what it calls",
            "return self._function() == other if callable(other) else NotImplemented",
            "return False",
            _PROXIES,
        ),
        (
            "a Callable does not differ from what it equals",
            "        return not self == other",
            "        return super().__ne__(other)",
            _PROXIES,
        ),
        (
            "a Callable hashes as what it calls",
            "hash(function) if hashed else super().__hash__()",
            "super().__hash__()",
            _PROXIES,
        ),
        (
            "a class of the engine's takes no arguments",
            '        if arguments or keywords:\n            raise TypeError(f"{cls.__name__}() takes',
            '        if False:\n            raise TypeError(f"{cls.__name__}() takes',
            _PROXIES,
        ),
        (
            "arguments that no __init__ takes are refused",
            "if made.__init__ is object.__init__ and",
            "if False and",
            _PROXIES,
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_addons.py",
        (
            "one addon's failure is not the others'",
            "except BaseException as error:  # one addon's failure is not the others'",
            "except ImportError as error:",
            f"{_PYTHON} -k broken_addon",
        ),
        (
            "addons that import each other get an error",
            "        if _is_under_way(module):\n",
            "        if False:\n",
            f"{_PYTHON} -k imported_by_its_name",
        ),
        (
            "an addon that failed is not tried again",
            "            _to_come.pop(module, None)\n",
            "            pass\n",
            f"{_PYTHON} -k imported_by_its_name",
        ),
        (
            "packages of pip go before Python's own",
            "sys.path[index:index] = places",
            "sys.path += places",
            f"{_PYTHON} -k packages_of_pip",
        ),
        (
            "an addon hides no module of Python's",
            "sys.path[index:index] = places",
            "sys.path[:0] = places",
            f"{_DAMAGE} -k named_as",
        ),
        (
            "an addon that another module hides is told",
            "if told := _hidden(error, module) or _damage.told(error):",
            "if told := _damage.told(error):",
            f"{_DAMAGE} -k named_as",
        ),
        (
            "folders that are links belong to an addon",
            "if os.path.isdir(path):\n                yield from",
            "if os.path.isdir(path) and not os.path.islink(path):\n                yield from",
            f"{_UNIT}/test_export_plan.py -k link",
        ),
        (
            "what an earlier export left is not imported",
            "places = [_packs.ADDONS, _packs.SITE_PACKAGES]",
            "places = [addons, _packs.SITE_PACKAGES]",
            f"{_UNIT}/test_packs.py -k nothing_else",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_packs.py",
        (
            "a folder without modules hides none of its name",
            'package = "." in fullname or any(',
            "package = True or any(",
            f"{_UNIT}/test_packs.py -k portion",
        ),
        (
            "what has been read of a pack is forgotten when the caches are",
            "_contents.cache_clear()",
            "pass",
            f"{_UNIT}/test_packs.py -k caches",
        ),
        (
            "native modules are found beside the game",
            "beside = BesideFinder.beside.find(fullname, self._beside)",
            "beside = None",
            f"{_UNIT}/test_packs.py -k native",
        ),
        (
            "what an earlier version left in a package is not imported",
            "sys.path_hooks[:0] = [PackFinder, BesideFinder]",
            "sys.path_hooks[:0] = [PackFinder]",
            f"{_UNIT}/test_packs.py -k earlier_version",
        ),
        (
            "distributions are found by any spelling of their name",
            'name.lower().replace("_", "-")',
            'name.replace("_", "-")',
            f"{_UNIT}/test_packs.py -k distributions",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_export.py",
        (
            "sources are not packed beside the bytecode that is made of them",
            "done = ours in self._taken or",
            "done =",
            f"{_EXPORTING} -k alone",
        ),
        (
            "a game has one list of extensions, beside another's too",
            "if left_out and (others := self._others(exclude)):",
            "if False and (others := self._others(exclude)):",
            f"{_EXPORTING} -k anothers",
        ),
        (
            "the facade's bytecode is not checked",
            "_export_plan.stage(_export_plan.host_files(addons), addons, self._stage)",
            "_export_plan.stage(_export_plan.host_files(addons), addons, self._stage, bytecode=False)",
            f"{_EXPORTED} -k checked",
        ),
        (
            "a server's game has one list of extensions",
            "if how == EditorExportPreset.EXPORT_CUSTOMIZED:",
            "if how == EditorExportPreset.EXPORT_CUSTOMIZED and False:",
            f"{_EXPORTING} -k lists",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_export_plan.py",
        (
            "packed bytecode is not checked against its source",
            "(0b01).to_bytes",
            "(0b11).to_bytes",
            f"{_UNIT}/test_export_plan.py -k unchecked",
        ),
        (
            "the editor's modules stay at home",
            " or path.name == EDITORS",
            "",
            f"{_UNIT}/test_export_plan.py -k into_the_pack",
        ),
        (
            "native modules for another Python are told",
            'if python.replace(".", "") not in series',
            "if False",
            f"{_UNIT}/test_export_plan.py -k another_python",
        ),
        (
            "what cannot be read is told",
            "return told[:1]",
            "return []",
            f"{_UNIT}/test_export_plan.py -k cannot_be_read",
        ),
        (
            "native modules are known by their processor",
            'and MACHINES.get(machine, "") in target',
            "",
            f"{_UNIT}/test_export_plan.py -k known_by",
        ),
        (
            "a filter that takes the extension does not take Python",
            "if pattern and not _matches(EXTENSION, [pattern])",
            "if pattern",
            f"{_UNIT}/test_export_plan.py -k exclude_filters",
        ),
        (
            "native modules go beside the game",
            "if any(file.suffix in NATIVE for file in beside):",
            "if False:",
            f"{_UNIT}/test_export_plan.py -k pip",
        ),
        (
            "what the engine imports is the engine's",
            'return file.with_name(f"{file.name}.import").is_file()',
            "return False",
            f"{_UNIT}/test_export_plan.py -k into_the_pack",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_startup.py",
        (
            "an editor that finds the extension itself ends in peace",
            "_shutdown.last.append(classes.unregister_all)",
            "pass",
            f"{_PYTHON} -k first_start",
        ),
        (
            "a game knows nothing of what is for the editor",
            'if singleton("Engine").is_editor_hint():',
            "if True:",
            f"{_EDITOR} -k game_knows",
        ),
        (
            "the editor's classes leave before the editor's own",
            "classes.unregister_editor()",
            "pass",
            f"{_EDITOR} -k leave_before",
        ),
        (
            "Ctrl-C ends the engine",
            "signal.signal(signal.SIGINT, signal.SIG_DFL)",
            "pass",
            f"{_PYTHON} -k ctrl_c",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_shutdown.py",
        (
            "late child processes are ended",
            "            child.kill()\n",
            "",
            f"{_UNIT}/test_shutdown.py",
        ),
        (
            "what may block is called apart, and waited for with a bound",
            "    helper.join(max(0.0, deadline - time.monotonic()))\n",
            "    helper.join()\n",
            f"{_UNIT}/test_shutdown.py",
        ),
        (
            "threads that go on are named",
            "                alive.append(thread.name)",
            "                pass",
            f"{_UNIT}/test_shutdown.py",
        ),
        (
            "executors' threads are asked to end",
            "lambda: [hook() for hook in reversed(hooks)]",
            "lambda: None",
            f"{_UNIT}/test_shutdown.py",
        ),
        (
            "exit handlers have their time, whatever processes took",
            "run_handlers(time.monotonic() + PATIENCE)",
            "run_handlers(time.monotonic())",
            f"{_HOSTS} -k handlers",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/__init__.py",
        (
            "without an engine nothing is asked of one",
            "if not is_running():",
            "if False:",
            f"{_UNIT}/test_package.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/_streams.py",
        (
            "what no String can hold is replaced in what is printed",
            '_IMPOSSIBLE.sub("\\ufffd", line)',
            "line",
            f"{_UNIT}/test_streams.py",
        ),
        (
            "a line waits for its end",
            '*lines, self._rest = (self._rest + text).split("\\n")',
            'lines = (self._rest + text).split("\\n")',
            f"{_UNIT}/test_streams.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/declare.py",
        (
            "a name means the class in the body first",
            "    found = inside if isinstance(inside, type) else names.get(",
            "    found = names.get(",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a decorated function's names are those of what it wraps",
            '_NOT_PLAIN = {"__wrapped__", "__no_type_check__"}',
            '_NOT_PLAIN = {"__no_type_check__"}',
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a list that is set becomes an Array",
            "self.taken(value) if self.taken else value",
            "value",
            f"{_UNIT}/test_declare.py -k taken_over",
        ),
        (
            "what a coroutine returns may be a signal",
            'result = None if flags & VIRTUAL else Info("", ANY)',
            "pass",
            f"{_CLASS} -k awaits",
        ),
        (
            "keyword arguments are refused",
            "elif parameter.kind in (Kind.VAR_KEYWORD, Kind.KEYWORD_ONLY):",
            "elif parameter.kind is Kind.VAR_KEYWORD:",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a method has sixteen arguments at most",
            "if len(arguments) > MOST_ARGUMENTS:",
            "if len(arguments) > MOST_ARGUMENTS + 1:",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "constants fit 64 bits",
            "if not -(1 << 63) <= constant.value < 1 << 63:",
            "if not -(1 << 63) <= constant.value <= 1 << 63:",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "constants are unique in a class",
            "if constant.name in self.names:",
            "if False:",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "no two objects share a default",
            "return partial(copy.deepcopy, default)",
            "return partial(copy.copy, default)",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a read-only property is not stored",
            "value.usage if member.fset else value.usage & ~_STORAGE",
            "value.usage",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "accessors of the class's own are used",
            "if spec.setter and not self.has(spec.setter):",
            "if spec.setter:",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a class has one parent",
            "if other not in parent.__mro__:",
            "if False:",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "what is nearer hides a plain base's member",
            "                if owner_of(self.cls, name) is body:\n",
            "                if True:\n",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "the standard library's bases stay Python's own",
            "return [base for base in cls.__mro__ if base not in known and not _is_standard(base)]",
            "return [base for base in cls.__mro__ if base not in known]",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "an inherited class method is registered anew",
            "inherited = isinstance(member, classmethod)",
            "inherited = False",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "annotations are evaluated where they are written",
            "names = vars(sys.modules[owner.__module__])",
            "names = vars(sys.modules[self.cls.__module__])",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a private accessor is gone by with a public one",
            'given if given and not given.startswith("_") else',
            "given if given else",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "what the engine would never call is refused",
            "        if name in _REFUSED:\n",
            "        if False:\n",
            f"{_UNIT}/test_declare.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/annotations.py",
        (
            "a default is of its type",
            "if not isinstance(default, accepted):",
            "if False:",
            f"{_UNIT}/test_annotations.py",
        ),
        (
            "an int default becomes a member of its enum",
            "return member_of(value.python, int(default)) if is_enum else default",
            "return default",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "a default is kept in the declared type",
            "return default if type(default) is accepted[0] else accepted[0](default)",
            "return default",
            f"{_UNIT}/test_declare.py",
        ),
        (
            "an enum of several classes is named by the first",
            "_enum_names.setdefault(enum, name)",
            "_enum_names[enum] = name",
            f"{_UNIT}/test_annotations.py",
        ),
        (
            "an enum must be one of ints",
            "if issubclass(annotation, Enum):",
            "if False:",
            f"{_UNIT}/test_annotations.py",
        ),
        (
            "an annotation that is near to one of ours is advised upon",
            'advice = f"; write {_INSTEAD[shown]}" if shown in _INSTEAD else ""',
            'advice = ""',
            f"{_UNIT}/test_annotations.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/values.py",
        (
            "what the engine changes in a packed array is written back",
            "result, array[:] = outgoing",
            "result, _ = outgoing",
            _SHARED,
        ),
        (
            "an array that is copied keeps its type",
            "    def __reduce_ex__(self, protocol: Any) -> Any:\n"
            "        return type(self), (self.tolist(),)\n",
            "",
            f"{_UNIT}/test_values.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/documentation.py",
        (
            "brackets are no markup",
            '_ESCAPED = {"[": "[lb]", "]": "[rb]"}',
            '_ESCAPED = {"[": "[", "]": "]"}',
            f"{_UNIT}/test_documentation.py",
        ),
        (
            "no element is written short",
            "short_empty_elements=False",
            "short_empty_elements=True",
            f"{_UNIT}/test_documentation.py",
        ),
        (
            "accessors are left out of the help",
            "if method.name not in accessors:",
            "if True:",
            f"{_UNIT}/test_documentation.py",
        ),
        (
            "arguments are numbered",
            '{"index": str(index), "name"',
            '{"index": "0", "name"',
            f"{_UNIT}/test_documentation.py",
        ),
    ),
    *mutants_of(
        f"{_FACADE}/pointer.py",
        (
            "memory has the size that was asked for",
            "(ctypes.c_ubyte * size)",
            "(ctypes.c_ubyte * (size + 1))",
            f"{_UNIT}/test_pointer.py",
        ),
        (
            "importing the package is cheap",
            "# ctypes is imported where it is used: few classes need it, and it takes as long as the rest of "
            "the package.\n",
            "import ctypes\n",
            f"{_UNIT}/test_package.py",
        ),
    ),
]
