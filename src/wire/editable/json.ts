import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import { parseJson } from '../json.js';
import { type Edit, EditableDocument, type EditNode, type NewValue } from './document.js';
import { JsonEntries } from './json-entries.js';

/** A value in the text of a document, with its key in front of it. */
export interface JsonNode extends EditNode {
  readonly children: readonly JsonNode[];
  /** Offset of the value itself. */
  readonly from: number;
  /** Names of all members, also of those whose list is empty; none of a value that is no object. */
  readonly keys: readonly string[];
}

/** Of a document that `parseJson` took. */
const STRING = /"(?:[^"\\]|\\.)*"/y;
const LITERAL = /[^\s,\]}]+/y;
const BLANK = /(?:\xef\xbb\xbf)?\s*/y;

/** A JSON document to be changed in place. */
export class EditableJson extends EditableDocument<JsonNode> {
  readonly format = 'json';
  readonly root: JsonNode;
  /** By the offset of what is in them. */
  readonly #entries = new Map<number, JsonEntries>();
  /** Those that a value is one of, by the offset of that. */
  readonly #around = new Map<number, JsonEntries>();
  #at = 0;

  /** @throws AlarmError as `parseJson`, for what is no JSON or too much of it */
  constructor(bytes: Buffer, limits: Limits) {
    super(bytes.toString('latin1'));
    parseJson(bytes, limits);
    // UTF-16, which no device was seen to answer with, has other bytes than are looked for here.
    if (bytes.includes(0)) throw new AlarmError('JSON_INVALID', 'its character set cannot be edited');
    this.#skip(BLANK);
    const [root] = this.#readValue('', this.#at);
    if (root === undefined) throw new AlarmError('JSON_INVALID', 'there is nothing in it');
    this.root = root;
  }

  /** The value as it stands, without its key. */
  valueAt({ from, end }: JsonNode): string {
    return this.source.slice(from, end);
  }

  /** A number stays a number, and a truth value one, where the new value allows it. */
  set(node: JsonNode, value: string): void {
    const before = this.source.slice(node.from, node.end);
    const bare = before.startsWith('"') ? false : /^(?:-?\d+|true|false)$/.test(value);
    this.replace(node.from, node.end, bare ? value : JSON.stringify(value));
  }

  isList(parent: JsonNode, name: string): boolean {
    return this.#entries.get(parent.from)?.list(name) !== undefined;
  }

  /** Where its parent has a list of that name it is one more item of that. */
  add(parent: JsonNode, name: string, value: NewValue, after?: JsonNode): void {
    const members = this.#entries.get(parent.from);
    const list = members?.list(name);
    const text = list === undefined ? `${JSON.stringify(name)}: ${render(value)}` : render(value);
    const place = list ?? members;
    if (place === undefined) {
      // Such as null.
      this.replace(parent.from, parent.end, `{${text}}`);
    } else {
      const behind = (after && place.around(after)) ?? place.last;
      place.add(toLatin1(text), behind, behind === undefined ? '' : this.#blankBefore(behind.start));
    }
  }

  remove(_parent: JsonNode, node: JsonNode): void {
    const entries = this.#around.get(node.start);
    const entry = entries?.around(node);
    if (entry !== undefined) entries?.remove(entry);
  }

  protected override edits(): Edit[] {
    const ofEntries = [...this.#entries.values()].flatMap((entries) => entries.edits());
    return [...super.edits(), ...ofEntries];
  }

  #blankBefore(start: number): string {
    return /[ \t\r\n]*$/.exec(this.source.slice(Math.max(0, start - 256), start))?.[0] ?? '';
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** The value here; of a list its items, each under the name of the list. */
  #readValue(name: string, start: number): JsonNode[] {
    const from = this.#at;
    const first = this.source[from];
    if (first === '[') return this.#readItems(name);
    if (first === '{') {
      const children = this.#readMembers();
      const keys = this.#entries.get(from)?.names ?? [];
      return [{ name, text: undefined, children, keys, start, from, end: this.#at }];
    }
    const token = this.#skip(first === '"' ? STRING : LITERAL);
    const value = JSON.parse(Buffer.from(token, 'latin1').toString()) as string | number | boolean | null;
    const text = value === null ? '' : String(value);
    return [{ name, text, children: [], keys: [], start, from, end: this.#at }];
  }

  #readItems(name: string): JsonNode[] {
    const nodes: JsonNode[] = [];
    const entries = this.#begin();
    for (this.#skip(BLANK); this.source[this.#at] !== ']'; this.#next()) {
      const start = this.#at;
      nodes.push(...this.#readValue(name, start));
      entries.push({ start, end: this.#at });
      this.#around.set(start, entries);
    }
    this.#at++;
    return nodes;
  }

  #readMembers(): JsonNode[] {
    const nodes: JsonNode[] = [];
    const entries = this.#begin();
    for (this.#skip(BLANK); this.source[this.#at] !== '}'; this.#next()) {
      const start = this.#at;
      const key = JSON.parse(Buffer.from(this.#skip(STRING), 'latin1').toString()) as string;
      this.#skip(BLANK);
      this.#at++;
      this.#skip(BLANK);
      const from = this.#at;
      const name = key.trim();
      nodes.push(...this.#readValue(name, start));
      const items = this.source[from] === '[' ? this.#entries.get(from) : undefined;
      entries.push({ start, end: this.#at, name, ...(items && { items }) });
      this.#around.set(start, entries);
    }
    this.#at++;
    return nodes;
  }

  /** Of the object or list that begins here. */
  #begin(): JsonEntries {
    const from = this.#at++;
    const entries = new JsonEntries(this.#at);
    this.#entries.set(from, entries);
    return entries;
  }

  #next(): void {
    this.#skip(BLANK);
    if (this.source[this.#at] === ',') this.#at++;
    this.#skip(BLANK);
  }
}

/** One character for each byte. */
const toLatin1 = (text: string) => Buffer.from(text).toString('latin1');

/** Elements that share a name are a list under it. */
function render(value: NewValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  const members = [...new Set(value.map(([name]) => name))].map((name) => {
    const same = value.filter(([other]) => other === name).map(([, inner]) => render(inner));
    return `${JSON.stringify(name)}: ${same.length > 1 ? `[${same.join(', ')}]` : same.join('')}`;
  });
  return `{${members.join(', ')}}`;
}
