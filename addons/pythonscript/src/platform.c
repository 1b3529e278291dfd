/* The operating systems: Linux, which is tested, and macOS and Windows, which are not. */
#define _GNU_SOURCE
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <io.h>

#define dup _dup
#define dup2 _dup2
#define close _close
#define lseek _lseek
#define read _read
#define write _write
#define fileno _fileno

static int widen(const char *text, wchar_t wide[PATH_SIZE]) {
    return MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, PATH_SIZE) > 0;
}

static int narrow(const wchar_t *wide, char text[PATH_SIZE]) {
    return WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, PATH_SIZE, NULL, NULL) > 0;
}

int own_path(char path[PATH_SIZE]) {
    wchar_t wide[PATH_SIZE];
    HMODULE module;
    DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    if (!GetModuleHandleExW(flags, (LPCWSTR)&own_path, &module)) return 0;
    DWORD length = GetModuleFileNameW(module, wide, PATH_SIZE);
    if (!length || length >= PATH_SIZE || !narrow(wide, path)) return 0;
    for (char *at = path; *at; at++)
        if (*at == '\\') *at = '/';
    return 1;
}

int can_read(const char *path) {
    wchar_t wide[PATH_SIZE];
    return widen(path, wide) && _waccess(wide, 4) == 0;
}

int resolve(const char *path, char resolved[PATH_SIZE]) {
    wchar_t wide[PATH_SIZE], full[PATH_SIZE];
    if (!can_read(path) || !widen(path, wide)) return 0;
    DWORD length = GetFullPathNameW(wide, PATH_SIZE, full, NULL);
    return length && length < PATH_SIZE && narrow(full, resolved);
}

int environment(const char *name, char value[PATH_SIZE]) {
    wchar_t wide_name[PATH_SIZE], wide[PATH_SIZE];
    if (!widen(name, wide_name)) return 0;
    DWORD length = GetEnvironmentVariableW(wide_name, wide, PATH_SIZE);
    return length && length < PATH_SIZE && narrow(wide, value);
}

static FILE *open_file(const char *path) {
    wchar_t wide[PATH_SIZE];
    return widen(path, wide) ? _wfopen(wide, L"rb") : NULL;
}

int look_through(const char *folder, int (*look)(const char *name, void *data), void *data) {
    char pattern[PATH_SIZE], name[PATH_SIZE];
    wchar_t wide[PATH_SIZE];
    WIN32_FIND_DATAW found;
    int result = 0;
    if (snprintf(pattern, sizeof pattern, "%s/*", folder) >= PATH_SIZE || !widen(pattern, wide)) return 0;
    HANDLE search = FindFirstFileW(wide, &found);
    if (search == INVALID_HANDLE_VALUE) return 0;
    do
        if (narrow(found.cFileName, name)) result = look(name, data);
    while (!result && FindNextFileW(search, &found));
    FindClose(search);
    return result;
}

/* What the library needs is looked for beside it, not beside the engine. */
void *open_library(const char *path) {
    wchar_t wide[PATH_SIZE];
    if (!widen(path, wide)) return NULL;
    for (wchar_t *at = wide; *at; at++)
        if (*at == L'/') *at = L'\\';
    return (void *)LoadLibraryExW(wide, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
}

const char *open_error(void) {
    static char text[512];
    wchar_t wide[512] = L"";
    FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, GetLastError(), 0, wide, 512, NULL);
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, sizeof text - 1, NULL, NULL);
    text[strcspn(text, "\r\n")] = '\0';
    return text;
}

void *symbol_of(void *library, const char *name) {
    return (void *)GetProcAddress((HMODULE)library, name);
}

void keep_open(const char *path) {
    (void)path;
}

#else

#include <dirent.h>
#include <dlfcn.h>
#include <unistd.h>

int own_path(char path[PATH_SIZE]) {
    Dl_info info;
    if (!dladdr((void *)&own_path, &info)) return 0;
    if (*info.dli_fname != '/') return resolve(info.dli_fname, path);
    return snprintf(path, PATH_SIZE, "%s", info.dli_fname) < PATH_SIZE;
}

int can_read(const char *path) {
    return access(path, R_OK) == 0;
}

int resolve(const char *path, char resolved[PATH_SIZE]) {
    char *found = realpath(path, NULL);
    int ok = found && snprintf(resolved, PATH_SIZE, "%s", found) < PATH_SIZE;
    free(found);
    return ok;
}

int environment(const char *name, char value[PATH_SIZE]) {
    const char *found = getenv(name);
    return found && *found && snprintf(value, PATH_SIZE, "%s", found) < PATH_SIZE;
}

static FILE *open_file(const char *path) {
    return fopen(path, "rb");
}

int look_through(const char *folder, int (*look)(const char *name, void *data), void *data) {
    DIR *names = opendir(folder);
    int result = 0;
    if (!names) return 0;
    for (struct dirent *entry; !result && (entry = readdir(names));) result = look(entry->d_name, data);
    closedir(names);
    return result;
}

/* The engine opens extensions with RTLD_LOCAL|RTLD_DEEPBIND (drivers/unix/os_unix.cpp), under which Python's own C modules
 * would not find its symbols. */
void *open_library(const char *path) {
    return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
}

const char *open_error(void) {
    const char *text = dlerror();
    return text ? text : "the path is too long";
}

void *symbol_of(void *library, const char *name) {
    return dlsym(library, name);
}

void keep_open(const char *path) {
    dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

#endif

long read_file(const char *path, char *content, long size) {
    FILE *file = open_file(path);
    long length = -1;
    if (!file) return -1;
    length = (long)fread(content, 1, (size_t)size, file);
    if (ferror(file)) length = -1;
    fclose(file);
    return length;
}

static FILE *held;
static int errors_before = -1;

void hold_errors(void) {
    fflush(stderr);
    held = tmpfile();
    if (held && (errors_before = dup(2)) >= 0) dup2(fileno(held), 2);
}

void release_errors(int drop) {
    char text[4096];
    if (errors_before >= 0) {
        fflush(stderr);
        dup2(errors_before, 2);
        close(errors_before);
        errors_before = -1;
        lseek(fileno(held), 0, SEEK_SET);
        for (int size; !drop && (size = (int)read(fileno(held), text, sizeof text)) > 0;)
            if (write(2, text, (size_t)size) != size) break;
    }
    if (held) fclose(held);
    held = NULL;
}
