import { describe, expect, it } from 'vitest';
import { InTurn } from '../../../main/services/in-turn.ts';

describe('InTurn', () => {
  it('run() begins with the next of a key when the one before has ended, well or not', async () => {
    const turns = new InTurn();
    const seen: string[] = [];
    const first = Promise.withResolvers<number>();
    const one = turns.run('a', () => first.promise.finally(() => seen.push('first')));
    const two = turns.run('a', async () => seen.push('second'));
    await turns.run('b', async () => seen.push('other'));
    expect(seen).toEqual(['other']);
    first.reject(new RangeError('expected'));
    await expect(one).rejects.toThrow(RangeError);
    await two;
    expect(await turns.run('a', async () => 7)).toBe(7);
    expect(seen).toEqual(['other', 'first', 'second']);
  });
});
