import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSslXts } from '../../support/openssl-xts.ts';
import { requireTool } from '../../support/require-tool.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CASES = 400;
const COMPILER = 'aarch64-linux-gnu-gcc';
const root = fileURLToPath(new URL('../../../', import.meta.url));
const canRun =
  requireTool(COMPILER, 'gcc-aarch64-linux-gnu') && requireTool('qemu-aarch64', 'qemu-user');

type Case = Readonly<{ request: Buffer; expected: Buffer }>;

/** One request as the harness reads it, and what OpenSSL says that it must answer. */
function makeCase(random: ReturnType<typeof seededRandom>): Case {
  const key = random.bytes(random.below(2) === 0 ? 32 : 64);
  const sectorBytes = 512 << random.below(4);
  const sectors = 1 + random.below(random.below(10) === 0 ? 65_536 / sectorBytes : 5);
  const ivSector = (random.below(2) === 0 ? 2 ** 32 - 8 : 2 ** 45) + random.below(8);
  const plaintext = Buffer.from(random.bytes(sectors * sectorBytes));
  const ciphertext = openSslXts(key, plaintext, sectorBytes, ivSector);
  const isDecrypt = random.below(2);
  const head = Buffer.alloc(104);
  head.set(key);
  const numbers = [key.length, isDecrypt, sectorBytes, ivSector, plaintext.length];
  for (const [index, number] of numbers.entries())
    head.writeBigUInt64LE(BigInt(number), 64 + 8 * index);
  const [input, expected] = isDecrypt ? [ciphertext, plaintext] : [plaintext, ciphertext];
  return { request: Buffer.concat([head, input]), expected };
}

describe.skipIf(!canRun)('the ARMv8 implementation, in an emulator', () => {
  it(`equals OpenSSL's aes-*-xts in ${CASES} random cases`, () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file('sys'));
    // The one header of the C library that the source needs; the harness has the function.
    writeFileSync(
      folder.file('sys/auxv.h'),
      '#define AT_HWCAP 16\nunsigned long getauxval(unsigned long);\n',
    );
    const program = folder.file('armv8-harness');
    const flags = ['-O3', '-std=c11', '-march=armv8-a+crypto', '-Wall', '-Wextra', '-Werror'];
    const bare = ['-ffreestanding', '-fno-builtin', '-nostdlib', '-static'];
    const include = [`-I${root}main/native`, `-I${folder.path}`];
    const sources = [`${root}main/native/armv8.c`, `${root}test/unit/crypto/armv8-harness.c`];
    execFileSync(COMPILER, [...flags, ...bare, ...include, ...sources, '-o', program]);

    const random = seededRandom(8);
    const cases = Array.from({ length: CASES }, () => makeCase(random));
    const answer = execFileSync('qemu-aarch64', [program], {
      input: Buffer.concat(cases.map(({ request }) => request)),
      maxBuffer: 64 * 1024 * 1024,
    });
    const expected = Buffer.concat(cases.map(({ expected: bytes }) => bytes));
    expect(answer.length).toBe(expected.length);
    expect(answer.equals(expected)).toBe(true);
  });
});
