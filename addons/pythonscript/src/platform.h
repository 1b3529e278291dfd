/* What the C entry asks of the operating system, and how a Python is laid out there. Paths are UTF-8. */
#ifndef PYTHONSCRIPT_PLATFORM_H
#define PYTHONSCRIPT_PLATFORM_H

#include <stddef.h>

#define PATH_SIZE 4096 /* bytes; a longer path is as good as one that does not exist */

#if defined(_WIN32)
#define OS_NAME "windows"
#elif defined(__APPLE__)
#define OS_NAME "macos"
#else
#define OS_NAME "linux"
#endif

#if defined(__x86_64__) || defined(_M_X64)
#define ARCH_NAME "x86_64"
#elif defined(__aarch64__) || defined(_M_ARM64)
#define ARCH_NAME "arm64"
#endif

#define PLATFORM OS_NAME "." ARCH_NAME /* as in the names of the library and of the bundle */

#if defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#else
#define MULTIARCH "x86_64-linux-gnu"
#endif

/* The path of this very library, absolute, as it was opened: symbolic links are not followed. */
int own_path(char path[PATH_SIZE]);

/* Whether a file or folder is there and can be read. */
int can_read(const char *path);

/* Copies a path with its symbolic links followed; 0 if there is no such file. */
int resolve(const char *path, char resolved[PATH_SIZE]);

/* Copies a variable of the environment; 0 if it is not set, or empty. */
int environment(const char *name, char value[PATH_SIZE]);

/* Reads up to `size` bytes of a file; returns how many, or -1. */
long read_file(const char *path, char *content, long size);

/* Calls `look` with the names in a folder until it returns something but 0, which is then returned. */
int look_through(const char *folder, int (*look)(const char *name, void *data), void *data);

/* Opens a library whose symbols all libraries see that are opened later; NULL: see open_error(). */
void *open_library(const char *path);
const char *open_error(void);
void *symbol_of(void *library, const char *name);

/* Opens a library for good, so that whoever opens it next has nothing to wait for, and hears what is wrong with it. Does nothing
 * on Windows, where Python itself lets other threads go on meanwhile. */
void keep_open(const char *path);

/* Keeps what anybody writes to the standard error output from now on, until release_errors(), which writes it after all
 * unless `drop`. Both do nothing where the system gives no file for it. */
void hold_errors(void);
void release_errors(int drop);

#endif
