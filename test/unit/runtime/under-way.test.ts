import { setImmediate, setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Gate } from '../../../src/runtime/gate.js';
import { UnderWay } from '../../../src/runtime/under-way.js';

const stuck = () => new Promise<never>(() => undefined);

describe('tasks that are under way', () => {
  it('are one of a name, however often they are begun, and hold up none of another name', async () => {
    const tasks = new UnderWay('following', 60_000);
    const begun: string[] = [];
    for (let poll = 0; poll < 3; poll++) {
      tasks.begin('stuck', () => (begun.push('stuck'), stuck()));
      tasks.begin('quick', () => (begun.push('quick'), Promise.resolve()));
      await setImmediate();
    }
    expect(begun).toEqual(['stuck', 'quick', 'quick', 'quick']);
    expect([tasks.has('stuck'), tasks.has('quick')]).toEqual([true, false]);
    expect(() => tasks.check()).not.toThrow();
  });

  it('tell of a failure until one of the name succeeds, or has nothing to do', async () => {
    const tasks = new UnderWay('following', 60_000);
    const failing = () => Promise.reject(new Error('odd'));
    for (const mended of [() => tasks.begin('a', () => Promise.resolve()), () => tasks.forgive('a')]) {
      tasks.begin('a', failing);
      await setImmediate();
      expect(() => tasks.check()).toThrow('odd');
      mended();
      await setImmediate();
      expect(() => tasks.check()).not.toThrow();
    }
  });

  it('tell of one that takes too long', async () => {
    const tasks = new UnderWay('following router', 0);
    tasks.begin('a', stuck);
    await setTimeout(2);
    expect(() => tasks.check()).toThrow('following router a has been under way for 0 s');
  });

  it('go through a gate a few at a time, and leave it when they fail', async () => {
    const gate = new Gate(2);
    let [inside, most] = [0, 0];
    const task = async (fails: boolean) => {
      most = Math.max(most, ++inside);
      await setImmediate();
      inside--;
      if (fails) throw new Error('odd');
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => gate.through(() => task(i % 2 === 0))));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    expect(most).toBe(2);
  });
});
