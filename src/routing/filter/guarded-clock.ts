import type { Clock } from '../../clock.js';

/** A clock whose actions may throw: nobody stands behind a timer to catch it. */
export function guardedClock(clock: Clock, onError: (error: unknown) => void): Clock {
  return {
    now: () => clock.now(),
    ticks: () => clock.ticks(),
    after: (milliseconds, action) =>
      clock.after(milliseconds, () => {
        try {
          action();
        } catch (error) {
          onError(error);
        }
      }),
  };
}
