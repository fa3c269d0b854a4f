/* SPDX-License-Identifier: GPL-2.0-or-later */

/* C++ with what needs a runtime: a local variable that is made when it is first met, streams, and an
 * exception for a leaf beyond the maximum. */
#include <cpuid.h>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {
struct hypervisor {
    std::uint32_t maximum, ebx, ecx, edx;

    hypervisor() {
        __cpuid_count(0x40000000, 0, maximum, ebx, ecx, edx);
    }
};

std::uint32_t leaf(std::uint32_t target) {
    static const hypervisor present;
    std::uint32_t eax, ebx, ecx, edx;

    if (present.maximum < target)
        throw std::out_of_range("beyond the maximum");
    __cpuid_count(target, 0, eax, ebx, ecx, edx);
    return eax;
}
} // namespace

int main(int, char **arguments) {
    try {
        const std::uint32_t eax = leaf(std::stoul(arguments[1], nullptr, 0));

        if (eax != 0)
            std::cout << "leaf " << eax << std::endl;
        return eax != 0 ? 0 : 2;
    } catch (const std::out_of_range &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
