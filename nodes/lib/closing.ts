import type { Limits } from '../../src/index.js';

/**
 * Tells Node-RED that a node is closed: when all of it has ended, however it ended, and no later than `closeMostMs`.
 * A deploy waits for the slowest node.
 */
export function closeInTime(
  ends: readonly (Promise<unknown> | undefined)[],
  { closeMostMs }: Pick<Limits, 'closeMostMs'>,
  done: () => void,
): void {
  let late: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    late = setTimeout(resolve, closeMostMs);
  });
  void Promise.race([Promise.allSettled(ends.filter((end) => end !== undefined)), deadline]).then(() => {
    clearTimeout(late);
    done();
  });
}
