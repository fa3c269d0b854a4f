/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/runtime_calls.h"

#include <stddef.h>

/* Declared here rather than by headers, which make other functions of some and hide others. */
void *memccpy(void *to, const void *from, int byte, size_t size);
void *memchr(const void *in, int byte, size_t size);
void *memrchr(const void *in, int byte, size_t size);
void *rawmemchr(const void *in, int byte);
void *__rawmemchr(const void *in, int byte);
int memcmp(const void *a, const void *b, size_t size);
int bcmp(const void *a, const void *b, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *mempcpy(void *to, const void *from, size_t size);
void *__mempcpy(void *to, const void *from, size_t size);
void *memmem(const void *in, size_t size, const void *what, size_t what_size);
void *memset(void *to, int byte, size_t size);
void *memfrob(void *to, size_t size);
void bcopy(const void *from, void *to, size_t size);
void bzero(void *to, size_t size);
void __bzero(void *to, size_t size);
void explicit_bzero(void *to, size_t size);
void swab(const void *from, void *to, ptrdiff_t size);
char *stpcpy(char *to, const char *from);
char *__stpcpy(char *to, const char *from);
char *stpncpy(char *to, const char *from, size_t size);
char *__stpncpy(char *to, const char *from, size_t size);
char *strcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t size);
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t size);
char *strchr(const char *in, int byte);
char *strrchr(const char *in, int byte);
char *strchrnul(const char *in, int byte);
char *index(const char *in, int byte);
char *rindex(const char *in, int byte);
char *strstr(const char *in, const char *what);
char *strcasestr(const char *in, const char *what);
char *strpbrk(const char *in, const char *set);
size_t strspn(const char *in, const char *set);
size_t strcspn(const char *in, const char *set);
char *strtok(char *text, const char *set);
char *strtok_r(char *text, const char *set, char **rest);
char *__strtok_r(char *text, const char *set, char **rest);
char *strsep(char **text, const char *set);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t size);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);
int strcasecmp(const char *a, const char *b);
int __strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t size);
int strcoll(const char *a, const char *b);
size_t strxfrm(char *to, const char *from, size_t size);
int strverscmp(const char *a, const char *b);
int ffs(int value);
int ffsl(long value);
int ffsll(long long value);
char *strdup(const char *text);
char *__strdup(const char *text);
char *strndup(const char *text, size_t size);
char *__strndup(const char *text, size_t size);
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room);
void *__memmove_chk(void *to, const void *from, size_t size, size_t room);
void *__mempcpy_chk(void *to, const void *from, size_t size, size_t room);
void *__memset_chk(void *to, int byte, size_t size, size_t room);
void __explicit_bzero_chk(void *to, size_t size, size_t room);
char *__strcpy_chk(char *to, const char *from, size_t room);
char *__stpcpy_chk(char *to, const char *from, size_t room);
char *__strncpy_chk(char *to, const char *from, size_t size, size_t room);
char *__stpncpy_chk(char *to, const char *from, size_t size, size_t room);
char *__strcat_chk(char *to, const char *from, size_t room);
char *__strncat_chk(char *to, const char *from, size_t size, size_t room);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *piece, size_t size);
void *reallocarray(void *piece, size_t count, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);
int posix_memalign(void **piece, size_t alignment, size_t size);
size_t malloc_usable_size(void *piece);
void free(void *piece);
int *__errno_location(void);

#define ROOM 96u

static char room[ROOM], other[ROOM];
static uint32_t hash;

static void note(uint32_t value) {
    for (unsigned i = 0; i < 32; i += 8)
        hash = (hash ^ (value >> i & 0xffu)) * 16777619u;
}

/* By what it points into. */
static void note_at(const void *pointer) {
    const char *at = pointer;

    if (at >= room && at < room + ROOM)
        note((uint32_t)(at - room));
    else if (at >= other && at < other + ROOM)
        note(1000 + (uint32_t)(at - other));
    else
        note(at ? 2000 : 3000);
}

static void note_sign(int order) {
    note(order < 0 ? 1 : order > 0 ? 2 : 3);
}

static const char *word(uint32_t n) {
    static const char *const words[] = {
        "",   "a",  "One, two;three", "one",   "ONE, TWO", "two;",
        "tw", ",;", "\xff\x80x",      "a1b10", "a1b9",     "zzzzzzzzzzzzzzzzzzzzzzz"};

    return words[n % (sizeof words / sizeof *words)];
}

/* Garbage with words in it; `way` picks them. */
static void prepare(uint32_t way) {
    for (unsigned i = 0; i < ROOM; i++) {
        room[i] = (char)(i * 7 + 1);
        other[i] = (char)(i * 5 + 2);
    }
    for (unsigned i = 0;; i++) {
        room[i] = word(way)[i];
        if (!room[i])
            break;
    }
    for (unsigned i = 0;; i++) {
        other[i] = word(way / 5 + way)[i];
        if (!other[i])
            break;
    }
}

typedef void runtime_way(uint32_t n);

/* Each is called with numbers from 0 on. */
#define WAY(name) static void way_##name(uint32_t n)
#define SIZE (n % 13)
#define BYTE                                                                                       \
    ("o,;eaz\xff"                                                                                  \
     "1"[n % 8])

