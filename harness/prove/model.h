/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROVE_MODEL_H
#define HVSPEC_HARNESS_PROVE_MODEL_H

#include "harness/probe/probe.h"

/* What of the way a probe is called and its answer is read is not modelled, so that nothing can be
 * proven about it, in words; NULL: all of it is. */
const char *model_lacks(const struct probe *probe);

#endif
