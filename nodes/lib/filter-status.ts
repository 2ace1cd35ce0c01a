import type { NodeStatus } from 'node-red';
import type { AlarmError } from '../../src/index.js';

/** What is shown of a filter. */
export interface FilterView {
  readonly armed: boolean;
  readonly isOpen: boolean;
  readonly passed: number;
  readonly suppressed: number;
}

/** What stands below a filter. @param problem why it works without its schedule */
export function filterStatus(
  { armed, isOpen, passed, suppressed }: FilterView,
  problem: AlarmError | undefined,
): { readonly key: string; readonly status: NodeStatus; readonly values: Record<string, number> } {
  const values = { passed, suppressed };
  if (problem !== undefined) return { key: 'invalid', status: { fill: 'red', shape: 'ring' }, values };
  if (!armed) return { key: 'disarmed', status: { fill: 'grey', shape: 'ring' }, values };
  if (!isOpen) return { key: 'outside', status: { fill: 'yellow', shape: 'ring' }, values };
  return { key: 'counts', status: { fill: 'green', shape: 'dot' }, values };
}
