import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How packages are signed: what the builder is told, and a sentence for people. */
export type SigningPlan = Readonly<{
  environment: Readonly<Record<string, string>>;
  args: readonly string[];
  summary: string;
}>;

const NOTARY = ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'] as const;
const CERTIFICATES = { darwin: 'CSC_LINK', win32: 'WIN_CSC_LINK', linux: null } as const;

/**
 * Signs and notarises where the environment holds what that needs, and does neither without: a
 * certificate that happens to be on the machine is not taken.
 *
 * @param folder - Of this run alone: the notary's key is a file for Apple's tool.
 * @throws Error on a system for which there are no packages.
 */
export function signingPlan(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): SigningPlan {
  if (!Object.hasOwn(CERTIFICATES, platform)) throw new Error(`no packages for ${platform}`);
  const certificate = CERTIFICATES[platform as keyof typeof CERTIFICATES]; // checked by hasOwn
  if (certificate === null) return { environment: {}, args: [], summary: 'not signed on Linux' };
  if (!environment[certificate]) {
    const off = { CSC_IDENTITY_AUTO_DISCOVERY: 'false' };
    return { environment: off, args: [], summary: `not signed: there is no ${certificate}` };
  }
  if (platform !== 'darwin') return { environment: {}, args: [], summary: 'signed' };
  const missing = NOTARY.filter((name) => !environment[name]);
  if (missing.length > 0)
    return {
      environment: {},
      args: [],
      summary: `not notarised: there is no ${missing.join(', ')}`,
    };
  return {
    environment: { APPLE_API_KEY: keyFile(environment['APPLE_API_KEY'] ?? '', folder) },
    args: ['-c.mac.notarize=true'],
    summary: 'signed and notarised',
  };
}

/** A secret of the workflow holds the key itself, a machine of one's own the path of its file. */
function keyFile(key: string, folder: string): string {
  if (!key.startsWith('-----BEGIN')) return key;
  const path = join(folder, 'notary.p8');
  writeFileSync(path, key, { mode: 0o600 });
  return path;
}
