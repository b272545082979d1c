import { describe, expect, it } from 'vitest';
import { describeForDiagnostics } from '../../../main/services/diagnostics.ts';
import { EventLog } from '../../../main/services/event-log.ts';
import { createFakeServices, fakeVault } from '../../support/fake-services.ts';

describe('EventLog', () => {
  it('keeps the last events, with every path replaced and the same one recognised', () => {
    const log = new EventLog();
    log.add('failed', { error: 'Error: open "/home/ada/My Tax.luks"\n  at f (/opt/x.ts:1:2)' });
    log.add('failed', { path: '/home/ada/My Tax.luks', code: 'no-space', home: '~/x y' });
    expect(log.list().map(({ facts }) => facts)).toEqual([
      { error: 'Error: open "<path 1>"\n  at f (<path 2>)' },
      { path: '<path 1>', code: 'no-space', home: '<path 3>' },
    ]);
    log.add('failed', { error: `open '/home/ada/her (secret) "plans" o'clock.luks'` });
    expect(log.list().at(-1)?.facts).toEqual({ error: "open '<path 4>'" });
    for (let n = 0; n < 600; n += 1) log.add(`e${n}`, {});
    expect(log.list().length).toBe(500);
    expect(log.list().at(-1)?.event).toBe('e599');
  });
});

describe('diagnostics', () => {
  it('hold states and versions, and nothing that names a vault', () => {
    const { services, arrange } = createFakeServices();
    arrange({ vaults: [fakeVault({ state: 'crashed', label: 'Secret label' })] });
    const text = JSON.stringify(describeForDiagnostics(services.snapshot(), []));
    expect(text).toContain('"crashed"');
    for (const name of ['Documents', '/home/ada', 'Secret label', 'c2f0c5a2']) {
      expect(text).not.toContain(name);
    }
  });
});
