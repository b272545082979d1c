/**
 * `npm run bench:statistics`: what always-on statistics cost. The same reads of a mounted vault's
 * stack, with and without a clock, in paired rounds on tmpfs; the difference per request is then
 * set against what one request of a real mount takes.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { FileDevice } from '../../main/block/file-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { buildVolumeStack, volumeStackArenaBytes } from '../../main/session/volume-stack.ts';
import { FILESYSTEM, StageClock, TRANSPORT } from '../../main/statistics/stage-clock.ts';
import { createSharedStatistics, viewStatistics } from '../../main/statistics/volume-statistics.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';
import { measureMount } from './fuse-figures.ts';
import { measureInTurn } from './measure.ts';

const VOLUME_BYTES = 256 * MIB;
const CACHE_BYTES = 16 * MIB;
const ROUNDS = 41;
const ROUND_MS = 40;

function buildReader(container: FileDevice, clock: StageClock | undefined, requestBytes: number) {
  const arena = new Arena(volumeStackArenaBytes(CACHE_BYTES) + 2 * MIB);
  const geometry = {
    offsetBytes: 0,
    lengthBytes: VOLUME_BYTES,
    sectorBytes: 4096,
    ivTweakSectors: 0,
    cipher: 'aes-xts-plain64',
  } as const;
  const { cache } = buildVolumeStack(container, geometry, arena, {
    volumeKey: randomBytes(64),
    cacheBytes: CACHE_BYTES,
    ...(clock === undefined ? {} : { clock }),
  });
  const target = arena.allocate(requestBytes, 4096);
  const places = VOLUME_BYTES / requestBytes;
  let place = 0;
  return () => {
    place = (place + (Math.floor(places * 0.618) | 1)) % places;
    clock?.begin(0, requestBytes);
    clock?.enter(FILESYSTEM);
    cache.readInto(place * requestBytes, target);
    clock?.enter(TRANSPORT);
    clock?.succeed(requestBytes);
    clock?.end();
  };
}

/** Returns microseconds that the clock adds to a request. */
function costOf(
  container: FileDevice,
  requestBytes: number,
): Readonly<{ addedUs: number; ratio: number }> {
  const clock = new StageClock(viewStatistics(createSharedStatistics()));
  const subject = (run: () => void) =>
    ({ layer: '', pattern: '', direction: 'read', requestBytes, run }) as const;
  const [off, on] = measureInTurn(
    [
      subject(buildReader(container, undefined, requestBytes)),
      subject(buildReader(container, clock, requestBytes)),
    ],
    ROUNDS,
    ROUND_MS,
  );
  if (off === undefined || on === undefined) throw new Error('nothing was measured');
  const addedUs = 1e6 / on.operationsPerSecond - 1e6 / off.operationsPerSecond;
  return { addedUs, ratio: on.operationsPerSecond / off.operationsPerSecond };
}

async function mountLatencies(folder: string): Promise<ReadonlyMap<string, number>> {
  const vaultFolder = {
    path: folder,
    file: (name: string) => `${folder}/${name}`,
    [Symbol.dispose]: () => {},
  };
  await using lockline = createLockline(vaultFolder);
  const secret = ['--passphrase-file', lockline.passphraseFile('bench')];
  const vault = `${folder}/vault`;
  await lockline.json([
    'create',
    vault,
    '--size',
    '512M',
    '--fs',
    'fat32',
    ...CHEAP_KDF,
    ...secret,
  ]);
  const { mountPoint } = await lockline.json(['mount', vault, ...secret]);
  const figures = measureMount(String(mountPoint), 3).filter(
    ({ direction }) => direction === 'read',
  );
  return new Map(figures.map((f) => [f.pattern, 1e6 / f.operationsPerSecond]));
}

const folder = mkdtempSync(`${existsSync('/dev/shm') ? '/dev/shm' : tmpdir()}/lockline-cost-`);
try {
  const fd = openSync(`${folder}/container`, 'w+', 0o600);
  ftruncateSync(fd, VOLUME_BYTES);
  using container = FileDevice.adopt(`${folder}/container`, fd, { isReadOnly: false });
  const content = randomBytes(MIB);
  for (let at = 0; at < VOLUME_BYTES; at += MIB) container.writeFrom(at, content);
  const mounted = requireTool('fio', 'fio')
    ? await mountLatencies(folder)
    : new Map<string, number>();
  for (const [pattern, requestBytes] of [
    ['random 4 KiB', 4 * KIB],
    ['sequential 1 MiB', MIB],
  ] as const) {
    const { addedUs, ratio } = costOf(container, requestBytes);
    const wholeUs = mounted.get(pattern) ?? Number.NaN;
    const share = ((100 * addedUs) / wholeUs).toFixed(2);
    console.log(
      `${pattern}: ${addedUs.toFixed(3)} us a request more with statistics (the stack alone x ${ratio.toFixed(3)}); ` +
        `a request of a mount takes ${wholeUs.toFixed(1)} us: ${share} %`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
