const turns = new Map<string, Promise<unknown>>();

/** One at a time for each device, whoever asks: two that read and write would undo each other. */
export async function inTurn<Value>(device: string, work: () => Promise<Value>): Promise<Value> {
  const turn = (turns.get(device) ?? Promise.resolve()).then(work, work);
  turns.set(device, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(device) === turn) turns.delete(device);
  }
}
