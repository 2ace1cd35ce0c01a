import type { Clock } from '../../clock.js';
import type { AlarmKind } from '../../event.js';
import { type PictureName, picture, stamped } from '../picture.js';
import { JSON_TYPE } from '../vstarcam/push-camera.js';
import { ALARM_CODES, FORM_TYPE, pushForm, USUAL_FORM } from '../vstarcam/push-form.js';
import { requestBytes } from '../vstarcam/push-request.js';
import type { Player } from './play.js';

const HAPPENINGS: ReadonlyMap<AlarmKind, { readonly code: number; readonly shown: PictureName }> = new Map([
  ['doorbell', { code: ALARM_CODES.doorbell, shown: 'door-scene' }],
  ['person', { code: ALARM_CODES.person, shown: 'yard-scene' }],
  ['motion', { code: ALARM_CODES.motion, shown: 'door-scene' }],
  ['baby-cry', { code: ALARM_CODES.babyCry, shown: 'door-scene' }],
  ['absence', { code: ALARM_CODES.absence, shown: 'door-scene' }],
  ['smoke', { code: ALARM_CODES.smoke, shown: 'yard-scene' }],
  ['fire', { code: ALARM_CODES.fire, shown: 'yard-scene' }],
]);
const VUID = 'VC0000053SIMA';

/** A camera of VStarcam. Its pushes hold no time: only their pictures tell them apart. */
export function vstarcamPlayer(clock: Clock): Player {
  let count = 0;
  return {
    kinds: new Map([...HAPPENINGS.keys(), 'heartbeat' as const].map((kind) => [kind, false])),
    request: (target, play) => {
      const happening = HAPPENINGS.get(play.kind);
      if (happening === undefined) {
        const body = Buffer.from(JSON.stringify({ vuid: VUID }));
        return requestBytes(target, JSON_TYPE, body, 'length').first;
      }
      const { code, shown } = happening;
      const stamp = `simulation ${++count}, ${new Date(clock.now()).toISOString()}`;
      const alarm = { code, ...(play.picture && { picture: stamped(picture(shown), stamp) }) };
      return requestBytes(target, FORM_TYPE, pushForm(VUID, alarm, USUAL_FORM), 'length').first;
    },
  };
}
