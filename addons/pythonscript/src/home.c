#include "home.h"

#include <patchlevel.h> /* Python's version */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#if defined(_WIN32)
#define LIBRARY "python" JOINED(PY_MAJOR_VERSION, "", PY_MINOR_VERSION) ".dll"
#define EXECUTABLE "python.exe"
#define ENVIRONMENTS_EXECUTABLE "Scripts/python.exe"
static const char *const LIBRARIES[] = {"."};
static const char *const STDLIBS[] = {"Lib"};
static const char *const MODULES[] = {"../python" JOINED(PY_MAJOR_VERSION, "", PY_MINOR_VERSION) ".zip", ".", "../DLLs", ".."};
#else
#if defined(__APPLE__)
#define LIBRARY "libpython" VERSION ".dylib"
#else
#define LIBRARY "libpython" VERSION ".so.1.0"
#endif
#define EXECUTABLE "bin/python3"
#define ENVIRONMENTS_EXECUTABLE EXECUTABLE
static const char *const LIBRARIES[] = {"lib", ("lib/" MULTIARCH), "lib64"}; /* the second is Debian's, the third Fedora's */
static const char *const STDLIBS[] = {"lib/python" VERSION, "lib64/python" VERSION};
static const char *const MODULES[] = {".", "lib-dynload"}; /* below the standard library */
#endif

#define LENGTH(array) (sizeof array / sizeof *array)

int join(char path[PATH_SIZE], const char *folder, const char *file) {
    int length = snprintf(path, PATH_SIZE, "%s/%s", folder, file);
    return length >= 0 && length < PATH_SIZE;
}

static int exists(const char *folder, const char *file, char path[PATH_SIZE]) {
    return join(path, folder, file) && can_read(path);
}

/* The value of `key = value` in a text of lines; 0: it is not there, or empty. */
static int value_of(const char *text, const char *key, char value[PATH_SIZE]) {
    size_t length = strlen(key);
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *start = line + length;
        if (strncmp(line, key, length)) continue;
        start += strspn(start, " \t");
        if (*start != '=') continue;
        start += 1 + strspn(start + 1, " \t");
        size_t size = strcspn(start, "\r\n");
        if (!size || size >= PATH_SIZE) return 0;
        memcpy(value, start, size);
        value[size] = '\0';
        return 1;
    }
    return 0;
}

