import type { NodeAPI } from 'node-red';
import { AlarmError } from '../../src/index.js';
import type { IsapiDeviceNode } from '../isapi-device.js';
import { failure } from './device-dialog.js';
import { examineDevice } from './doctor.js';
import { limitsOf } from './limits.js';

/** For the dialog of `isapi-device`: why no alarms come from the device as it is deployed, with its stored login. */
export function registerDoctorAdmin(RED: NodeAPI): void {
  const permission = RED.auth.needsPermission('camera-alarms.write');
  const { limits } = limitsOf(RED);
  const examined = new Set<string>();

  RED.httpAdmin.post('/camera-alarms/isapi-device/doctor', permission, async (request, response) => {
    const call = new AbortController();
    // Nobody waits any more: the browser was closed.
    response.once('close', () => call.abort(new AlarmError('DEVICE_CLOSED')));
    try {
      const { id, device } = deviceOf(RED, request.body);
      if (device.client === undefined) throw device.problem ?? new AlarmError('DEVICE_MISSING');
      if (examined.size >= limits.dialogTests || examined.has(id)) throw new AlarmError('TESTS_TOO_MANY');
      examined.add(id);
      try {
        response.json({
          ok: true,
          checks: await examineDevice(device, device.client, { signal: call.signal }),
        });
      } finally {
        examined.delete(id);
      }
    } catch (error) {
      response.json(failure(error));
    }
  });
}

/** @throws AlarmError `DOCTOR_NOT_DEPLOYED` for anything else than a deployed device */
function deviceOf(RED: NodeAPI, body: unknown): { readonly id: string; readonly device: IsapiDeviceNode } {
  const id = (body as { readonly id?: unknown } | undefined)?.id;
  const device = typeof id === 'string' ? (RED.nodes.getNode(id) as IsapiDeviceNode | null) : null;
  if (typeof id !== 'string' || device?.type !== 'isapi-device') throw new AlarmError('DOCTOR_NOT_DEPLOYED');
  return { id, device };
}
