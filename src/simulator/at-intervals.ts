import type { Clock } from '../clock.js';

/**
 * Does something each time so many seconds have passed. What becomes of it is told, not thrown.
 * @returns how to call it off
 */
export function atIntervals(
  clock: Clock,
  seconds: number,
  act: () => Promise<string>,
  told: (result: string) => void,
): () => void {
  const wait = () =>
    clock.after(seconds * 1000, () => {
      stop = wait();
      act().then(told, (error: Error) => told(error.message));
    });
  let stop = wait();
  return () => stop();
}
