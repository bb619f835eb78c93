// @ts-check
/**
 * Loaded before a program with `--import`: its clock is off by CLOCK_OFFSET_MS milliseconds. Timers and
 * `performance.now()` go on as they are, as they do in a process whose machine has the wrong time.
 */
const offset = Number(process.env['CLOCK_OFFSET_MS'] ?? 0);
const Exact = Date;

class OffsetDate extends Exact {
  /** @param {any[]} parts as those of `Date` */
  constructor(...parts) {
    // @ts-expect-error: Date has several forms, and all of them are passed on as they came
    super(...(parts.length === 0 ? [Exact.now() + offset] : parts));
  }

  /** @override */
  static now() {
    return Exact.now() + offset;
  }
}

// As an assignment, the compiler would take it for a declaration of `Date`.
Object.assign(globalThis, { Date: OffsetDate });

export {};
