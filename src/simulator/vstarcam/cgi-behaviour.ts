/** The settings of where a camera pushes to (seed 002 §6). */
export interface PushSettings {
  heartbeatTime: string;
  heartbeatServer: string;
  alarmPushMainServer: string;
  alarmPushSubServer: string;
}

/** How a simulated camera answers its CGIs; which firmware does what nobody has documented. */
export interface CgiBehaviour {
  /** `var a="b";`, `a="b";`, `a=b`, lists of one value, JSON, and JSON within JSON. */
  readonly words: 'var' | 'plain' | 'bare' | 'list' | 'json' | 'nested json';
  /** Of what was done: `"ok"`, `ok` or `0`. */
  readonly result: 'quoted' | 'bare' | 'number';
  /** Those it takes: as the table of the document has them, or as its example, with blanks. */
  readonly names: 'plain' | 'blanks';
  /** Where it wants its login; `query` answers others with status 200, as one firmware does. */
  readonly login: 'none' | 'basic' | 'query' | 'query, 401';
  /** What it has instead of the CGIs; `yes` has them. */
  readonly alarmPush: 'yes' | '404' | 'nothing' | 'page' | 'unknown';
  /** What it stores, whatever it says. */
  readonly stores: readonly (keyof PushSettings)[];
  /** What a request leaves out is empty then. */
  readonly empties: boolean;
  /** It takes a value only so long, and stores its begin. */
  readonly longest: number;
  /** It says no to each change. */
  readonly refuses: boolean;
  /** What it shows, whatever it has. */
  readonly shows: readonly (keyof PushSettings)[];
  /** Before each answer. */
  readonly delayMs: number;
  /** Half of each answer, and the connection breaks; `set` only behind a change, which is stored. */
  readonly cuts: 'never' | 'set' | 'always';
}

const ALL = ['heartbeatTime', 'heartbeatServer', 'alarmPushMainServer', 'alarmPushSubServer'] as const;

export const USUAL_CGI: CgiBehaviour = {
  words: 'var',
  result: 'quoted',
  names: 'plain',
  login: 'basic',
  alarmPush: 'yes',
  stores: ALL,
  empties: false,
  longest: Number.POSITIVE_INFINITY,
  refuses: false,
  shows: ALL,
  delayMs: 0,
  cuts: 'never',
};

/** As it leaves the factory. */
export const FACTORY_PUSH: PushSettings = {
  heartbeatTime: '30',
  heartbeatServer: '',
  alarmPushMainServer: '',
  alarmPushSubServer: '',
};
