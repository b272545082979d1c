import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { MIB } from '../../../shared/units.ts';
import { cryptsetupOk } from '../cryptsetup.ts';
import type { TemporaryFolder } from '../temporary-folder.ts';
import type { SoundContainer } from './mutate-container.ts';

/** What opens keyslot 0 and 1 of every one of them. */
export const SOUND_PASSPHRASES = ['correct horse', 'second one'] as const;

const ITERATIONS = ['--pbkdf-force-iterations', '1000'];
const ARGON2 = ['--pbkdf-memory', '64', '--pbkdf-force-iterations', '4', '--pbkdf-parallel', '1'];
const SMALL = ['--luks2-metadata-size', '16k', '--luks2-keyslots-size', '512k', '--offset', '2048'];
const SHORT_KEY = ['--key-size', '256'];

/** Small containers that cryptsetup made, with two keys, an unbound one and a token where it can. */
export async function soundContainers(folder: TemporaryFolder): Promise<readonly SoundContainer[]> {
  const second = folder.file('second');
  writeFileSync(second, SOUND_PASSPHRASES[1]);
  const format = async (name: string, args: readonly string[], more: readonly string[]) => {
    const path = folder.file(name);
    writeFileSync(path, '');
    truncateSync(path, 2 * MIB);
    const all = ['luksFormat', ...args, ...SHORT_KEY, '--key-file', '-', path];
    await cryptsetupOk(all, SOUND_PASSPHRASES[0]);
    const add = ['luksAddKey', ...more, '--key-file', '-', path, second];
    await cryptsetupOk(add, SOUND_PASSPHRASES[0]);
    return path;
  };
  const pbkdf2 = ['--pbkdf', 'pbkdf2', ...ITERATIONS];
  const luks2 = ['--type', 'luks2', ...SMALL];
  const first = await format('luks2', [...luks2, ...pbkdf2], ['--pbkdf', 'argon2id', ...ARGON2]);
  const unbound = ['luksAddKey', '--unbound', '--key-size', '128', ...pbkdf2];
  await cryptsetupOk([...unbound, '--key-file', second, first, second]);
  await cryptsetupOk(['token', 'import', first], '{"type":"other","keyslots":["1"],"x":"y"}');
  const cbc = [...luks2, '--cipher', 'aes-cbc-essiv:sha256', '--sector-size', '512'];
  const argon = ['--pbkdf', 'argon2i', ...ARGON2];
  const older = await format('luks2-cbc', [...cbc, ...argon], pbkdf2);
  const luks1 = await format('luks1', ['--type', 'luks1', ...ITERATIONS], ITERATIONS);
  return [
    { name: 'LUKS2', version: 2, bytes: readFileSync(first) },
    { name: 'LUKS2 in CBC', version: 2, bytes: readFileSync(older) },
    { name: 'LUKS1', version: 1, bytes: readFileSync(luks1) },
  ];
}
