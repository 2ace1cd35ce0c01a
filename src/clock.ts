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
