/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Code for probe_test.c to load: it is looked at, never run. */
int printk(const char *format, ...);

int hv_data = 1;

int hv_feature_available(unsigned target) {
    return target != 0;
}

int hv_get_feature(unsigned target, unsigned *value) {
    *value = target;
    return printk("%u", target);
}

void hv_init(void) {
    hv_data = 2;
}
