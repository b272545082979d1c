import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../../main/block/memory-device.ts';
import { readLuks2 } from '../../../main/luks/read-luks2.ts';
import { readFlags, setFlags } from '../../../main/luks/set-flags.ts';
import { KERNEL_FLAG_NAMES } from '../../../shared/model/dmcrypt.ts';
import { formatInMemory, patchJson } from '../../support/luks-fixtures.ts';

const coded = (code: string) => expect.objectContaining({ code });

describe('setFlags()', () => {
  it("writes cryptsetup's names in both copies, and takes the member away with the last", async () => {
    const { device } = await formatInMemory();
    const before = readLuks2(device);
    const all = setFlags(device, before, KERNEL_FLAG_NAMES);
    expect(all.header.metadata.flags).toEqual([
      'no-read-workqueue',
      'no-write-workqueue',
      'same-cpu-crypt',
      'submit-from-crypt-cpus',
      'high_priority',
      'allow-discards',
    ]);
    expect(all.repairs).toEqual([]);
    const none = setFlags(device, all, []);
    expect(none.header.metadata.root).toEqual(before.header.metadata.root);
    expect(none.header.binary.seqid).toBe(before.header.binary.seqid + 2n);
  });

  it('keeps names that it does not know, near misses of its own among them', async () => {
    const { device } = await formatInMemory();
    const names = ['no-journal', 'high-priority', 'future', 'allow-discards'];
    patchJson(device, (text) =>
      text.replace('"config":{', `"config":{"flags":${JSON.stringify(names)},`),
    );
    expect(readFlags(readLuks2(device))).toEqual({
      flags: ['allow_discards'],
      others: ['no-journal', 'high-priority', 'future'],
    });
    const changed = setFlags(device, readLuks2(device), ['no_read_workqueue']);
    expect(changed.header.metadata.flags).toEqual([
      'no-read-workqueue',
      'no-journal',
      'high-priority',
      'future',
    ]);
    const none = setFlags(device, changed, []);
    expect(none.header.metadata.flags).toEqual(['no-journal', 'high-priority', 'future']);
  });

  it('writes nothing where nothing changes', async () => {
    const { device } = await formatInMemory();
    const once = setFlags(device, readLuks2(device), ['same_cpu_crypt', 'allow_discards']);
    const bytes = device.bytes.slice();
    setFlags(new MemoryDevice(device.bytes, true), once, ['allow_discards', 'same_cpu_crypt']);
    expect(Buffer.from(device.bytes).equals(bytes)).toBe(true);
  });

  it('is refused where another program wrote meanwhile, and where the device is read-only', async () => {
    const { device } = await formatInMemory();
    const loaded = readLuks2(device);
    expect(() =>
      setFlags(new MemoryDevice(device.bytes, true), loaded, ['allow_discards']),
    ).toThrow(coded('read-only'));
    setFlags(device, loaded, ['same_cpu_crypt']);
    expect(() => setFlags(device, loaded, ['allow_discards'])).toThrow(coded('header-changed'));
  });
});
