import './register.ts';

export { circleRadii, circleReward, circlesExpert } from './circles.ts';
export { CirclesEnv, type CirclesOptions } from './circles-env.ts';
