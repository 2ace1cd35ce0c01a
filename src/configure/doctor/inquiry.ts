import type { DeviceAnswer } from '../../device/device-client.js';
import { AlarmError, type AlarmErrorCode } from '../../errors.js';
import type { Limits } from '../../limits.js';
import type { DoctorJob } from './job.js';

/** Nothing that a device did. */
const OURS: ReadonlySet<AlarmErrorCode> = new Set(['DEVICE_CLOSED', 'DEVICE_PATH_INVALID', 'INTERNAL']);

/** Whether a device lets nobody in with this login: it is not asked any further (isapi.md §11.4). */
export const isLoginFailure = (error: unknown): error is AlarmError =>
  error instanceof AlarmError && error.code.startsWith('DEVICE_LOGIN_');

/** The questions to one device. What it does wrong is an answer too. */
export class Inquiry {
  readonly limits: Limits;

  /** @param signal ends all questions: that of the job, or when the time for all of them is over */
  constructor(
    readonly job: DoctorJob,
    readonly signal: AbortSignal,
  ) {
    this.limits = { ...job.client.generalLimits, ...job.limits };
  }

  /**
   * What came of a question, or why nothing did.
   * @throws the reason of the job's signal, a refused login, and what is no fault of the device
   */
  async attempt<Value>(ask: () => Promise<Value>): Promise<Value | AlarmError> {
    try {
      return await ask();
    } catch (error) {
      this.job.signal?.throwIfAborted();
      if (!(error instanceof AlarmError) || OURS.has(error.code) || isLoginFailure(error)) throw error;
      return error;
    }
  }

  get(path: string): Promise<DeviceAnswer | AlarmError> {
    const { client } = this.job;
    const maxBytes = this.limits.documentBytes;
    return this.attempt(() => client.request({ path, maxBytes, signal: this.signal }));
  }
}

/** For the texts of checks: what could not be told, and why. Never holds a secret, as no error does. */
export const untold = (what: string, { message }: AlarmError): string =>
  `${what} could not be told: ${message}.`;
