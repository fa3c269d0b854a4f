/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A probe as a program: it answers by its exit status. */
#include <stdint.h>
#include <stdlib.h>

int hv_feature_available(uint32_t target);

int main(int count, char **arguments) {
    if (count != 2)
        return 3;
    return hv_feature_available((uint32_t)strtoul(arguments[1], NULL, 0)) ? 0 : 1;
}
