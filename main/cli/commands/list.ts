import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { formatSize } from '../../../shared/units.ts';
import { listVaults } from '../../services/list-vaults.ts';
import { openVaults } from '../known-vaults.ts';
import { formatTable, printResult } from '../output.ts';

const HEADING = [
  'STATE',
  'NAME',
  'FILESYSTEM',
  'MOUNT POINT',
  'ENGINE',
  'READ',
  'WRITTEN',
  'CONTAINER',
];

/** `lockline list`: known and mounted vaults. */
export async function list(options: Readonly<{ json?: boolean }>): Promise<void> {
  using known = openVaults();
  const vaults = await listVaults(known.vaults);
  const text = vaults.length === 0 ? 'No vaults yet' : formatTable([HEADING, ...vaults.map(toRow)]);
  printResult(options.json, { vaults: vaults.map(withRates) }, text);
}

function toRow(vault: VaultSnapshot): readonly string[] {
  const { engine, traffic } = vault;
  return [
    stateWords(vault),
    vault.label || vault.name,
    vault.filesystem ?? '-',
    vault.mountPoint ?? '-',
    engine === null ? '-' : `${engine.read}/${engine.write} (${engine.provider})`,
    traffic === null ? '-' : formatSize(traffic.readBytes),
    traffic === null ? '-' : formatSize(traffic.writtenBytes),
    vault.path,
  ];
}

/** A vault whose storage failed must not look like one that is well. */
function stateWords({ state, isReadOnly, fault }: VaultSnapshot): string {
  if (fault !== null) return `${state}, writing failed`;
  return state === 'mounted' && isReadOnly ? 'mounted, read-only' : state;
}

/** Adds the average throughput since mount, in bytes per second. */
function withRates(vault: VaultSnapshot): object {
  const { traffic } = vault;
  if (traffic === null) return { ...vault, throughput: null };
  const seconds = Math.max(0.001, (Date.now() - traffic.sinceMs) / 1000);
  const throughput = {
    readBytesPerSecond: Math.round(traffic.readBytes / seconds),
    writtenBytesPerSecond: Math.round(traffic.writtenBytes / seconds),
  };
  return { ...vault, throughput };
}
