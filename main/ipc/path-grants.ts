import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { ContractError } from '../../shared/errors/vault-error.ts';
import type { PathGrant, PathPurpose } from '../../shared/model/host.ts';

/** Grants kept at once; the oldest goes first. A window needs a handful. */
const MAXIMUM_GRANTS = 64;

/** Registry of the paths that the window may name, each by an id that cannot be guessed. */
export interface PathGrants {
  /** Gives leave to use an absolute path for one purpose. */
  grant(purpose: PathPurpose, path: string): PathGrant;
  /**
   * Returns the path behind a grant.
   *
   * @throws {@link ContractError} `payload-invalid` for an unknown grant or another purpose.
   */
  find(grantId: string, ...purposes: readonly PathPurpose[]): string;
}

/** Returns an empty registry. */
export function createPathGrants(): PathGrants {
  const grants = new Map<string, PathGrant>();
  return {
    grant(purpose, path) {
      const grant: PathGrant = { grantId: randomUUID(), purpose, path };
      const oldest = grants.keys().next();
      if (grants.size >= MAXIMUM_GRANTS && !oldest.done) grants.delete(oldest.value);
      grants.set(grant.grantId, grant);
      return grant;
    },
    find(grantId, ...purposes) {
      const grant = grants.get(grantId);
      if (grant === undefined || !purposes.includes(grant.purpose)) {
        throw new ContractError('payload-invalid', { path: 'grantId' });
      }
      return grant.path;
    },
  };
}

/**
 * Turns a typed path into an absolute one; a leading `~` is the user's home.
 *
 * @throws {@link ContractError} `payload-invalid` for a relative path or one with a NUL.
 */
export function parseTypedPath(text: string): string {
  const typed = text.trim();
  const path = typed === '~' || typed.startsWith('~/') ? join(homedir(), typed.slice(1)) : typed;
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new ContractError('payload-invalid', { path: 'path', reason: 'not-absolute' });
  }
  return normalize(path);
}
