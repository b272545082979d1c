import { expect } from 'vitest';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { FileSystemError } from '../../main/filesystem/file-system-error.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { attributesOf, list, name } from './fat-fixture.ts';

const MAXIMUM_NODES = 400;
const READ_BYTES = 65_536;

/** Runs a step that may refuse, and nothing else. */
export function mayRefuse(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/** Where closing refuses too there are two refusals in one. */
function isRefusal(error: unknown): boolean {
  if (error instanceof SuppressedError) {
    return isRefusal(error.error) && isRefusal(error.suppressed);
  }
  return error instanceof FileSystemError || error instanceof VaultError;
}

/** Looks at everything that can be reached, however often it is named. */
export function readAll(fileSystem: FileSystem): void {
  const queue = [1];
  expect(fileSystem.usage.totalBlocks).toBeGreaterThanOrEqual(0);
  for (let seen = 0; seen < queue.length && seen < MAXIMUM_NODES; seen += 1) {
    const node = queue[seen] ?? 1;
    mayRefuse(() => {
      const { kind } = attributesOf(fileSystem, node);
      if (kind === 'file') {
        fileSystem.read(node, 0, Buffer.alloc(READ_BYTES));
        mayRefuse(() => fileSystem.seek?.(node, 0, 'hole'));
        mayRefuse(() => fileSystem.seek?.(node, 0, 'data'));
        mayRefuse(() => fileSystem.seek?.(node, READ_BYTES, 'data'));
        const { sizeBytes } = attributesOf(fileSystem, node);
        fileSystem.read(node, Math.max(0, sizeBytes - READ_BYTES), Buffer.alloc(READ_BYTES));
      }
      if (kind === 'symlink') fileSystem.readLink(node);
      fileSystem.listExtendedAttributes?.(node);
      if (kind !== 'directory') return;
      const names = list(fileSystem, node).slice(0, MAXIMUM_NODES);
      for (const text of names) {
        expect(text).not.toMatch(/\/|^\.{1,2}$|^$/);
        mayRefuse(() => queue.push(fileSystem.lookup(node, name(text))));
      }
    });
  }
}
