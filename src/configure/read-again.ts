import { setTimeout } from 'node:timers/promises';
import { AlarmError } from '../errors.js';
import type { DeviceLimits } from '../limits.js';

const AWAY = /^DEVICE_(?:REFUSED|ANSWER_BROKEN|UNREACHABLE|TIMEOUT)$/;

/** Reads behind a write: some devices start their web server anew when they have stored something. */
export async function readAgain<Value>(
  read: () => Promise<Value>,
  { restartWaitMs, restartTries }: Pick<DeviceLimits, 'restartWaitMs' | 'restartTries'>,
): Promise<Value> {
  for (let tried = 0; tried < restartTries; tried++) {
    try {
      return await read();
    } catch (error) {
      const away = error instanceof AlarmError && AWAY.test(error.code);
      if (!away) throw error;
      await setTimeout(restartWaitMs * 2 ** tried);
    }
  }
  return read();
}
