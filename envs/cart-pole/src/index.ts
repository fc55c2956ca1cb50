import './register.ts';

export { CartPoleEnv, type CartPoleOptions } from './cart-pole-env.ts';
