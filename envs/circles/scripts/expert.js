// Prints the expert's score on every circle: node scripts/expert.js [episodes a mode, 60 unless told]
import { CirclesEnv, circleRadii, circlesExpert } from '@understudy/env-circles';

const episodes = Number(process.argv[2] ?? 60);
const observation = new Float32Array(10);
const action = new Float32Array(2);

function episode(env, mode, seed) {
  env.reset({ seed });
  observation.fill(0);
  let total = 0;
  for (let t = 0; t < 1000; t++) {
    total += env.stepInto(circlesExpert(mode, observation, action), observation, 0).reward;
  }
  return total;
}

const means = circleRadii.map((radius, mode) => {
  const env = new CirclesEnv({ mode });
  const returns = Array.from({ length: episodes }, (_, seed) => episode(env, mode, seed));
  const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
  const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (episodes - 1));
  console.log(`radius ${radius}: ${mean.toFixed(2)}, deviation ${deviation.toFixed(2)} over ${episodes} episodes`);
  return mean;
});
console.log(`mean ${(means.reduce((sum, value) => sum + value, 0) / means.length).toFixed(2)}`);