static int read_text(const char *path, char *text, long size) {
    long length = read_file(path, text, size - 1);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static int unfit(const Home *home, const char *format, ...) {
    char why[2 * PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    report("pythonscript cannot use the Python in %s: %s; %s.", home->prefix, why, home->advice);
    return 0;
}

/* "3.12" of "libpython3.12.so.1.0", "python3.12" or "python312.dll"; 0: there is none in it. */
static int version_in(const char *name, char version[16]) {
    const char *start = strncmp(name, "lib", 3) ? name : name + 3;
    int minor = 0, end = 0;
    if (sscanf(start, "python3.%d%n", &minor, &end) != 1 && sscanf(start, "python3%d.dll%n", &minor, &end) != 1) return 0;
    return end && snprintf(version, 16, "3.%d", minor) < 16;
}

static int look_for_version(const char *name, void *version) {
    return version_in(name, version);
}

/* What a home without a Python of the version that is needed has instead. */
static int other_version(const Home *home, char version[16]) {
    char folder[PATH_SIZE];
    for (size_t i = 0; i < LENGTH(LIBRARIES); i++)
        if (join(folder, home->prefix, LIBRARIES[i]) && look_through(folder, look_for_version, version)) return 1;
    return 0;
}

static int is_needed(const char *version) {
    size_t length = strlen(VERSION);
    return !strncmp(version, VERSION, length) && (version[length] < '0' || version[length] > '9');
}

/* A virtual environment's pyvenv.cfg says where the Python is that it was made from, and of what version. */
static int read_environment(Home *home, const char *config) {
    char text[PATH_SIZE], version[PATH_SIZE], binaries[PATH_SIZE], path[PATH_SIZE];
    home->is_environment = 1;
    if (!read_text(config, text, sizeof text) || !value_of(text, "home", binaries))
        return unfit(home, "its pyvenv.cfg does not say where its base is");
    if ((value_of(text, "version", version) || value_of(text, "version_info", version)) && !is_needed(version))
        return unfit(home, "it is Python %.20s, and " VERSION " is needed", version);
    snprintf(path, PATH_SIZE, "%s", binaries);
#if !defined(_WIN32) /* where they are in the prefix itself */
    if (!join(path, binaries, "..")) return unfit(home, "the path of its base is too long");
#endif
    return resolve(path, home->base) || unfit(home, "its base, %s, is not there any more", binaries);
}

static int complete(Home *home) {
    char path[PATH_SIZE], version[16];
    size_t i;
    if (!can_read(home->prefix)) return unfit(home, "there is no such folder");
    snprintf(home->base, PATH_SIZE, "%s", home->prefix);
    if (!home->is_bundled && exists(home->prefix, "pyvenv.cfg", path) && !read_environment(home, path)) return 0;
    for (i = 0; i < LENGTH(LIBRARIES); i++)
        if (join(home->libraries, home->base, LIBRARIES[i]) && exists(home->libraries, LIBRARY, home->library)) break;
    if (i == LENGTH(LIBRARIES)) {
        if (other_version(home, version) && !is_needed(version)) return unfit(home, "it is Python %s, and " VERSION " is needed", version);
        return unfit(home, "there is no %s in %s/%s", LIBRARY, home->base, LIBRARIES[0]);
    }
    for (i = LENGTH(STDLIBS); i-- > 0;) /* the first counts if none is whole */
        if (join(home->stdlib, home->base, STDLIBS[i]) && exists(home->stdlib, "encodings", path)) break;
    return join(home->executable, home->prefix, home->is_environment ? ENVIRONMENTS_EXECUTABLE : EXECUTABLE);
}

int module_folder(const Home *home, int index, char path[PATH_SIZE]) {
    int count = (int)LENGTH(MODULES);
    if (index < count) return strcmp(MODULES[index], ".") ? join(path, home->stdlib, MODULES[index]) : snprintf(path, PATH_SIZE, "%s", home->stdlib) > 0;
    return index == count && home->is_bundled && join(path, home->stdlib, "site-packages");
}

int find_home(const char *own, const char *addon, int is_editor, Home *home) {
    char path[PATH_SIZE], named[PATH_SIZE], bundle[PATH_SIZE];
    memset(home, 0, sizeof *home);
    if (!join(bundle, addon, "python/" PLATFORM)) return 0;
    if (is_editor && environment("PYTHONSCRIPT_HOME", named)) {
        home->advice = "$PYTHONSCRIPT_HOME must name a Python " VERSION " that has a shared library, or a virtual environment of one";
        if (!resolve(named, home->prefix)) snprintf(home->prefix, PATH_SIZE, "%s", named);
    } else if (can_read(bundle)) {
        home->is_bundled = 1;
        home->advice = is_editor ? "unpack the addon's archive for " PLATFORM " anew" : "export the game anew, from a project with a whole addon";
        snprintf(home->prefix, PATH_SIZE, "%s", bundle);
    } else if (is_editor && exists(own, "python_home", path) && read_text(path, named, sizeof named)) {
        home->advice = "run tools/dev.py setup";
        named[strcspn(named, "\r\n")] = '\0';
        snprintf(home->prefix, PATH_SIZE, "%s", named);
    } else if (is_editor) {
        report("pythonscript finds no Python: there is no folder %s; unpack the addon's archive for " PLATFORM
               " anew, or let $PYTHONSCRIPT_HOME name a Python " VERSION " or a virtual environment of one.", bundle);
        return 0;
    } else {
        report("pythonscript finds no Python: there is no folder %s; export the game anew, from a project with a whole addon.", bundle);
        return 0;
    }
    return complete(home);
}
