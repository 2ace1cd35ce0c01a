// What it costs that the listener looks at the head of each connection before Node's parser does: our listener, and the
// same one without its front. By turns, each first in every other round; what counts is the ratio within a round.
import { measureThroughput, median, startForked } from './throughput.mjs';

const ROUNDS = 20;
const PATH = '/bench1234567/isapi';

/** Prints a table. @param request gives the bytes of a push to a target */
export async function benchFront(loaders, request, milliseconds) {
  const servers = [
    ['our listener without its front', await startForked('listener-server.mjs', PATH, 'no-front')],
    ['our listener', await startForked('listener-server.mjs', PATH)],
  ].map(([label, server]) => ({ label, ...server, rounds: [] }));
  for (const server of servers) await measureThroughput(loaders, server, request(server.target), 1000);
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of round % 2 === 0 ? servers : servers.toReversed())
      server.rounds.push(await measureThroughput(loaders, server, request(server.target), milliseconds));
  }
  console.log(`\n### The front: XML alone, ${ROUNDS} rounds\n`);
  console.log('| | events/s | of without | CPU µs/event | failed |\n|---|---:|---:|---:|---:|');
  const [without] = servers;
  for (const { label, rounds, stop } of servers) {
    const ratio = median(rounds.map(({ rate }, round) => rate / without.rounds[round].rate));
    const failures = rounds.reduce((sum, each) => sum + each.failures, 0);
    const [rate, cpu] = ['rate', 'cpu'].map((key) => Math.round(median(rounds.map((each) => each[key]))));
    console.log(`| ${[label, rate, ratio.toFixed(3), cpu, failures].join(' | ')} |`);
    await stop();
  }
}
