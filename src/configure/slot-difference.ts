import type { HostChange } from '../vendors/isapi/host-changes.js';
import { isSameValue } from '../vendors/isapi/host-values.js';
import type { HostSlot } from '../vendors/isapi/http-hosts.js';
import { label } from '../wire/label.js';

/** Devices take it and do not give it back; and nobody else gets to see it. */
const HIDDEN = new Set(['password']);

/** Whom a slot pushes to, in one line without the path: it may hold the secret of somebody else. */
export function shortSlot({ id, isEhome, isFree, host, port }: HostSlot): string {
  if (isEhome) return `slot ${id}: EHome`;
  return isFree ? `slot ${id}: free` : `slot ${id}: ${label(host)}:${port}`;
}

/** A change in one line, without secrets. @param secret of our listener */
export function lineOf({ id }: HostSlot, { path, from, to }: HostChange, secret: string): string {
  if (HIDDEN.has(path)) return `slot ${id}: ${path}: ***`;
  const show = (value: string | undefined) => shown(path, value, secret);
  return `slot ${id}: ${path}: ${show(from)} -> ${show(to)}`;
}

/** Without our secret, and of other urls without the path, which may be the secret of somebody else. */
function shown(path: string, value: string | undefined, secret: string): string {
  if (value === undefined || value === '') return '(empty)';
  if (secret !== '' && value.includes(secret)) return withoutSecret(value, secret);
  if (path !== 'url' || value === '/') return label(value) ?? '(empty)';
  const [begin = ''] = /^https?:\/\/[^/]*/i.exec(value) ?? [];
  return `${begin}/***`;
}

/** What a device says, without the secret that it was told. */
export const withoutSecret = (words: string, secret: string): string =>
  secret === '' ? words : words.replaceAll(secret, '***');

/** Whether a slot has what a change makes of it. Devices write some words in their own way when they give them back. */
export function isMade(slot: HostSlot, { path, to }: HostChange): boolean {
  if (HIDDEN.has(path) || path === 'EventList') return true;
  if (path === 'url' && !/^https?:/i.test(to)) return slot.path === to;
  return isSameValue(path, slot.field(path), to);
}

/**
 * What has to change in a slot so that it is as another; by what stands in it, not by its blanks. What the other does not
 * have is to be empty.
 */
export function differenceOf(slot: HostSlot, wanted: HostSlot): HostChange[] {
  const [now, then] = [leaves(slot), leaves(wanted)];
  const missing = [...then].filter(([path, to]) => (now.get(path) ?? '') !== to);
  const added = [...now].filter(([path, from]) => !then.has(path) && from !== '');
  return [...missing, ...added.map(([path]) => [path, ''] as const)]
    .filter(([path]) => !HIDDEN.has(path))
    .map(([path, to]) => ({ path, from: now.get(path), to }));
}

/** All texts in a slot by their paths; of several of the same name the second one is `name[2]`. */
function leaves({ node }: HostSlot): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (each: HostSlot['node'], path: string) => {
    if (each.text !== undefined) found.set(path, each.text);
    const seen = new Map<string, number>();
    for (const child of each.children) {
      const count = (seen.get(child.name) ?? 0) + 1;
      seen.set(child.name, count);
      const own = count === 1 ? child.name : `${child.name}[${count}]`;
      walk(child, path === '' ? own : `${path}/${own}`);
    }
  };
  walk(node, '');
  return found;
}
