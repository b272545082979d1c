import { displayText } from '../../../shared/display-text.ts';
import type { ContainerInfo, KeyslotInfo } from '../../../shared/model/container-info.ts';
import { formatSize } from '../../../shared/units.ts';
import { inspectContainer } from '../../services/inspect-container.ts';
import { findSessionOfContainer } from '../../services/open-sessions.ts';
import { printResult } from '../output.ts';
import { realContainerPath } from '../real-path.ts';

/** `lockline info`: what the header says. */
export async function info(
  file: string,
  options: Readonly<{ json?: boolean; header?: string }>,
): Promise<void> {
  const path = realContainerPath(file);
  const headerPath = options.header === undefined ? null : realContainerPath(options.header);
  const container = inspectContainer(path, headerPath);
  const session = findSessionOfContainer(path);
  const mounted =
    session === undefined
      ? null
      : { mountPoint: session.mountPoint, filesystem: session.filesystem };
  printResult(options.json, { path, ...container, mounted }, formatInfo(path, container, mounted));
}

type Mounted = Readonly<{ mountPoint: string; filesystem: string }>;

function formatInfo(path: string, info: ContainerInfo, mounted: Mounted | null): string {
  const facts: (readonly [string, string])[] = [
    ['Container', path],
    ['Format', `LUKS${info.version}`],
    ['Size', formatSize(info.containerBytes)],
    ['UUID', info.uuid],
    ['Label', info.label || '(none)'],
    ['Subsystem', info.subsystem || '(none)'],
    // Only who has unlocked it knows what is inside.
    ...(mounted === null
      ? []
      : [['Mounted', mounted.mountPoint] as const, ['Filesystem', mounted.filesystem] as const]),
    ...headerFacts(info),
    ['Flags', info.flags.join(', ') || '(none)'],
    ['Requirements', info.requirements.join(', ') || '(none)'],
    ...info.segments.map((s) => [`Segment ${s.id}`, describeSegment(s)] as const),
    ...info.keyslots.map((k) => [`Keyslot ${k.id}`, describeKeyslot(k, info)] as const),
    ...info.digests.map(
      (d) => [`Digest ${d.id}`, `${d.type}, ${d.hash}, ${d.iterations} iterations`] as const,
    ),
    ...info.tokens.map((t) => [`Token ${t.id}`, describeToken(t)] as const),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${displayText(value)}`).join('\n');
}

/** LUKS1 has one header, without a checksum or a count of its updates. */
function headerFacts(info: ContainerInfo): readonly (readonly [string, string])[] {
  const { secondary } = info;
  if (secondary === null) return [['Header', `${info.headerBytes} bytes, one copy, no checksum`]];
  return [
    ['Sequence', String(info.seqid)],
    ['Header', `${formatSize(info.headerBytes)} per copy, ${info.checksumAlgorithm}`],
    ['Primary copy', describeCopy(info.primary)],
    ['Secondary copy', describeCopy(secondary)],
  ];
}

function describeToken({ type, keyslots }: ContainerInfo['tokens'][number]): string {
  return keyslots.length === 0 ? type : `${type}, keyslots ${keyslots.join(', ')}`;
}

function describeCopy(copy: ContainerInfo['primary']): string {
  return copy.reason === null ? copy.state : `${copy.state}: ${copy.reason}`;
}

function describeSegment(segment: ContainerInfo['segments'][number]): string {
  const size = segment.sizeBytes === null ? 'to the end' : formatSize(segment.sizeBytes);
  const sectors = segment.sectorBytes === null ? '' : `, ${segment.sectorBytes}-byte sectors`;
  return `${segment.type}, ${segment.encryption ?? ''}${sectors}, at ${formatSize(segment.offsetBytes)}, ${size}`;
}

function describeKeyslot(keyslot: KeyslotInfo, info: ContainerInfo): string {
  const parts = [
    `${keyslot.keyBytes * 8}-bit key`,
    describeKdf(keyslot),
    `priority ${keyslot.priority}`,
  ];
  const digest = info.digests.find(({ id }) => id === keyslot.digestId);
  if (digest === undefined || digest.segments.length === 0) parts.push('unbound');
  return parts.join(', ');
}

function describeKdf({ kdf, type }: KeyslotInfo): string {
  if (kdf === null) return type;
  if (kdf.type === 'pbkdf2') return `pbkdf2-${kdf.hash}, ${kdf.iterations} iterations`;
  return `${kdf.type}, ${kdf.time} passes over ${formatSize(kdf.memoryKib * 1024)}, ${kdf.cpus} threads`;
}
