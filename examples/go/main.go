// SPDX-License-Identifier: 0BSD

// What hvspec runs: the package's answer as an exit status and a line of output.
package main

import (
	"fmt"
	"os"
	"strconv"

	"example.org/detect/cpuid"
)

func main() {
	if len(os.Args) != 2 {
		os.Exit(3)
	}
	leaf, err := strconv.ParseUint(os.Args[1], 0, 32)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	eax, available := cpuid.Feature(uint32(leaf))
	if !available {
		os.Exit(1)
	}
	fmt.Printf("leaf %d\n", eax)
}
