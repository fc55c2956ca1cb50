// Prints the scripted expert's score in every maze: node scripts/expert.js [episodes, 100 unless told]
import { WalledMazeEnv, walledMazeExpert } from '@understudy/env-walled-maze';

const episodes = Number(process.argv[2] ?? 100);
for (const maze of ['C', 'S']) {
  for (const mirrored of [false, true]) {
    const env = new WalledMazeEnv({ maze, mirrored });
    let total = 0;
    for (let seed = 0; seed < episodes; seed++) {
      env.reset({ seed });
      for (let t = 0; t < 100; t++) total += env.step(walledMazeExpert(env.layout, env.state)).reward;
    }
    console.log(`${env.id}: ${(total / episodes).toFixed(2)} over ${episodes} episodes`);
  }
}
