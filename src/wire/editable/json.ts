import { AlarmError } from '../../errors.js';
import { LIMITS } from '../../limits.js';
import { parseJson } from '../json.js';
import { EditableDocument, type EditNode, type NewValue } from './document.js';

/** A value in the text of a document, with its key in front of it. */
export interface JsonNode extends EditNode {
  readonly children: readonly JsonNode[];
  /** Offset of the value itself. */
  readonly from: number;
}

/** Of a document that `parseJson` took. */
const STRING = /"(?:[^"\\]|\\.)*"/y;
const LITERAL = /[^\s,\]}]+/y;
const BLANK = /(?:\xef\xbb\xbf)?\s*/y;

/** A JSON document to be changed in place. */
export class EditableJson extends EditableDocument<JsonNode> {
  readonly format = 'json';
  readonly root: JsonNode;
  #at = 0;

  /** @throws AlarmError as `parseJson`, for what is no JSON or too much of it */
  constructor(bytes: Buffer) {
    super(bytes.toString('latin1'));
    parseJson(bytes, LIMITS);
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

  add(parent: JsonNode, name: string, value: NewValue, after = parent.children.at(-1)): void {
    const member = `${JSON.stringify(name)}: ${render(value)}`;
    if (after !== undefined) {
      const blank = /\s*$/.exec(this.source.slice(Math.max(0, after.start - 256), after.start))?.[0] ?? '';
      this.replace(after.end, after.end, `,${blank}${member}`);
    } else this.replace(parent.from + 1, parent.from + 1, member);
  }

  remove(parent: JsonNode, node: JsonNode): void {
    const place = parent.children.indexOf(node);
    const next = parent.children[place + 1];
    const before = parent.children[place - 1];
    if (next !== undefined) this.replace(node.start, next.start, '');
    else this.replace(before?.end ?? node.start, node.end, '');
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
      return [{ name, text: undefined, children, start, from, end: this.#at }];
    }
    const token = this.#skip(first === '"' ? STRING : LITERAL);
    const value = JSON.parse(Buffer.from(token, 'latin1').toString()) as string | number | boolean | null;
    return [{ name, text: value === null ? '' : String(value), children: [], start, from, end: this.#at }];
  }

  #readItems(name: string): JsonNode[] {
    const items: JsonNode[] = [];
    this.#at++;
    for (this.#skip(BLANK); this.source[this.#at] !== ']'; this.#next()) {
      items.push(...this.#readValue(name, this.#at));
    }
    this.#at++;
    return items;
  }

  #readMembers(): JsonNode[] {
    const members: JsonNode[] = [];
    this.#at++;
    for (this.#skip(BLANK); this.source[this.#at] !== '}'; this.#next()) {
      const start = this.#at;
      const key = JSON.parse(Buffer.from(this.#skip(STRING), 'latin1').toString()) as string;
      this.#skip(BLANK);
      this.#at++;
      this.#skip(BLANK);
      members.push(...this.#readValue(key.trim(), start));
    }
    this.#at++;
    return members;
  }

  #next(): void {
    this.#skip(BLANK);
    if (this.source[this.#at] === ',') this.#at++;
    this.#skip(BLANK);
  }
}

const render = (value: NewValue): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'number'
      ? String(value)
      : `{${value.map(([name, inner]) => `${JSON.stringify(name)}: ${render(inner)}`).join(', ')}}`;
