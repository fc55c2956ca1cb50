/**
 * Opens what decides who may connect to a server; before it binds.
 *
 * @param keys - The key directory; without it there are no keys, and the server stays on this machine.
 * @param rebind - Makes everybody connect again, for when a key was revoked.
 * @throws InputError when keys are missing or broken.
 */
export async function openServerSecurity(
  { keys, keyName }: { keys?: string; keyName: string },
  note: (line: string) => void,
  rebind: () => void,
) {
  if (keys === undefined) return { close: async () => {} };
  const { loadServerKeys, RefusalLog, startZap, watchHandshakes } = await import('@understudy/rollout');
  const { allowList, ...curve } = loadServerKeys(keys, keyName);
  const log = new RefusalLog(note);
  const zap = await startZap({ allowList, log, onRevoked: rebind });
  return {
    curve,
    onSocket: (router: Parameters<typeof watchHandshakes>[0]) => watchHandshakes(router, log),
    close: () => zap.close(),
  };
}
