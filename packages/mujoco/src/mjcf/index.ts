export type * from './attributes.ts';
export type { MjcfElement } from './element.ts';
export { element, toXml } from './element.ts';
export * from './mjcf.ts';
