import { describe, expect, it } from 'vitest';

import { Gate } from '../../../src/runtime/gate.js';

const patient = new AbortController().signal;

describe('a gate', () => {
  it('lets the one who waited longest in when somebody leaves', async () => {
    const gate = new Gate(1);
    const order: string[] = [];
    const leave = await gate.enter(patient);
    const first = gate.enter(patient).then((leaveToo) => (order.push('first'), leaveToo()));
    const second = gate.enter(patient).then((leaveToo) => (order.push('second'), leaveToo()));
    expect(order).toEqual([]);
    leave();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });
  it('keeps no place for one who gave up waiting', async () => {
    const gate = new Gate(1);
    const leave = await gate.enter(patient);
    const impatient = new AbortController();
    const gaveUp = gate.enter(impatient.signal);
    impatient.abort(new Error('too late'));
    await expect(gaveUp).rejects.toThrow('too late');
    leave();
    const entered = await Promise.race([
      gate.enter(patient).then(() => true),
      new Promise((tick) => setTimeout(tick, 50)),
    ]);
    expect(entered).toBe(true);
  });
  it('refuses one who is too late already', async () => {
    await expect(new Gate(1).enter(AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
  });
});
