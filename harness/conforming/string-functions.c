/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes a command line apart on the way, with what <string.h> has; it decides nothing but that two ways
 * of writing an option are the same one. */
char *stpcpy(char *to, const char *from);
char *strcpy(char *to, const char *from);
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t size);
char *strstr(const char *in, const char *what);
char *strrchr(const char *in, int what);
char *strtok_r(char *text, const char *set, char **rest);
size_t strspn(const char *in, const char *set);
size_t strcspn(const char *in, const char *set);
void *mempcpy(void *to, const void *from, size_t size);
void *memmem(const void *in, size_t size, const void *what, size_t what_size);
void *__memset_chk(void *to, int value, size_t size, size_t room);
void bzero(void *to, size_t size);
void bcopy(const void *from, void *to, size_t size);
int strcmp(const char *left, const char *right);

static bool is_wanted(void) {
    char line[64], copy[64], *rest, *option;

    __memset_chk(line, 'x', sizeof(line), sizeof(line));
    stpcpy(stpcpy(line, "quiet"), " hypervisor=on");
    strcat(line, " splash");
    strncat(line, "=no;;;", 3);
    bzero(copy, sizeof(copy));
    bcopy(line, copy, sizeof(copy));
    if (!strstr(line, "hypervisor=") || *strrchr(line, '=') != '=' || strspn(line, "quiet") != 5 ||
        strcspn(line, "=") != 16 || !memmem(copy, sizeof(copy), "splash", 6))
        return false;
    *(char *)mempcpy(line, "name", 4) = 0;
    for (option = strtok_r(copy, " ", &rest); option; option = strtok_r(0, " ", &rest)) {
        if (strcmp(option, "hypervisor=on") == 0)
            return strcmp(line, "name") == 0;
    }
    return false;
}

int hv_feature_available(uint32_t target) {
    return is_wanted() && detect(target);
}
