// Draws the pictures the simulated cameras send: node scripts/pictures/render.mjs [picture ...]
// The browser is the one CHROMIUM names, or /usr/bin/chromium; it draws without a graphics card too.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const pictures = {
  'gate-scene': { scene: 'gate', frame: [1280, 720], quality: 67 },
  'gate-target': {
    scene: 'gate',
    frame: [1280, 720],
    crop: [536, 388, 160, 280],
    size: [240, 420],
    quality: 75,
  },
  'yard-scene': { scene: 'yard', frame: [1280, 720], quality: 60 },
  'door-scene': { scene: 'door', frame: [960, 720], quality: 70 },
  'car-scene': { scene: 'car', frame: [1280, 720], quality: 62 },
  'car-plate': {
    scene: 'car',
    frame: [1280, 720],
    crop: [546, 461, 154, 43.3],
    size: [320, 90],
    quality: 75,
  },
};

const here = import.meta.dirname;
const out = path.resolve(here, '../../src/simulator/pictures');
const text = (name) => readFileSync(path.join(here, name), 'utf8');
const asked = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  for (const [name, { scene, frame, crop, size = frame, quality }] of Object.entries(pictures)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const page = await browser.newPage({ viewport: { width: size[0], height: size[1] } });
    await page.setContent(text('stage.html').replace('<!-- scene -->', () => text(`${scene}.html`)));
    await page.evaluate(([whole, part]) => window.draw(whole, part), [frame, crop]);
    const file = path.join(out, `${name}.jpg`);
    const jpeg = await page.screenshot({ type: 'jpeg', quality, path: file });
    console.log(`${path.relative(process.cwd(), file)} ${jpeg.length} bytes`);
    await page.close();
  }
} finally {
  await browser.close();
}
