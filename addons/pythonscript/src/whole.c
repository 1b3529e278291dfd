/* Compiled files of Linux (System V ABI, generic part, chapters 4 and 5), as far as it takes to see that one is not whole. */
#define _GNU_SOURCE
#include "whole.h"

#if defined(__linux__)

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_SEGMENTS 64
#define MOST_ENTRIES 512 /* of the dynamic section */
#define MOST_NESTED 8    /* libraries that need each other */
#define NAME_SIZE 256

/* Those that are the system's for every program. */
static const char *const SYSTEMS[] = {"libc.so.", "libm.so.", "libpthread.so.", "libdl.so.", "librt.so.", "libutil.so.", "libresolv.so.", "ld-linux-"};

typedef struct {
    int file;
    off_t size;
    int segments;
    Elf64_Phdr segment[MOST_SEGMENTS];
} Elf;

static int read_at(const Elf *elf, void *into, size_t size, Elf64_Off offset) {
    return pread(elf->file, into, size, (off_t)offset) == (ssize_t)size;
}

/* 0: it is another kind of file. What is cut off has no segments, or one that goes beyond its end: to load that would end the
 * process by SIGBUS. */
static int read_segments(Elf *elf, int *cut) {
    Elf64_Ehdr header;
    *cut = 0;
    if (!read_at(elf, &header, sizeof header, 0)) return 0; /* too short for the loader too */
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum > MOST_SEGMENTS)
        return 0;
    elf->segments = header.e_phnum;
    if (!read_at(elf, elf->segment, header.e_phnum * sizeof(Elf64_Phdr), header.e_phoff)) return *cut = 1;
    for (const Elf64_Phdr *segment = elf->segment; segment < elf->segment + elf->segments; segment++)
        *cut |= segment->p_type == PT_LOAD &&
                (segment->p_offset > (Elf64_Off)elf->size || segment->p_filesz > (Elf64_Off)elf->size - segment->p_offset);
    return 1;
}

/* A text of the dynamic section's table, which lies at an address. */
static int text_at(const Elf *elf, Elf64_Addr table, Elf64_Xword at, char text[NAME_SIZE]) {
    for (int i = 0; i < elf->segments; i++) {
        const Elf64_Phdr *segment = &elf->segment[i];
        if (segment->p_type != PT_LOAD || table < segment->p_vaddr || table >= segment->p_vaddr + segment->p_filesz) continue;
        ssize_t size = pread(elf->file, text, NAME_SIZE - 1, (off_t)(segment->p_offset + table - segment->p_vaddr + at));
        text[size > 0 ? size : 0] = '\0';
        return size > 0;
    }
    return 0;
}

static int is_systems(const char *name) {
    for (size_t i = 0; i < sizeof SYSTEMS / sizeof *SYSTEMS; i++)
        if (!strncmp(name, SYSTEMS[i], strlen(SYSTEMS[i]))) return 1;
    return 0;
}

/* Whether a file looks for its libraries in a folder: `$ORIGIN/..` and so on, as in bundles. */
static int looks_in(const char *path, const char *rpath, const char *folder) {
    char own[PATH_SIZE], place[PATH_SIZE], found[PATH_SIZE], wanted[PATH_SIZE];
    if (strncmp(rpath, "$ORIGIN", 7) || !resolve(path, own)) return 0;
    *strrchr(own, '/') = '\0';
    return snprintf(place, sizeof place, "%s%s", own, rpath + 7) < PATH_SIZE && resolve(place, found) && resolve(folder, wanted) && !strcmp(found, wanted);
}

static int find(const char *path, const char *folder, int nested, char why[DAMAGE_SIZE]);

/* Looks at the libraries that a file needs, if it is one of those that have them in a folder. */
static int find_in_needed(const Elf *elf, const char *path, const char *folder, int nested, char why[DAMAGE_SIZE]) {
    Elf64_Dyn entries[MOST_ENTRIES];
    Elf64_Addr table = 0;
    char text[NAME_SIZE], library[PATH_SIZE];
    int count = 0, of_folder = nested > 0;
    for (int i = 0; i < elf->segments; i++)
        if (elf->segment[i].p_type == PT_DYNAMIC) {
            size_t size = elf->segment[i].p_filesz < sizeof entries ? elf->segment[i].p_filesz : sizeof entries;
            if (read_at(elf, entries, size, elf->segment[i].p_offset)) count = (int)(size / sizeof *entries);
        }
    for (int i = 0; i < count; i++)
        if (entries[i].d_tag == DT_STRTAB) table = entries[i].d_un.d_ptr;
    for (int i = 0; i < count; i++)
        if ((entries[i].d_tag == DT_RPATH || entries[i].d_tag == DT_RUNPATH) && text_at(elf, table, entries[i].d_un.d_val, text))
            of_folder |= looks_in(path, text, folder);
    for (int i = 0; of_folder && i < count; i++) {
        if (entries[i].d_tag != DT_NEEDED || !text_at(elf, table, entries[i].d_un.d_val, text) || is_systems(text)) continue;
        if (snprintf(library, sizeof library, "%s/%s", folder, text) >= PATH_SIZE) continue;
        if (!can_read(library)) return snprintf(why, DAMAGE_SIZE, "there is no %s, which %s needs", library, path) > 0;
        if (find(library, folder, nested + 1, why)) return 1;
    }
    return 0;
}

static int find(const char *path, const char *folder, int nested, char why[DAMAGE_SIZE]) {
    struct stat status;
    Elf elf = {.file = open(path, O_RDONLY | O_CLOEXEC)};
    int cut, damaged = 0;
    if (elf.file < 0) return 0;
    if (!fstat(elf.file, &status) && S_ISREG(status.st_mode)) {
        elf.size = status.st_size;
        if (read_segments(&elf, &cut))
            damaged = cut ? snprintf(why, DAMAGE_SIZE, "%s is cut short", path) > 0
                          : nested < MOST_NESTED && find_in_needed(&elf, path, folder, nested, why);
    }
    close(elf.file);
    return damaged;
}

int find_damage(const char *path, const char *folder, char why[DAMAGE_SIZE]) {
    return find(path, folder, 0, why);
}

#else /* where the system itself refuses what is cut short, as far as is known */

int find_damage(const char *path, const char *folder, char why[DAMAGE_SIZE]) {
    (void)path, (void)folder, (void)why;
    return 0;
}

#endif
