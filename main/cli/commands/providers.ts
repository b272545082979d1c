import type { ProviderInfo } from '../../../shared/model/provider.ts';
import { listProviders } from '../../services/list-providers.ts';
import { formatTable, printResult } from '../output.ts';

const HEADING = ['PROVIDER', 'STATE', 'BY', 'SELF-TEST', 'REASON'];

const STATES: Readonly<Record<ProviderInfo['state'], string>> = {
  default: 'in use by default',
  available: 'available',
  refused: 'refused',
  missing: 'missing',
};

const IMPLEMENTATIONS: Readonly<Record<string, string>> = {
  'vaes-512': 'VAES (512-bit)',
  'vaes-256': 'VAES (256-bit)',
  'aes-ni-avx': 'AES-NI (AVX)',
  'aes-ni': 'AES-NI',
  armv8: 'ARMv8',
};

/** `lockline providers`: which implementations of the cipher there are, and which passed. */
export async function providers(options: Readonly<{ json?: boolean }>): Promise<void> {
  const list = listProviders();
  printResult(options.json, { providers: list }, formatTable([HEADING, ...list.map(toRow)]));
}

function toRow(provider: ProviderInfo): readonly string[] {
  const { name, state, implementation, selfTestMs, reason } = provider;
  return [
    name,
    STATES[state],
    implementation === null ? '-' : (IMPLEMENTATIONS[implementation] ?? implementation),
    describeSelfTest(state, selfTestMs),
    reason ?? '-',
  ];
}

function describeSelfTest(state: ProviderInfo['state'], selfTestMs: number | null): string {
  if (selfTestMs === null) return '-';
  return `${state === 'refused' ? 'failed' : 'passed'} in ${selfTestMs.toFixed(1)} ms`;
}
