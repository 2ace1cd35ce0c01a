import type { Clock, StreamClock } from '../../src/index.js';

/** Time as it passes. */
export const CLOCK: Clock & StreamClock = {
  now: Date.now,
  ticks: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
