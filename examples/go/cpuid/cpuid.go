// SPDX-License-Identifier: 0BSD

// Package cpuid tells which of a hypervisor's features are there.
package cpuid

import "sync"

func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

var (
	once    sync.Once
	maximum uint32
)

// Feature returns EAX of a feature's leaf, 0x40000001 to 0x400000ff, and whether the hypervisor has it.
func Feature(leaf uint32) (uint32, bool) {
	once.Do(func() { maximum, _, _, _ = cpuid(0x40000000, 0) })
	if leaf > maximum {
		return 0, false
	}
	eax, _, _, _ := cpuid(leaf, 0)
	return eax, eax != 0
}
