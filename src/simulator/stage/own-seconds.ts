import type { Clock } from '../../clock.js';

/**
 * A clock that never shows the same second twice: devices write their time down to the second, and what says the same
 * at the same time is taken for a repetition.
 */
export function ownSeconds(clock: Clock): Clock {
  let last = 0;
  const now = () => {
    last = Math.max(clock.now(), last + 1000);
    return last;
  };
  return {
    now,
    ticks: () => clock.ticks(),
    after: (milliseconds, action) => clock.after(milliseconds, action),
  };
}
