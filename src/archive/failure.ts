import { AlarmError, type AlarmErrorCode } from '../errors.js';

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ENOSPC|EDQUOT)$/, 'the disk is full'],
  [/^(?:EACCES|EPERM|EROFS)$/, 'Node-RED may not write there'],
  [/^(?:ENOENT|ENOTDIR|ENODEV|ENXIO|ESTALE|EIO|EHOSTDOWN|ETIMEDOUT)$/, 'the folder cannot be reached'],
];

/** What a disk did not do, in plain words with its own code; its message holds a path, and stays out. */
export function diskFailure(error: unknown, code: AlarmErrorCode): AlarmError {
  if (error instanceof AlarmError) return error;
  const own = String((error as NodeJS.ErrnoException | null)?.code ?? 'unknown').slice(0, 32);
  const [, words] = WORDS.find(([codes]) => codes.test(own)) ?? [];
  return new AlarmError(code, words === undefined ? own : `${words}, ${own}`, { cause: error });
}
