/* The extension's entry: starts a Python inside the engine, and hands over to `godot._startup`.
 *
 * This library is not linked with libpython: a machine without one must still open the project, with one clear error.
 * Which Python it is, is decided in home.c.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gdextension_interface.h"
#include "home.h"
#include "whole.h"

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

/* The part of Python's C interface that is called from here; what follows is Cython's. */
#define PYTHON_FUNCTIONS(X) \
    X(Py_GetVersion) \
    X(PyPreConfig_InitIsolatedConfig) \
    X(Py_PreInitialize) \
    X(PyConfig_InitIsolatedConfig) \
    X(PyConfig_SetBytesString) \
    X(PyConfig_Clear) \
    X(PyWideStringList_Append) \
    X(Py_DecodeLocale) \
    X(PyMem_RawFree) \
    X(Py_InitializeFromConfig) \
    X(PyStatus_Exception) \
    X(PyGC_Disable) \
    X(PyGC_Enable) \
    X(PyEval_SaveThread) \
    X(PyEval_RestoreThread) \
    X(Py_FinalizeEx) \
    X(PyRun_SimpleStringFlags) \
    X(PyImport_ImportModule) \
    X(PyObject_CallMethod) \
    X(PyObject_IsTrue) \
    X(PyErr_Clear) \
    X(PySys_GetObject) \
    X(PyUnicode_AsUTF8) \
    X(PyUnicode_DecodeFSDefault) \
    X(PyList_Insert) \
    X(Py_DecRef) \
    X(PyCMethod_New)

static struct {
#define DECLARE(name) __typeof__(&name) name;
    PYTHON_FUNCTIONS(DECLARE)
#undef DECLARE
} python;

static GDExtensionInterfaceGetProcAddress get_proc_address;
static GDExtensionClassLibraryPtr library;
static PyThreadState *prepared;    /* a Python that has not been started yet; NULL: there is none */
static PyThreadState *main_thread; /* NULL while Python does not run */
static char addons[PATH_SIZE];     /* the folder of all addons */
static char addon[PATH_SIZE];      /* that of this one */
static Home home;

void report(const char *format, ...) {
    char text[4 * PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Interface engine;
    engine.print_error = (__typeof__(engine.print_error))get_proc_address("print_error");
    engine.print_error(text, "pythonscript_init", "pythonscript.c", 0, 1);
}

/* Whether this is an editor's binary, also where it runs a game: `OS.has_feature("editor")`. */
static int is_editor(void) {
    static const struct {
        const char *text;
        int is_name;
    } texts[] = {{"OS", 1}, {"has_feature", 1}, {"editor", 0}};
    Interface engine;
    void *strings[3], *names[3]; /* a String and a StringName are a pointer each */
    GDExtensionBool answer = 0;
#define LOOK_UP(name) engine.name = (__typeof__(engine.name))get_proc_address(#name)
    LOOK_UP(string_new_with_latin1_chars_and_len);
    LOOK_UP(variant_get_ptr_constructor);
    LOOK_UP(variant_get_ptr_destructor);
    LOOK_UP(global_get_singleton);
    LOOK_UP(classdb_get_method_bind);
    LOOK_UP(object_method_bind_ptrcall);
#undef LOOK_UP
    for (int i = 0; i < 3; i++) {
        const void *string = &strings[i];
        engine.string_new_with_latin1_chars_and_len(&strings[i], texts[i].text, (GDExtensionInt)strlen(texts[i].text));
        if (texts[i].is_name) engine.variant_get_ptr_constructor(GDEXTENSION_VARIANT_TYPE_STRING_NAME, 2)(&names[i], &string);
    }
    GDExtensionMethodBindPtr has_feature = engine.classdb_get_method_bind(&names[0], &names[1], 3927539163);
    const void *feature = &strings[2];
    if (has_feature) engine.object_method_bind_ptrcall(has_feature, engine.global_get_singleton(&names[0]), &feature, &answer);
    for (int i = 0; i < 3; i++) {
        if (texts[i].is_name) engine.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_STRING_NAME)(&names[i]);
        engine.variant_get_ptr_destructor(GDEXTENSION_VARIANT_TYPE_STRING)(&strings[i]);
    }
    return answer;
}

static int unusable(const char *why) {
    report("pythonscript cannot use the Python in %s: %s; %s.", home.prefix, why, home.advice);
    return 0;
}