WAY(memccpy) {
    note_at(memccpy(room + 30, other, BYTE, SIZE));
}

WAY(memchr) {
    note_at(memchr(room, BYTE, SIZE));
    note_at(memchr(room, BYTE + 256, 40));
}

WAY(memrchr) {
    note_at(memrchr(room, BYTE, SIZE));
}

WAY(rawmemchr) {
    note_at(rawmemchr(room, 0));
    note_at(__rawmemchr(room, 0));
}

WAY(memcmp) {
    note_sign(memcmp(room, other, SIZE));
    note_sign(memcmp(other, room, 40));
}

WAY(bcmp) {
    note(bcmp(room, other, SIZE) != 0);
}

WAY(memcpy) {
    note_at(memcpy(room + SIZE, other, SIZE));
}

WAY(memmove) {
    note_at(memmove(room + SIZE, room, 20));
    note_at(memmove(room, room + 5, 30));
}

WAY(mempcpy) {
    note_at(mempcpy(room, other, SIZE));
    note_at(__mempcpy(room + 40, other, SIZE));
}

WAY(memmem) {
    note_at(memmem(room, 20, other, SIZE));
    note_at(memmem(room, 12, "two", 3));
}

WAY(memset) {
    note_at(memset(room + n % 7, (int)(n * 300), SIZE));
}

WAY(memfrob) {
    note_at(memfrob(room, SIZE));
}

WAY(bcopy) {
    bcopy(room, room + 4, SIZE);
    bcopy(other, room + 50, SIZE);
}

WAY(bzero) {
    bzero(room + 3, SIZE);
    __bzero(other + 2, SIZE);
    explicit_bzero(room + 40, SIZE);
}

WAY(swab) {
    swab(other, room + 50, (ptrdiff_t)SIZE - 3);
}

WAY(stpcpy) {
    note_at(stpcpy(room, other));
    note_at(__stpcpy(room + 30, other));
}

WAY(stpncpy) {
    note_at(stpncpy(room, other, SIZE));
    note_at(__stpncpy(room + 40, other, 30));
}

WAY(strcpy) {
    note_at(strcpy(room, other));
}

WAY(strncpy) {
    note_at(strncpy(room, other, SIZE));
    note_at(strncpy(room + 30, other, 40));
}

WAY(strcat) {
    note_at(strcat(room, other));
}

WAY(strncat) {
    note_at(strncat(room, other, SIZE));
    note_at(strncat(room, "abc", 2));
}

WAY(strchr) {
    note_at(strchr(room, BYTE));
    note_at(strchr(room, 0));
    note_at(index(room, BYTE));
}

WAY(strrchr) {
    note_at(strrchr(room, BYTE));
    note_at(strrchr(room, 0));
    note_at(rindex(room, BYTE));
}

WAY(strchrnul) {
    note_at(strchrnul(room, BYTE));
    note_at(strchrnul(room, 0));
}

WAY(strstr) {
    note_at(strstr(room, other));
    note_at(strstr(room, ""));
    note_at(strstr(room, "tw"));
}

WAY(strcasestr) {
    note_at(strcasestr(room, other));
    note_at(strcasestr(room, "TwO"));
}

WAY(strpbrk) {
    note_at(strpbrk(room, other));
    note_at(strpbrk(room, ";,"));
    note_at(strpbrk(room, ""));
}

WAY(strspn) {
    note((uint32_t)strspn(room, other));
    note((uint32_t)strspn(room, "neOo"));
}

WAY(strcspn) {
    note((uint32_t)strcspn(room, other));
    note((uint32_t)strcspn(room, ""));
}

WAY(strtok) {
    for (char *at = strtok(room, n % 2 ? ",; " : "o"); at; at = strtok(0, ",; "))
        note_at(at);
    note_at(strtok(0, ","));
}

WAY(strtok_r) {
    char *rest, *rest_of_other;

    for (char *at = strtok_r(room, " ,;", &rest); at; at = strtok_r(0, n % 2 ? ";" : "e", &rest)) {
        note_at(at);
        note_at(__strtok_r(at == room ? other : 0, "o", &rest_of_other));
    }
}

WAY(strsep) {
    char *rest = room;

    for (char *at; (at = strsep(&rest, n % 2 ? ",; " : "")) != 0;)
        note_at(at);
    note_at(rest);
}

WAY(strlen) {
    note((uint32_t)strlen(room));
    note((uint32_t)strnlen(room, SIZE));
}

WAY(strcmp) {
    note_sign(strcmp(room, other));
    note_sign(strncmp(room, other, SIZE));
}

WAY(strcasecmp) {
    note_sign(strcasecmp(room, other));
    note_sign(__strcasecmp(room, "one, TWO;THREE"));
}

WAY(strncasecmp) {
    note_sign(strncasecmp(room, other, SIZE));
    note_sign(strncasecmp(room, "oNe", 3));
}

WAY(strcoll) {
    note_sign(strcoll(room, other));
}

