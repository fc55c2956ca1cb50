// Loads the addon, built beside this file or shipped for this platform.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const file = 'kernels-native.node';
const places = [
  join(__dirname, 'dist', file),
  join(__dirname, 'prebuilds', `${process.platform}-${process.arch}`, file),
];

let loaded;

/** Loads once; what fails once isn't tried again. */
function load() {
  loaded ??= tryToLoad();
  return loaded;
}

function tryToLoad() {
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    return { reason: 'the addon is not built: it needs a C++ compiler (c++, g++ or clang++) when it is installed' };
  }
  try {
    const addon = require(found);
    if (typeof addon.bind !== 'function') return { reason: `${found} is not the kernels' addon` };
    return { addon };
  } catch (error) {
    return { reason: `${found} can't be loaded (${error.message})` };
  }
}

exports.nativeKernels = () => {
  const { addon, reason } = load();
  return addon ? { available: true, instructionSet: addon.instructionSet } : { available: false, reason };
};

exports.bindKernels = (memory, instructionSet) => {
  const { addon, reason } = load();
  if (!addon) throw new Error(reason);
  return addon.bind(new Uint8Array(memory), instructionSet);
};
