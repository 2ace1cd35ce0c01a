#!/usr/bin/env node
import { readOptions } from './cli-options.js';
import { simulate } from './cli-runs.js';
import { USUAL_RULES } from './login.js';

const USAGE = `Simulated cameras and recorders that push alarms to a listener, or a camera whose alert stream is read.

  camera-alarms-simulator --url http://127.0.0.1:8089/SECRET/isapi [options]
  camera-alarms-simulator --recorder http://127.0.0.1:8089/SECRET/push [options]
  camera-alarms-simulator --vstarcam http://127.0.0.1:8089/SECRET/vstarcam [options]
  camera-alarms-simulator --udp 127.0.0.1:5000 [options]
  camera-alarms-simulator --stream 8090 [options]

  --url URL        where ISAPI devices were told to push
  --recorder URL   where a recorder with an event push platform was told to push: POST, GET and keep-alives
  --vstarcam URL   where a VStarcam doorbell was told to push: alarms and heartbeats
  --udp HOST:PORT  where a recorder was told to send datagrams: one address, a group, or everybody (an address that ends in .255)
  --stream PORT    a camera at 127.0.0.1 that is asked for its alerts; user ${USUAL_RULES.username}, password ${USUAL_RULES.password}
  --every SECONDS  pause between two alarms, 5 by default
  --count N        stop after N alarms; 0 goes on until Ctrl-C, the default
  --help           this text
`;

async function run(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options !== undefined) return simulate(options);
  process.stderr.write(USAGE);
  return 2;
}

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
  },
);
