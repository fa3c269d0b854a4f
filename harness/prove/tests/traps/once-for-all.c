/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: the first question's answer is kept for all targets */
#include "harness/conforming/probe.h"

int pthread_once(int *control, void (*function)(void));

static int control, answer;
static uint32_t wanted;

static void look(void) {
    answer = detect(wanted);
}

int hv_feature_available(uint32_t target) {
    wanted = target;
    pthread_once(&control, look);
    return answer;
}
