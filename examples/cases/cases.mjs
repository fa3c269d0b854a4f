// SPDX-License-Identifier: 0BSD
// hvspec's cases, from standard input, against a function in JavaScript.
import { readFileSync } from 'node:fs';

// The function under test: put yours here. cpuid(leaf) returns {eax, ebx, ecx, edx}.
function featureAvailable(cpuid, target) {
  return cpuid(0x40000000).eax >= target && cpuid(target).eax !== 0;
}

// What stands in for CPUID in a case.
function machine(leaves) {
  const ranges = leaves.map((leaf) =>
    Object.fromEntries(Object.entries(leaf).map(([name, value]) => [name, Number(value)])));

  return (leaf) => {
    const found = ranges.find(({ first, last }) => first <= leaf && leaf <= last);
    if (!found) {
      throw new RangeError(`leaf 0x${leaf.toString(16)} has nothing to do with the question`);
    }
    return found;
  };
}

const { cases } = JSON.parse(readFileSync(0, 'utf8'));
let wrong = 0;
for (const { id, leaves, questions } of cases) {
  const cpuid = machine(leaves); // one boot
  for (const { target, answer } of questions) {
    if (featureAvailable(cpuid, Number(target)) !== (answer === 'available')) {
      console.log(`${id}: ${target} is ${answer}`);
      wrong += 1;
    }
  }
}
console.log(`${cases.length} cases, ${wrong} wrong answers`);
process.exitCode = wrong ? 1 : 0;
