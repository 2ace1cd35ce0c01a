import { children, type Fields, isFields, text } from '../../wire/fields.js';

/** Objects of a capture by their names in lower case → the word that smart events use for the same. */
const CAPTURED: ReadonlyMap<string, string> = new Map([
  ['human', 'human'],
  ['vehicle', 'vehicle'],
  ['nonmotor', 'nonmotor'],
  ['face', 'face'],
]);

/**
 * What was seen, each once: cameras name it with the region, recorders at the top with several separated by commas
 * (isapi.md §4), captures as objects of that name (§7 mixedTargetDetection).
 */
export function readTargets(alert: Fields, entries: readonly Fields[], most: number): string[] {
  const targets = new Set<string>();
  for (const entry of entries) addWords(targets, entry, most);
  addWords(targets, alert, most);
  for (const name of ['CaptureResult', 'captureResult']) {
    if (!(name in alert)) continue;
    for (const capture of children(alert, name)) addObjects(targets, capture);
  }
  return [...targets].slice(0, most);
}

function addWords(targets: Set<string>, fields: Fields, most: number): void {
  for (const name of ['detectionTarget', 'targetType']) {
    const words = name in fields ? text(fields, name) : undefined;
    for (const word of words?.split(',', most) ?? []) add(targets, word.trim().toLowerCase());
  }
}

function addObjects(targets: Set<string>, capture: Fields): void {
  for (const [name, value] of Object.entries(capture)) {
    const target = CAPTURED.get(name.toLowerCase());
    if (target !== undefined && [value].flat().some(isFields)) add(targets, target);
  }
}

function add(targets: Set<string>, target: string): void {
  if (target !== '') targets.add(target);
}
