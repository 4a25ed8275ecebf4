/** `node test/renderer-stand/serve.ts [scene] [port]`: look at one scene in a browser. */
import { type SceneName, scenes } from './scenes.ts';
import { openStand } from './stand.ts';

const [name = 'everyday', port = '4610'] = process.argv.slice(2);
const isScene = (text: string): text is SceneName => Object.hasOwn(scenes, text);
if (!isScene(name)) {
  console.error(`No scene ${name}. There are: ${Object.keys(scenes).join(', ')}.`);
  process.exit(2);
}
const stand = await openStand({ scene: name, port: Number(port), stepTime: 150 });
console.log(`${name}: ${stand.url}`);
