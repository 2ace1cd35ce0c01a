import type { Word } from './response-status.js';

/** An answer that a device gives in place of, or with, what was asked for. */
export type ScriptedAnswer =
  /** A ResponseStatus (isapi.md §11.1), with the usual status of HTTP or another one. */
  | { readonly kind: 'refusal'; readonly word: Word; readonly status?: number }
  /** Nothing but a status and a page of the web server, as devices answer what they do not know. */
  | { readonly kind: 'bare'; readonly status: number }
  /** The login page of the web interface with 200, whatever was asked for. */
  | { readonly kind: 'page' }
  /** The right answer, of which the second half is missing. What was asked for is done. */
  | { readonly kind: 'truncated' }
  /** A whole document that was not asked for, with 200. */
  | { readonly kind: 'root' }
  /** A document as it is, with 200. */
  | { readonly kind: 'document'; readonly text: string }
  /** No answer at all; `done` when it was carried out all the same. */
  | { readonly kind: 'hang'; readonly done: boolean }
  /** Sent somewhere else. */
  | { readonly kind: 'redirect'; readonly location: string };

/** An answer for certain requests. The first script that fits is followed. */
export interface Script {
  /** Method and path without query, as `PUT /ISAPI/System/time`; `*` stands for a word of either. */
  readonly on: string;
  readonly answer: ScriptedAnswer;
  /** Followed so many times, then no more. */
  readonly times?: number;
  /** Before the login is looked at. */
  readonly early?: boolean;
}

export function fits({ on }: Script, method: string, path: string): boolean {
  const wanted = `${on}`.split(/[ /]+/);
  const asked = `${method} ${path}`.split(/[ /]+/);
  if (wanted.at(-1) === '**') wanted.splice(-1, 1, ...asked.slice(wanted.length - 1));
  return wanted.length === asked.length && wanted.every((word, at) => word === '*' || word === asked[at]);
}
