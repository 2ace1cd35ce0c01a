/** Ends of listeners that are not over yet, by the id of their node. */
const ENDS = new Map<string, Promise<void>>();

/** A listener is ending: the one that follows it has the same port and the same alarms on disk, and must wait. */
export function noteEnd(id: string, end: Promise<void>): void {
  const over = end.finally(() => {
    if (ENDS.get(id) === over) ENDS.delete(id);
  });
  ENDS.set(id, over);
  over.catch(() => undefined);
}

/** Runs when the one before has ended, at once where there is none. @returns how to call it off */
export function afterEnd(id: string, begin: () => void): () => void {
  let wanted = true;
  const run = () => {
    if (wanted) begin();
  };
  const end = ENDS.get(id);
  if (end === undefined) run();
  else end.then(run, run);
  return () => {
    wanted = false;
  };
}
