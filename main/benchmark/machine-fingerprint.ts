import { cpus, release, totalmem, type } from 'node:os';
import type { MachineFingerprint } from '../../shared/model/benchmark.ts';

/** Returns what tells this machine from others as far as figures go. */
export function machineFingerprint(): MachineFingerprint {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    runtime: `Node ${process.versions.node}`,
  };
}
