/** Time as the core needs it, so that tests can make it pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since any moment, which never jump. */
  ticks(): number;
  /** @returns how to call it off */
  after(milliseconds: number, action: () => void): () => void;
}

/** Time as it passes. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  ticks: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** How far a wall clock is ahead of UTC, as ISO 8601 has it behind the time: `+01:00`. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
