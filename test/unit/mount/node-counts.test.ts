import { describe, expect, it } from 'vitest';
import { NodeCounts } from '../../../main/mount/fuse/node-counts.ts';
import { MemoryFileSystem } from '../../support/memory-file-system.ts';

const ROOT = 1;
const creator = { uid: 0, gid: 0 };

function makeFile(fileSystem: MemoryFileSystem, counts: NodeCounts, text: string): number {
  const node = fileSystem.create(ROOT, Buffer.from(text), 0o644, creator);
  counts.grantReference(node);
  return node;
}

describe('NodeCounts', () => {
  it('releaseAll() closes and forgets exactly what is held', () => {
    const fileSystem = new MemoryFileSystem();
    const counts = new NodeCounts(fileSystem);
    const a = makeFile(fileSystem, counts, 'a');
    const b = makeFile(fileSystem, counts, 'b');
    counts.open(a);
    counts.open(a);
    counts.grantReference(fileSystem.lookup(ROOT, Buffer.from('b')));
    fileSystem.unlink(ROOT, Buffer.from('b'));
    expect(counts.held).toEqual({ references: 3, handles: 2 });
    counts.forget(b, 1);
    expect(fileSystem.held.orphans).toBe(1);
    counts.releaseAll();
    expect(fileSystem.held).toEqual({ references: 0, handles: 0, orphans: 0 });
    expect(counts.held).toEqual({ references: 0, handles: 0 });
  });

  it('revoke() takes back the request at hand and nothing before it', () => {
    const fileSystem = new MemoryFileSystem();
    const counts = new NodeCounts(fileSystem);
    counts.beginRequest();
    const a = makeFile(fileSystem, counts, 'a');
    counts.beginRequest();
    counts.grantReference(fileSystem.lookup(ROOT, Buffer.from('a')));
    counts.open(a);
    counts.revoke();
    expect(fileSystem.held).toMatchObject({ references: 1, handles: 0 });
    counts.revoke();
    expect(fileSystem.held.references).toBe(1);
  });
});
