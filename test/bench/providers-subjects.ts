import { randomBytes } from 'node:crypto';
import type { Arena } from '../../main/bytes/arena.ts';
import { createEcbWasmProvider } from '../../main/crypto/xts-ecb-wasm.ts';
import { createNativeProvider, listNativeImplementations } from '../../main/crypto/xts-native.ts';
import type { XtsProvider } from '../../main/crypto/xts-provider.ts';
import { KIB, MIB } from '../../shared/units.ts';

/** One provider at one sector and request size, beside OpenSSL at the same sector size. */
export type ProviderSubject = Readonly<{
  provider: string;
  sectorBytes: 512 | 4096;
  requestBytes: number;
  /** What the ratio to OpenSSL is to be, at least. */
  target: number;
  /** Encrypts and decrypts one request: `2 * requestBytes` go through the cipher. */
  run: () => void;
}>;

type Targets = Readonly<Record<'large4096' | 'large512' | 'small4096', number>>;

const VAES: Targets = { large4096: 1.3, large512: 1.3, small4096: 1 };
const AES_NI: Targets = { large4096: 0.92, large512: 1.1, small4096: 0.75 };
const ECB_WASM = { large4096: 0.19, large512: 0.25 };

/** Returns every subject that this machine can run; all work in the same arena memory. */
export function buildSubjects(arena: Arena): readonly ProviderSubject[] {
  const view = arena.allocate(MIB, 4096);
  const natives = listNativeImplementations().flatMap((implementation) => {
    const provider = createNativeProvider(arena, { implementation });
    const targets = implementation.startsWith('vaes') ? VAES : AES_NI;
    const name = `native by ${implementation}`;
    return [
      subject(name, provider, view, 4096, 4 * KIB, targets.small4096),
      ...large(name, provider, view, targets),
    ];
  });
  return [...natives, ...large('ecb-wasm', createEcbWasmProvider(arena), view, ECB_WASM)];
}

function large(
  name: string,
  provider: XtsProvider,
  view: Uint8Array,
  targets: Readonly<{ large4096: number; large512: number }>,
): readonly ProviderSubject[] {
  return [64 * KIB, MIB].flatMap((requestBytes) => [
    subject(name, provider, view, 4096, requestBytes, targets.large4096),
    subject(name, provider, view, 512, requestBytes, targets.large512),
  ]);
}

function subject(
  name: string,
  provider: XtsProvider,
  { byteOffset }: Uint8Array,
  sectorBytes: 512 | 4096,
  requestBytes: number,
  target: number,
): ProviderSubject {
  const key = randomBytes(64);
  const encrypt = provider.createTransform('encrypt', key, sectorBytes);
  const decrypt = provider.createTransform('decrypt', key, sectorBytes);
  const run = () => {
    encrypt.apply(byteOffset, requestBytes, 8);
    decrypt.apply(byteOffset, requestBytes, 8);
  };
  return { provider: name, sectorBytes, requestBytes, target, run };
}
