export { EnvironmentServer, type ServerFigures } from './environment-server.ts';
export type { EnvironmentSource, MakeEnvironment, OfferedEnvironment } from './environment-source.ts';
export type { FloodLimits } from './peer-book.ts';
export type { EnvironmentServerOptions } from './server-options.ts';
export { type ServerThreadOptions, ThreadServer } from './thread-server.ts';