WAY(strxfrm) {
    note((uint32_t)strxfrm(room + 40, other, SIZE > 8 ? 40 : 0));
}

WAY(strverscmp) {
    note_sign(strverscmp(room, other));
    note_sign(strverscmp("a001", n % 2 ? "a01" : "a1"));
    note_sign(strverscmp("x2", n % 2 ? "x10" : "x02"));
}

WAY(ffs) {
    note((uint32_t)ffs((int)(n * n << n % 31)));
    note((uint32_t)ffsl((long)(n & 4) << 20));
    note((uint32_t)ffsll((long long)n << 33));
}

WAY(strdup) {
    char *a = strdup(room), *b = strndup(room, SIZE), *c = __strdup(other),
         *d = __strndup(other, 2);

    note_at(strcpy(room, a));
    note_at(strcpy(room + 30, b));
    note_at(strcpy(other, c));
    note_at(strcpy(other + 30, d));
    free(a);
    free(b);
    free(c);
    free(d);
}

WAY(memcpy_chk) {
    note_at(__memcpy_chk(room, other, SIZE, 12 + n));
    note_at(__memmove_chk(room + 1, room, SIZE, 20));
    note_at(__mempcpy_chk(room + 40, other, SIZE, SIZE));
}

WAY(memset_chk) {
    note_at(__memset_chk(room, 'k', SIZE, SIZE));
    __explicit_bzero_chk(other, SIZE, 12);
}

WAY(strcpy_chk) {
    note_at(__strcpy_chk(room, other, ROOM));
    note_at(__stpcpy_chk(room + 30, other, 60));
    note_at(__strncpy_chk(other + 30, room, SIZE, 12));
    note_at(__stpncpy_chk(other + 50, room, 20, 20));
}

WAY(strcat_chk) {
    note_at(__strcat_chk(room, other, ROOM));
    note_at(__strncat_chk(room, other, 3, ROOM));
}

WAY(malloc) {
    char *a = malloc(SIZE + 1), *b = calloc(SIZE + 1, 3), *c = realloc(a, 4000);
    char *d = reallocarray(b, 20, 3);

    note(b != 0 && c != 0 && d != 0 && malloc_usable_size(c) >= 4000);
    for (unsigned i = 0; i < (SIZE + 1) * 3 && i < 60; i++)
        note((unsigned char)d[i]);
    note_at(strcpy(c, room));
    note_at(strcpy(other, c));
    free(c);
    free(d);
    free(0);
    a = malloc(1);
    note(((uintptr_t)a & (2 * sizeof(void *) - 1)) == 0);
    free(a);
}

WAY(memalign) {
    void *piece = 0, *a = aligned_alloc(64, 128), *b = memalign(256, 10);

    note((uint32_t)posix_memalign(&piece, 128, SIZE + 1));
    note(((uintptr_t)piece & 127) == 0 && ((uintptr_t)a & 63) == 0 && ((uintptr_t)b & 255) == 0);
    note((uint32_t)posix_memalign(&piece, 3, 8));
    free(piece);
    free(a);
    free(b);
}

WAY(errno) {
    *__errno_location() = (int)n;
    note((uint32_t)*__errno_location());
    *__errno_location() = 0;
}

#define ROW(name)                                                                                  \
    { #name, way_##name }
static const struct {
    const char *name;
    runtime_way *run;
} runtime_ways[] = {
    ROW(memccpy),     ROW(memchr),     ROW(memrchr),    ROW(rawmemchr),  ROW(memcmp),
    ROW(bcmp),        ROW(memcpy),     ROW(memmove),    ROW(mempcpy),    ROW(memmem),
    ROW(memset),      ROW(memfrob),    ROW(bcopy),      ROW(bzero),      ROW(swab),
    ROW(stpcpy),      ROW(stpncpy),    ROW(strcpy),     ROW(strncpy),    ROW(strcat),
    ROW(strncat),     ROW(strchr),     ROW(strrchr),    ROW(strchrnul),  ROW(strstr),
    ROW(strcasestr),  ROW(strpbrk),    ROW(strspn),     ROW(strcspn),    ROW(strtok),
    ROW(strtok_r),    ROW(strsep),     ROW(strlen),     ROW(strcmp),     ROW(strcasecmp),
    ROW(strncasecmp), ROW(strcoll),    ROW(strxfrm),    ROW(strverscmp), ROW(ffs),
    ROW(strdup),      ROW(memcpy_chk), ROW(memset_chk), ROW(strcpy_chk), ROW(strcat_chk),
    ROW(malloc),      ROW(memalign),   ROW(errno),
};

const char *runtime_calls_name(uint32_t way) {
    return way < sizeof runtime_ways / sizeof *runtime_ways ? runtime_ways[way].name : 0;
}

uint32_t runtime_calls(uint32_t way) {
    if (!runtime_calls_name(way))
        return 0;
    hash = 2166136261u;
    for (uint32_t n = 0; n < 40; n++) {
        prepare(n);
        runtime_ways[way].run(n);
        for (unsigned i = 0; i < ROOM; i++)
            note((unsigned char)room[i] | (uint32_t)(unsigned char)other[i] << 8);
    }
    return hash;
}
