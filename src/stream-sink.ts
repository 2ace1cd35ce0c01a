/** Who takes a body that has no end, piece by piece. Must not throw. */
export interface StreamSink {
  /** @param headers lower-case names */
  open(headers: ReadonlyMap<string, string>): void;
  data(chunk: Buffer): void;
}
