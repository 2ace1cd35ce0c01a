import { LoginPauses } from '../../src/index.js';

/** Of all devices in this Node-RED: a redeploy makes new clients, and must not try a refused login once more. */
export const LOGIN_PAUSES = new LoginPauses();
