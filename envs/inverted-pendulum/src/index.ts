import './register.ts';

export { InvertedPendulumEnv, type InvertedPendulumOptions } from './inverted-pendulum-env.ts';
export { invertedPendulumModel } from './model.ts';
