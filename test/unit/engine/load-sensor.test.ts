import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoadSensor } from '../../../main/engine/load-sensor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** As `/proc/pressure/cpu` has it. */
function tellPressure(file: string, totalUs: number): void {
  writeFileSync(file, `some avg10=1.00 avg60=1.00 avg300=1.00 total=${totalUs}\n`);
}

describe('LoadSensor', () => {
  it('hasChanged() is true once where threads begin to wait for processors, and once where they cease', () => {
    using folder = temporaryFolder();
    const file = folder.file('cpu');
    tellPressure(file, 5_000_000);
    using sensor = new LoadSensor(file);
    expect(sensor.hasChanged(1000)).toBe(false);
    tellPressure(file, 5_010_000);
    expect(sensor.hasChanged(2000)).toBe(false);
    tellPressure(file, 5_810_000);
    expect(sensor.hasChanged(2100)).toBe(false);
    expect(sensor.hasChanged(3000)).toBe(true);
    tellPressure(file, 6_610_000);
    expect(sensor.hasChanged(4000)).toBe(false);
    expect(sensor.hasChanged(5000)).toBe(true);
    expect(sensor.hasChanged(6000)).toBe(false);
  });

  it('is blind where the system tells nothing', () => {
    using folder = temporaryFolder();
    using sensor = new LoadSensor(folder.file('missing'));
    expect(sensor.hasChanged(1000)).toBe(false);
    expect(sensor.hasChanged(9000)).toBe(false);
  });
});
