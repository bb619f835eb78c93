import { describe, expect, it } from 'vitest';

import type { OutcomeRow } from '../../../src/routing/outcome.js';
import { newOutcomes, OutcomeFeed } from '../../../src/runtime/outcome-feed.js';
import { outcome } from '../../support/outcomes.js';

const rows = (count: number): OutcomeRow[] => Array.from({ length: count }, () => outcome('r', {}));

describe('a feed of outcomes', () => {
  it('sends whoever begins to the log, and hands on what comes after that once', () => {
    const feed = new OutcomeFeed();
    feed.add(rows(2), []);
    expect(feed.take()).toBeUndefined();
    const [a, b, c] = rows(3);
    feed.add([a], []);
    feed.add([b, c], []);
    expect(feed.take()).toEqual([a, b, c]);
    expect(feed.take()).toEqual([]);
  });

  it('sends to the log after a gap, and whoever does not keep up', () => {
    const feed = new OutcomeFeed();
    feed.take();
    feed.add(rows(1), []);
    feed.skip();
    feed.add(rows(1), []);
    expect(feed.take()).toBeUndefined();
    const many = rows(1000);
    for (let i = 0; i < 51; i++) feed.add(many, []);
    expect(feed.take()).toBeUndefined();
    expect(feed.take()).toEqual([]);
  });

  it('leaves out values that take the place of others', () => {
    const [first, second] = rows(2);
    expect(newOutcomes([{ ...first, value: 0 }, second], [first])).toEqual([second]);
  });
});
