import type { Limits } from '../../limits.js';
import { readCgiValues } from './cgi-values.js';

/** The CGI that says where the camera pushes to, and the one that it is told by (seed 002 §6). */
export const GET_PUSH = '/get_alarm_push_cfg.cgi';
export const SET_PUSH = '/set_alarm_push_cfg.cgi';

/** The settings, by the names that a camera gives them. */
export const PUSH_FIELDS = [
  'heartbeatTime',
  'heartbeatServer',
  'alarmPushMainServer',
  'alarmPushSubServer',
] as const;

export type PushField = (typeof PUSH_FIELDS)[number];

/** Where a camera pushes to, in its own words: a server that is not set is empty. */
export interface PushConfig {
  /** Seconds. */
  readonly heartbeatTime: string;
  readonly heartbeatServer: string;
  readonly alarmPushMainServer: string;
  /** Undefined where the camera does not show it. */
  readonly alarmPushSubServer?: string;
}

/**
 * What a camera made of a request: it did it, it did not, it does not take the login, it knows no such CGI, or nobody
 * can say.
 */
export type CgiResult = 'ok' | 'failed' | 'denied' | 'missing' | 'broken';

/** What a CGI answered over HTTP. */
interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Names of the document that have a blank, most likely from a line break of it (seed 002 §6). */
const WITH_BLANK: Readonly<Partial<Record<PushField, string>>> = {
  heartbeatServer: 'heartbeat Server',
  alarmPushSubServer: 'alarmPushSub Server',
};
const NAMES: ReadonlySet<string> = new Set(['result', ...PUSH_FIELDS.map((name) => name.toLowerCase())]);
/** Words of web servers for what they do not have. */
const MISSING = new Set([400, 404, 405, 501]);

/** Whether this is the camera's way to refuse a login, which may come with status 200. Never throws. */
export function isDenied({ status, body }: Answer, limits: Limits): boolean {
  return status === 403 || /^(?:un)?auth/i.test(readCgiValues(body, NAMES, limits)?.get('result') ?? '');
}

/** The settings in an answer to {@link GET_PUSH}, or why there are none. Never throws. */
export function readPushConfig(answer: Answer, limits: Limits): PushConfig | Exclude<CgiResult, 'ok'> {
  if (MISSING.has(answer.status)) return 'missing';
  if (isDenied(answer, limits)) return 'denied';
  if (answer.status !== 200) return 'failed';
  if (isPage(answer.body)) return 'missing';
  const values = readCgiValues(answer.body, NAMES, limits);
  if (values === undefined) return 'broken';
  const [heartbeatTime, heartbeatServer, alarmPushMainServer, sub] = PUSH_FIELDS.map((name) =>
    values.get(name.toLowerCase()),
  );
  // A firmware that does not know a CGI may say so, or greet with something else.
  if ((heartbeatTime ?? heartbeatServer ?? alarmPushMainServer ?? sub) === undefined) return 'missing';
  if (heartbeatTime === undefined || heartbeatServer === undefined || alarmPushMainServer === undefined)
    return 'broken';
  const config = { heartbeatTime, heartbeatServer, alarmPushMainServer };
  return sub === undefined ? config : { ...config, alarmPushSubServer: sub };
}

/** What became of {@link SET_PUSH}. That it says `ok` proves nothing. Never throws. */
export function readSetResult(answer: Answer, limits: Limits): CgiResult {
  if (answer.status !== 400 && MISSING.has(answer.status)) return 'missing';
  if (isDenied(answer, limits)) return 'denied';
  if (answer.status !== 200) return 'failed';
  const result = readCgiValues(answer.body, NAMES, limits)?.get('result');
  // Nothing, or a page to go on with, is what many of them say.
  return result === undefined || /^(?:ok|success|0|200)?$/i.test(result.trim()) ? 'ok' : 'failed';
}

/**
 * The query of {@link SET_PUSH} for all settings, as the document has it: a firmware may empty what is left out.
 * @param blanks with the names as the document writes them
 */
export function pushQuery(config: PushConfig, blanks: boolean): string {
  return PUSH_FIELDS.flatMap((field) => {
    const value = config[field];
    const name = blanks ? (WITH_BLANK[field] ?? field) : field;
    return value === undefined ? [] : [`${queryValue(name)}=${queryValue(value)}`];
  }).join('&');
}

/** Text as it stands in a query; half a character, which has no bytes, becomes a mark. */
export const queryValue = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** Whether a camera that shows one value has the other: numbers and addresses may be written in several ways. */
export function isSameSetting(
  field: PushField,
  shown: string | undefined,
  told: string | undefined,
): boolean {
  if (shown === told) return true;
  if (shown === undefined || told === undefined || shown === '' || told === '') return false;
  if (field === 'heartbeatTime') return Number(shown) === Number(told);
  return URL.canParse(shown) && URL.canParse(told) && new URL(shown).href === new URL(told).href;
}

/** The settings in which a camera differs from what it is to have. */
export const differing = (now: PushConfig, wanted: PushConfig): PushField[] =>
  PUSH_FIELDS.filter((field) => !isSameSetting(field, now[field], wanted[field]));

/**
 * A setting for people: without our secret, and of the servers of others without all that may be one of theirs.
 * @param url of our listener
 */
export function shownSetting(
  field: PushField,
  value: string | undefined,
  url: string,
  secret: string,
): string {
  if (value === undefined || value === '') return '(empty)';
  if (field === 'heartbeatTime') return /^\d{1,9}$/.test(value) ? value : '***';
  if (value === url) return secret === '' ? value : value.replaceAll(secret, '***');
  if (!/^https?:/i.test(value) || !URL.canParse(value)) return '***';
  const { protocol, host } = new URL(value);
  return `${protocol}//${host}/***`;
}

/** Nothing at all, or something for a browser. */
const isPage = (body: Buffer) => /^\s*(?:<|$)/.test(body.toString('latin1', 0, 64));
