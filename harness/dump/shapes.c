/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/shape.h"

/* Formats whose rows are lines of one shape. Data: a further tool is a further pair. */

/* libvirt's <cpudata>, as in bug reports and tests/cputestdata. */
static const struct dump_shape shape_libvirt = {
    .rows = {"cpuid eax_in='0x%l' ecx_in='0x%s' %|eax='0x%a' ebx='0x%b' ecx='0x%c' edx='0x%d'",
             "cpuid eax_in='0x%l' %|eax='0x%a' ebx='0x%b' ecx='0x%c' edx='0x%d'"},
    .table = "<cpudata"};
const struct dump_format dump_format_libvirt = {.name = "libvirt cpudata", .shape = &shape_libvirt};

/* Linux's tracepoint kvm:kvm_cpuid, as trace-cmd, perf and the kernel itself print it, now and
 * before it told subleaves. */
static const struct dump_shape shape_kvm_trace = {
    .rows = {"func %l idx %s rax %|%a rbx %b rcx %c rdx %d",
             "func 0x%l idx 0x%s rax %|0x%a rbx 0x%b rcx 0x%c rdx 0x%d",
             "func %l rax %|%a rbx %b rcx %c rdx %d"},
    .tasks = true};
const struct dump_format dump_format_kvm_trace = {.name = "kvm_cpuid trace",
                                                  .shape = &shape_kvm_trace};

/* xen-cpuid -p, each policy a table. It leaves out leaves that are all zero. */
static const struct dump_shape shape_xen_cpuid = {.rows = {"%L:%s -> %|%A:%B:%C:%D"},
                                                  .table = "policy: %n leaves"};
const struct dump_format dump_format_xen_cpuid = {.name = "xen-cpuid -p",
                                                  .shape = &shape_xen_cpuid};

/* FreeBSD's cpucontrol -i LEAF[,SUBLEAF]. */
static const struct dump_shape shape_cpucontrol = {
    .rows = {"cpuid level 0x%l, level_type 0x%s: 0x%|%a 0x%b 0x%c 0x%d",
             "cpuid level 0x%l: 0x%|%a 0x%b 0x%c 0x%d"}};
const struct dump_format dump_format_cpucontrol = {.name = "cpucontrol -i",
                                                   .shape = &shape_cpucontrol};

static const struct dump_shape shape_x86info = {
    .rows = {"eax in: 0x%l, %|eax = %A ebx = %B ecx = %C edx = %D"}, .processor = "CPU #%n"};
const struct dump_format dump_format_x86info = {.name = "x86info -r", .shape = &shape_x86info};

/* Linux's tools/arch/x86/kcpuid. */
static const struct dump_shape shape_kcpuid = {
    .rows = {"0x%L: EAX=%|0x%a, EBX=0x%b, ECX=0x%c, EDX=0x%d"}};
const struct dump_format dump_format_kcpuid = {.name = "kcpuid -r", .shape = &shape_kcpuid};

/* What drivers print, as illumos' for Hyper-V. */
static const struct dump_shape shape_kernel_log = {
    .rows = {"cpuid leaf=0x%l, eax=%|0x%a, ebx=0x%b, ecx=0x%c, edx=0x%d"}};
const struct dump_format dump_format_kernel_log = {.name = "kernel log",
                                                   .shape = &shape_kernel_log};

/* CPU-Z's report as text: five columns below "CPUID". */
static const struct dump_shape shape_cpu_z = {.rows = {"%^ 0x%L 0x%|%A 0x%B 0x%C 0x%D%$"},
                                              .processor = "CPU Thread %n"};
const struct dump_format dump_format_cpu_z = {.name = "CPU-Z", .shape = &shape_cpu_z};

/* Another program named cpuid (github.com/tycho/cpuid), cpuid -d, with the same as characters
 * behind. */
static const struct dump_shape shape_tycho = {.rows = {"CPUID %L:%s = %|%A %B %C %D"}};
const struct dump_format dump_format_tycho = {.name = "cpuid -d", .shape = &shape_tycho};

/* What Intel SDE takes with -cpuid-in; ******** is any subleaf. */
static const struct dump_shape shape_sde = {
    .rows = {"%^ %L %S => %|%A %B %C %D", "%^ %L ******** => %|%A %B %C %D"}};
const struct dump_format dump_format_sde = {.name = "Intel SDE cpuid", .shape = &shape_sde};
