import { networkInterfaces } from 'node:os';

/** What this machine is called by others; none where it is alone. */
export const OWN_ADDRESSES = Object.values(networkInterfaces())
  .flatMap((infos = []) => infos.filter(({ family, internal }) => family === 'IPv4' && !internal))
  .map(({ address }) => address);