static int load_python(void) {
    char why[DAMAGE_SIZE];
    const char *missing = NULL;
    if (find_damage(home.library, home.libraries, why)) return unusable(why);
    void *handle = open_library(home.library);
    if (!handle) {
        snprintf(why, sizeof why, "%s cannot be opened (%s)", home.library, open_error());
        return unusable(why);
    }
#define LOOK_UP(name) \
    if (!(python.name = (__typeof__(python.name))symbol_of(handle, #name))) missing = #name;
    PYTHON_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    if (missing) {
        snprintf(why, sizeof why, "%s has no %s", home.library, missing);
        return unusable(why);
    }
    if (strncmp(python.Py_GetVersion(), VERSION ".", strlen(VERSION ".")) != 0) {
        snprintf(why, sizeof why, "it is Python %.*s, and " VERSION " is needed", (int)strcspn(python.Py_GetVersion(), " "), python.Py_GetVersion());
        return unusable(why);
    }
    return 1;
}

/* Python's start and end */

static int failed(PyStatus status) {
    char why[2 * PATH_SIZE];
    if (!python.PyStatus_Exception(status)) return 0;
    release_errors(1); /* what Python said about it is many lines long, and says less */
    snprintf(why, sizeof why, "its standard library, %s, is damaged or missing (%s)", home.stdlib, status.err_msg ? status.err_msg : "it asked to exit");
    unusable(why);
    return 1;
}

static int set(PyConfig *config, wchar_t **field, const char *text) {
    return !failed(python.PyConfig_SetBytesString(config, field, text));
}

static int set_module_folders(PyConfig *config) {
    char path[PATH_SIZE];
    int ok = 1;
    config->module_search_paths_set = 1;
    for (int i = 0; ok && module_folder(&home, i, path); i++) {
        wchar_t *wide = python.Py_DecodeLocale(path, NULL);
        ok = wide && !failed(python.PyWideStringList_Append(&config->module_search_paths, wide));
        python.PyMem_RawFree(wide);
    }
    return ok;
}

/* The engine keeps its signals and its arguments, and Python its own folder whatever the working directory is. */
static int initialize_python(int in_editor) {
    PyPreConfig preconfig;
    PyConfig config;
    int ok;
    python.PyPreConfig_InitIsolatedConfig(&preconfig);
    preconfig.utf8_mode = 1;
#ifdef __SANITIZE_ADDRESS__ /* which sees no single object of Python's own pools */
    preconfig.allocator = PYMEM_ALLOCATOR_MALLOC;
#endif
    if (failed(python.Py_PreInitialize(&preconfig))) return 0;
    python.PyConfig_InitIsolatedConfig(&config); /* no signal handlers, no arguments, no environment variables */
    config.site_import = !home.is_bundled;
    config.write_bytecode = in_editor; /* a game's folder stays as it was installed */
    ok = set(&config, &config.executable, home.executable) && set(&config, &config.program_name, home.executable) &&
         /* a virtual environment's Python finds its base by itself, and that must be its own doing (pyvenv.cfg) */
         (home.is_environment || set(&config, &config.home, home.prefix)) && set_module_folders(&config) &&
         !failed(python.Py_InitializeFromConfig(&config));
    python.PyConfig_Clear(&config);
    return ok;
}

static void add_to_path(const char *folder) {
    PyObject *text = python.PyUnicode_DecodeFSDefault(folder);
    python.PyList_Insert(python.PySys_GetObject("path"), 0, text);
    python.Py_DecRef(text);
}

/* `begin` has a thread prepare what needs no more of the engine than there is at first, and `call` calls what starts it. That
 * catches what keeps Python from starting, with no more than Python itself: it returns a line that says what and where, with '!'
 * before it if it is the addon's own files that are missing or wrong. What failed in the thread is not tried again, as compiled
 * modules do not like to be. */
static const char CALL[] =
    "failures = []\n"
    "def begin(damage, *arguments):\n"
    "    global thread\n"
    "    from _frozen_importlib_external import ExtensionFileLoader as loader\n"
    "    create = loader.create_module\n"
    "    def create_module(self, spec):\n"
    "        if why := damage(self.path):\n"
    "            raise ImportError(why, name=spec.name, path=self.path)\n"
    "        return create(self, spec)\n"
    "    loader.create_module = create_module\n"
    "    def prepare():\n"
    "        try:\n"
    "            import godot._startup as startup\n"
    "            startup.prepare(*arguments)\n"
    "        except BaseException as error:\n"
    "            failures.append(error)\n"
    "    try:\n"
    "        import threading\n" /* here, as it takes the thread that imports it for the main thread */
    "        thread = threading.Thread(target=prepare, daemon=True)\n"
    "        thread.start()\n"
    "    except BaseException as error:\n"
    "        failures.append(error)\n"
    "def call(name, folders, *arguments):\n"
    "    try:\n"
    "        if not failures:\n"
    "            thread.join()\n"
    "        for error in failures:\n"
    "            raise error\n"
    "        import godot._startup as startup\n"
    "        return bool(getattr(startup, name)(*arguments))\n"
    "    except BaseException as error:\n"
    "        places, trace = [], error.__traceback__\n"
    "        while trace:\n"
    "            file = trace.tb_frame.f_code.co_filename\n"
    "            places += [] if file == '<string>' else [f'{file}:{trace.tb_lineno}']\n"
    "            trace = trace.tb_next\n"
    "        names = ('name', 'path') if isinstance(error, ImportError) else ('filename',)\n"
    "        told = [text for text in (getattr(error, name, None) for name in names) if text] or places[-1:]\n"
    "        ours = str(told[-1]).startswith(('godot', '_pythonscript', *folders))\n"
    "        return f\"{'!' if ours else ' '}{type(error).__name__}: {error} ({', '.join(places[-3:]) or 'the start'})\"\n";

/* Calls `godot._startup.<function>`, which takes as many of the last arguments here as `format` has behind the folders; returns
 * its truth, or -1 after an exception, which was reported. */
static int call_startup(const char *function, const char *format) {
    char facade[PATH_SIZE], modules[PATH_SIZE];
    PyObject *module = python.PyImport_ImportModule("__main__"), *result = NULL;
    const char *failure = NULL;
    int truth = -1;
    if (!join(facade, addon, "godot") || !join(modules, addon, "bin")) return -1;
    if (module)
        result = python.PyObject_CallMethod(module, "call", format, function, facade, modules, addons, home.advice);
    if (result && !(failure = python.PyUnicode_AsUTF8(result))) {
        python.PyErr_Clear();
        truth = python.PyObject_IsTrue(result);
    } else if (failure && *failure == '!')
        report("pythonscript's own files in %s are missing, damaged or of another version: %s; %s.", addon, failure + 1,
               home.is_bundled ? home.advice : "unpack the addon anew, or run tools/dev.py build");
    else
        unusable(failure ? failure + 1 : "it runs no code");
    if (result) python.Py_DecRef(result);
    if (module) python.Py_DecRef(module);
    return truth;
}

/* In a project this library is in addons/pythonscript/bin/; in an exported game flat beside the executable, next to addons/.
 * Lexically: an addon that is a symbolic link belongs to the project that it is linked into. */
static int find_folders(char own[PATH_SIZE]) {
    static const char IN_PROJECT[] = "/pythonscript/bin";
    if (!own_path(own)) {
        report("pythonscript cannot tell where its own library lies.");
        return 0;
    }
    *strrchr(own, '/') = '\0';
    size_t length = strlen(own), tail = strlen(IN_PROJECT);
    if (length > tail && !strcmp(own + length - tail, IN_PROJECT)) {
        snprintf(addons, sizeof addons, "%.*s", (int)(length - tail), own);
    } else if (!join(addons, own, "addons") || !can_read(addons)) {
        report("pythonscript finds no folder %s/addons: export the game anew, from a project with a whole addon.", own);
        return 0;
    }
    return join(addon, addons, "pythonscript");
}

/* Whether a compiled module is the standard library's own; those of packages may be below it, too. */
static int is_standard(const char *file) {
    static const char folder[] = "/lib-dynload/";
    size_t length = strlen(home.stdlib);
    return !strncmp(file, home.stdlib, length) && !strncmp(file + length, folder, sizeof folder - 1);
}

/* Says why a compiled module must not be loaded, and what to do; or nothing.
 *
 * One of the standard library's is open then. Python opens modules without giving way to other threads, which takes 2 ms of
 * OpenSSL's two libraries, and a frame of the game's would wait for it. Those of others are left to Python: they may call it as
 * soon as they are opened. */
static PyObject *damage_of(PyObject *self, PyObject *path) {
    char why[DAMAGE_SIZE], text[4 * PATH_SIZE] = "";
    const char *file = python.PyUnicode_AsUTF8(path);
    (void)self;
    if (!file)
        python.PyErr_Clear(); /* of a name that is no text, the loader says what is wrong */
    else if (find_damage(file, home.libraries, why))
        snprintf(text, sizeof text, "%s; %s", why, home.advice);
    else if (is_standard(file)) {
        PyThreadState *thread = python.PyEval_SaveThread();
        keep_open(file);
        python.PyEval_RestoreThread(thread);
    }
    return python.PyUnicode_DecodeFSDefault(text);
}

static int begin(int exported) {
    static PyMethodDef damage = {"damage", damage_of, METH_O, NULL};
    PyObject *module = python.PyImport_ImportModule("__main__"), *result = NULL;
    if (module)
        result = python.PyObject_CallMethod(
            module, "begin", "Nsinn", python.PyCMethod_New(&damage, NULL, NULL, NULL), addons, exported, (size_t)get_proc_address,
            (size_t)library);
    if (result) python.Py_DecRef(result);
    if (module) python.Py_DecRef(module);
    return result != NULL;
}

/* Starts Python, and has a thread of its own prepare what it can, while the engine goes on with its own start. */
static void prepare(void) {
    char own[PATH_SIZE], path[PATH_SIZE];
    int in_editor = is_editor(), ok;
    if (!find_folders(own)) return;
    if (!find_home(own, addon, in_editor, &home) || !load_python()) return;
    hold_errors();
    ok = initialize_python(in_editor);
    release_errors(0);
    if (!ok) return;
    add_to_path(addon); /* the project's own addons come later, behind the standard library (`_addons.py`) */
    if (join(path, addon, "bin")) add_to_path(path);
    python.PyGC_Disable(); /* what is imported stays: a tenth of the time would be spent looking for garbage in it */
    ok = python.PyRun_SimpleStringFlags(CALL, NULL) == 0 && begin(!in_editor);
    prepared = python.PyEval_SaveThread();
    if (!ok) prepared = NULL;
}

/* Waits for that thread, and goes on where the engine's classes are. */
static void start(void) {
    int ok;
    if (!prepared) return;
    python.PyEval_RestoreThread(prepared);
    prepared = NULL;
    ok = call_startup("start", "s(ss)ss") >= 0;
    python.PyGC_Enable();
    /* A Python that did not start is left alone: nothing of the engine's is in it, and it may be too damaged to be finalised. */
    PyThreadState *thread = python.PyEval_SaveThread();
    if (ok) main_thread = thread;
}

static void stop(void) {
    python.PyEval_RestoreThread(main_thread);
    main_thread = NULL;
    /* False: a thread of the game's would keep Py_FinalizeEx, and so the quitting game, waiting. The process ends anyway. */
    if (call_startup("stop", "s(ss)") != 0)
        python.Py_FinalizeEx();
    else
        python.PyEval_SaveThread();
}

static void call_at_editor(const char *function, const char *format) {
    if (!main_thread) return;
    python.PyEval_RestoreThread(main_thread);
    call_startup(function, format);
    main_thread = python.PyEval_SaveThread();
}

/* Levels 0 to 3 all come, whatever the minimum says; EDITOR also in a game that an editor's binary runs. */
static void initialize(void *userdata, GDExtensionInitializationLevel level) {
    static int begun;
    (void)userdata;
    /* The first one that comes: an editor that finds the addon while it runs begins with SCENE. */
    if (!begun++) prepare();
    if (level == GDEXTENSION_INITIALIZATION_SCENE) start();
    if (level == GDEXTENSION_INITIALIZATION_EDITOR) call_at_editor("start_editor", "s(ss)s");
}

static void deinitialize(void *userdata, GDExtensionInitializationLevel level) {
    (void)userdata;
    if (level == GDEXTENSION_INITIALIZATION_EDITOR) call_at_editor("stop_editor", "s(ss)");
    if (level == GDEXTENSION_INITIALIZATION_SCENE && main_thread) stop();
    if (level == GDEXTENSION_INITIALIZATION_CORE && prepared) { /* the engine ends before it came to scenes */
        python.PyEval_RestoreThread(prepared);
        python.PyRun_SimpleStringFlags("call('abandon', ())", NULL);
    }
}

EXPORTED GDExtensionBool pythonscript_init(
    GDExtensionInterfaceGetProcAddress p_get_proc_address, GDExtensionClassLibraryPtr p_library, GDExtensionInitialization *r_initialization) {
    get_proc_address = p_get_proc_address;
    library = p_library;
    r_initialization->minimum_initialization_level = GDEXTENSION_INITIALIZATION_SCENE;
    r_initialization->initialize = initialize;
    r_initialization->deinitialize = deinitialize;
    return 1;
}
