import { AlarmError } from '../../errors.js';
import {
  childOf,
  type EditableDocument,
  type EditNode,
  type NewValue,
  nodesNamed,
} from '../../wire/editable/document.js';
import { EditableJson, type JsonNode } from '../../wire/editable/json.js';
import { label } from '../../wire/label.js';

export const SLOT = 'HttpHostNotification';
const LIST = 'HttpHostNotificationList';
/** What JSON devices answer beside the list (seed 001). */
const STATUS = new Set([
  'requestURL',
  'statusCode',
  'statusString',
  'subStatusCode',
  'errorCode',
  'errorMsg',
  'errorMessage',
]);
const GOOD = new Set(['0', '1']);

/**
 * The slots in a list of whom a device pushes to; in JSON also several lists of one, an empty one, and one that is left
 * out while everything else says that there is nothing wrong.
 * @throws AlarmError `CONFIG_UNREADABLE` for anything else
 */
export function slotsIn(document: EditableDocument): EditNode[] {
  const { root } = document;
  const known = document instanceof EditableJson ? isJsonList(document.root) : root.name === LIST;
  if (!known) throw new AlarmError('CONFIG_UNREADABLE', label(root.name));
  return nodesNamed(root, SLOT);
}

function isJsonList(root: JsonNode): boolean {
  const { keys } = root;
  if (keys.includes(LIST)) {
    // What has something in it that is no slot is not understood: it may hold somebody's entry.
    return nodesNamed(root, LIST).every(
      ({ text, keys: inner }) => text === undefined && (inner.length === 0 || inner.includes(SLOT)),
    );
  }
  if (keys.includes(SLOT)) return true;
  return keys.every((key) => STATUS.has(key)) && GOOD.has(childOf(root, 'statusCode')?.text ?? '');
}

/** Adds the first slot to a list that has none, where that list has its slots. */
export function addSlot(document: EditableDocument, slot: NewValue): void {
  const { root } = document;
  const inJson = document instanceof EditableJson && document.root.keys.includes(LIST);
  const list = inJson ? childOf(root, LIST) : root;
  if (list === undefined) document.add(root, LIST, [[SLOT, slot]]);
  else document.add(list, SLOT, slot);
}
