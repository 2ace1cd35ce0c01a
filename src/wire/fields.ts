/** A vendor document: plain values from XML (all text) or JSON (text and numbers). */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The first of these fields that says something, as text. Every field may be missing, empty or repeated
 * (isapi.md §4): empty is missing, of repeated ones the first with text counts.
 */
export function text(fields: Fields | undefined, ...names: string[]): string | undefined {
  for (const name of names) {
    for (const value of list(fields?.[name])) {
      const found = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
      // What begins with a NUL stands for bytes that were taken out of the document (long-strings.ts).
      if (typeof found === 'string' && found.trim() !== '' && found[0] !== '\0') return found.trim();
    }
  }
  return undefined;
}

/** A number, if the field holds one. */
export function number(fields: Fields | undefined, ...names: string[]): number | undefined {
  const found = text(fields, ...names);
  const value = found === undefined ? Number.NaN : Number(found);
  // `|| 0` for the minus zero, which JSON does not know.
  return Number.isFinite(value) ? value || 0 : undefined;
}

/** The children of that name; a single one is a list of one, text and nothing are none. */
export function children(fields: Fields | undefined, name: string): Fields[] {
  return list(fields?.[name]).filter(isFields);
}

/** The first child of that name. */
export function child(fields: Fields | undefined, name: string): Fields | undefined {
  return children(fields, name)[0];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Sets what is known; what is not stays absent, as in everything of ours. */
export function put<T extends object, Name extends keyof T>(
  to: T,
  name: Name,
  value: T[Name] | undefined,
): void {
  if (value !== undefined) to[name] = value;
}
