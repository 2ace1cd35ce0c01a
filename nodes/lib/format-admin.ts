import type { NodeAPI } from 'node-red';
import { AlarmError, previewOf } from '../../src/index.js';
import { failure } from './device-dialog.js';
import { readWords, type WordsConfig } from './format.js';
import { limitsOf } from './limits.js';

/** For the dialog of `alarm-format`: what an alarm looks like in one's own words, while they are being typed. */
export function registerFormatAdmin(RED: NodeAPI): void {
  const permission = RED.auth.needsPermission('camera-alarms.write');
  const { limits } = limitsOf(RED);

  RED.httpAdmin.post('/camera-alarms/alarm-format/preview', permission, (request, response) => {
    try {
      if (Number(request.headers['content-length'] ?? 0) > limits.dialogBytes)
        throw new AlarmError('TEMPLATE_INVALID');
      const { problem, ...told } = previewOf(readWords((request.body ?? {}) as WordsConfig, RED), limits);
      response.json({ ok: true, ...told, ...(problem !== undefined && { problem: failure(problem) }) });
    } catch (error) {
      response.json(failure(error));
    }
  });
}
