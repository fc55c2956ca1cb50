// A server of Drift-v0 in a process of its own, to be killed. Arguments: the address, the URL of the built package, that of
// the environment's module.
const [address, rollout, module] = process.argv.slice(2);
const { EnvironmentServer } = await import(rollout);
const server = await EnvironmentServer.start({ address, environments: [{ id: 'Drift-v0' }], module });
process.send({ address: server.address });
