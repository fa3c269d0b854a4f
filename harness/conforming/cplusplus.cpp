/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* C++ as a kernel or firmware has it: classes, templates and references, no exceptions, no
 * run-time types, no library. */
namespace {

template <uint32_t base> class Hypervisor {
  public:
    Hypervisor() : maximum(cpuid(base).eax) {
    }

    bool has(uint32_t leaf) const {
        return maximum >= leaf && cpuid(leaf).eax != 0;
    }

  private:
    const uint32_t maximum;
};

bool ask(const Hypervisor<BASE> &hypervisor, uint32_t leaf) {
    return hypervisor.has(leaf);
}

} // namespace

extern "C" int hv_feature_available(uint32_t target) {
    return ask(Hypervisor<BASE>(), target);
}
