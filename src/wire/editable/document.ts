/** A value in the text of a document, with the place where it stands. */
export interface EditNode {
  /** Local name without blanks around it: some devices print them into a key (seed 001). */
  readonly name: string;
  /** What a node without children holds, decoded; undefined for one with children. */
  readonly text: string | undefined;
  /** Items of a list have the name of the list each. */
  readonly children: readonly EditNode[];
  /** Offsets of all of it, with its name. */
  readonly start: number;
  readonly end: number;
}

/** What stands at a place instead of what was there. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value, or names with theirs. A number is one in JSON, and its digits in XML. */
export type NewValue = string | number | readonly (readonly [name: string, value: NewValue])[];

/**
 * A document of which single values are changed while everything else stays as it is, byte by byte: order, unknown
 * elements, blanks, spelling. Devices refuse or forget what does not come back as they wrote it (isapi.md §8.4).
 */
export abstract class EditableDocument<Node extends EditNode = EditNode> {
  abstract readonly format: 'xml' | 'json';
  abstract readonly root: Node;
  /** One character for each byte, so that nothing changes on the way in and out. */
  protected readonly source: string;
  readonly #edits: Edit[] = [];

  protected constructor(source: string) {
    this.source = source;
  }

  /** The node as it stands. */
  sourceOf({ start, end }: EditNode): string {
    return this.source.slice(start, end);
  }

  /** Puts what stood in another document in the place of a node. */
  put({ start, end }: EditNode, source: string): void {
    this.replaceBytes(start, end, source);
  }

  /** Gives a node without children another value. */
  abstract set(node: Node, value: string): void;

  /** A new child, behind `after`, which may be one that is removed, or as the last one. */
  abstract add(parent: Node, name: string, value: NewValue, after?: Node): void;

  /** Whether the children of that name are items of a list, be it an empty one. */
  abstract isList(parent: Node, name: string): boolean;

  /** Takes a child out; as many as there are, in any order. */
  abstract remove(parent: Node, node: Node): void;

  /** The document with all changes. */
  bytes(): Buffer {
    let text = '';
    let at = 0;
    for (const { start, end, text: instead } of this.edits().sort(inOrder)) {
      // In something that is gone as a whole.
      if (start < at) continue;
      text += this.source.slice(at, start) + instead;
      at = end;
    }
    return Buffer.from(text + this.source.slice(at), 'latin1');
  }

  /** What has to be done to the text, in any order. */
  protected edits(): Edit[] {
    return [...this.#edits];
  }

  protected replace(start: number, end: number, text: string): void {
    this.replaceBytes(start, end, Buffer.from(text).toString('latin1'));
  }

  /** @param text one character for each byte */
  protected replaceBytes(start: number, end: number, text: string): void {
    // What is replaced twice is what it was made last.
    const before = this.#edits.findIndex((edit) => start < end && edit.start === start && edit.end === end);
    if (before >= 0) this.#edits.splice(before, 1);
    this.#edits.push({ start, end, text });
  }
}

/** What is put in between stands in front; of two that begin together the wider one holds the other. */
const inOrder = (a: Edit, b: Edit) =>
  a.start - b.start || Number(b.start === b.end) - Number(a.start === a.end) || b.end - a.end;

/** The first child of that name. */
export const childOf = <Node extends EditNode>(node: Node | undefined, name: string): Node | undefined =>
  node?.children.find((child) => child.name === name) as Node | undefined;

/** All nodes of that name, at any depth, in the order of the text. */
export function nodesNamed<Node extends EditNode>(node: Node, name: string): Node[] {
  if (node.name === name) return [node];
  return node.children.flatMap((child) => nodesNamed(child as Node, name));
}
