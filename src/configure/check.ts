/** Something of a device that was looked at, and whether it is as it should be. */
export interface Check {
  /** Stable, as `clock` or `linkage-VMD-1`. */
  readonly id: string;
  /** `unknown` where it could not be told, or where only its owner knows whether it is meant so. */
  readonly result: 'ok' | 'problem' | 'unknown';
  /** One line in plain words: what is the matter, and what to do. Without secrets. */
  readonly text: string;
  /** The action of `isapi-configure` that mends it. */
  readonly fix?: 'apply' | 'linkage';
}
