/** A vendor document: plain values from XML (all text) or JSON (text and numbers). */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The first of these fields that says something, as text. Every field may be missing, empty or repeated
 * (isapi.md §4): empty is missing, of repeated ones the first with text counts.
 */
export function text(fields: Fields | undefined, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = fields?.[name];
    const found = Array.isArray(value) ? firstWord(value) : word(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstWord(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = word(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function word(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // What begins with a NUL stands for bytes that were taken out of the document (long-strings.ts).
  return typeof value === 'string' && value[0] !== '\0' ? value.trim() || undefined : undefined;
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
  const value = fields?.[name];
  if (Array.isArray(value)) return value.filter(isFields);
  return isFields(value) ? [value] : [];
}

/** The first child of that name. */
export function child(fields: Fields | undefined, name: string): Fields | undefined {
  const value = fields?.[name];
  if (Array.isArray(value)) return value.find(isFields);
  return isFields(value) ? value : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets what is known; what is not stays absent, as in everything of ours. */
export function put<T extends object, Name extends keyof T>(
  to: T,
  name: Name,
  value: T[Name] | undefined,
): void {
  if (value !== undefined) to[name] = value;
}
