/* SPDX-License-Identifier: 0BSD */
/*
 * A kernel that writes its processor's CPUID to the first serial port and switches off, so that any
 * VMM that boots a Multiboot kernel can be judged without a system in it:
 *
 *     qemu-system-x86_64 -kernel capture-kernel -display none -serial stdio -no-reboot
 *
 * 32 bits, entered as Multiboot 1 hands over: protected mode, flat segments, no interrupts, no
 * paging. It shows the boot processor alone.
 */
#include "harness/capture/capture.h"

enum {
    KERNEL_SERIAL = 0x3f8,
    KERNEL_SERIAL_READY = 0x20,  /* line status: the transmitter takes a byte, */
    KERNEL_SERIAL_DONE = 0x40,   /* and it has sent all that it took */
    KERNEL_SERIAL_WAIT = 100000, /* reads of the status: a port that is not there is never ready */
    KERNEL_SLEEP = 0x2000        /* ACPI: sleep type 0, sleep enable */
};

/* Where it is entered; 12 bytes of header let a loader know it. */
__asm__(".section .multiboot, \"a\"\n"
        ".balign 4\n"
        ".long 0x1badb002, 0, -0x1badb002\n"
        ".text\n"
        ".globl kernel_entry\n"
        "kernel_entry:\n"
        "    mov $kernel_stack + 16384, %esp\n"
        "    cld\n"
        "    call kernel_main\n");

char kernel_stack[16384] __attribute__((aligned(16)));
void kernel_main(void);

static void kernel_out8(unsigned short port, unsigned char value) {
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static void kernel_out16(unsigned short port, unsigned short value) {
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static unsigned char kernel_in8(unsigned short port) {
    unsigned char value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* 115,200 bits a second, eight bits, no parity, queues cleared, no interrupts. */
static void kernel_open_serial(void) {
    static const unsigned char settings[][2] = {{1, 0x00}, {3, 0x80}, {0, 0x01}, {1, 0x00},
                                                {3, 0x03}, {2, 0xc7}, {4, 0x03}};

    for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++)
        kernel_out8((unsigned short)(KERNEL_SERIAL + settings[i][0]), settings[i][1]);
}

static void kernel_await_serial(unsigned char status) {
    for (unsigned i = 0; i < KERNEL_SERIAL_WAIT; i++) {
        if (kernel_in8(KERNEL_SERIAL + 5) & status)
            break;
    }
}

static void kernel_put(void *context, const char *text) {
    (void)context;
    for (; *text; text++) {
        kernel_await_serial(KERNEL_SERIAL_READY);
        kernel_out8(KERNEL_SERIAL, (unsigned char)*text);
    }
}

/* Each VMM has a way of its own, and passes over the others': QEMU's isa-debug-exit, the ACPI sleep
 * registers of QEMU's two machines, of Bochs and of VirtualBox. Where none works a triple fault
 * ends the guest or starts it anew, which -no-reboot and its like turn into an end. */
static void kernel_switch_off(void) {
    static const struct { unsigned char limit[6]; } no_interrupts = {{0}};

    kernel_out8(0xf4, 0x10);
    kernel_out16(0x604, KERNEL_SLEEP);
    kernel_out16(0xb004, KERNEL_SLEEP);
    kernel_out16(0x4004, 0x3400);
    __asm__ volatile("lidt %0\n\tint3" ::"m"(no_interrupts));
    for (;;)
        __asm__ volatile("cli\n\thlt");
}

void kernel_main(void) {
    kernel_open_serial();
    capture_processor(0, kernel_put, 0);
    kernel_put(0, "# end of the capture\n");
    kernel_await_serial(KERNEL_SERIAL_DONE);
    kernel_switch_off();
}
