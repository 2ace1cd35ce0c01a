import type { HostChange } from '../vendors/isapi/host-changes.js';
import type { HostSlot } from '../vendors/isapi/http-hosts.js';
import { label } from '../vendors/isapi/label.js';

/** Devices take it and do not give it back; and nobody else gets to see it. */
const HIDDEN = new Set(['password']);

/** Whom a slot pushes to, in one line without the path: it may hold the secret of somebody else. */
export function shortSlot({ id, isEhome, isFree, host, port }: HostSlot): string {
  if (isEhome) return `slot ${id}: EHome`;
  return isFree ? `slot ${id}: free` : `slot ${id}: ${label(host)}:${port}`;
}

/** A change in one line, without secrets. @param ownPath of our listener, with its secret as the first step */
export function lineOf({ id }: HostSlot, { path, from, to }: HostChange, ownPath: string): string {
  if (HIDDEN.has(path)) return `slot ${id}: ${path}: ***`;
  return `slot ${id}: ${path}: ${shown(from, ownPath)} -> ${shown(to, ownPath)}`;
}

/** Without our secret, and without what may be that of others. */
function shown(value: string | undefined, ownPath: string): string {
  if (value === undefined || value === '') return '(empty)';
  const [, secret = ''] = ownPath.split('/');
  if (secret !== '' && value.includes(`/${secret}/`)) return value.replace(`/${secret}/`, '/***/');
  const [, begin = '', path = ''] = /^((?:https?:\/\/[^/]*)?\/)(.*)$/i.exec(value) ?? [];
  return path === '' ? value : `${begin}***`;
}

/** Whether a slot has what a change makes of it. Devices write some words in their own way when they give them back. */
export function isMade(slot: HostSlot, { path, to }: HostChange): boolean {
  if (HIDDEN.has(path) || path === 'EventList') return true;
  if (path === 'url' && !/^https?:/i.test(to)) return slot.path === to;
  return slot.field(path)?.toLowerCase() === to.toLowerCase();
}

/** What has to change in a slot so that it is as another; by what stands in it, not by its blanks. */
export function differenceOf(slot: HostSlot, wanted: HostSlot): HostChange[] {
  const now = leaves(slot);
  return [...leaves(wanted)]
    .filter(([path, to]) => !HIDDEN.has(path) && (now.get(path) ?? '') !== to)
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
