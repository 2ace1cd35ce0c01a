import type { Clock } from '../../src/index.js';

/** Time as it passes. */
export const CLOCK: Clock = {
  now: Date.now,
  ticks: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
