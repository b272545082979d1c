/**
 * Loaded before Electronegativity: its requests (translations, a list of Electron's releases) fail at
 * once, as they do without a network. Its old `got` would end the program under Node 24 instead.
 */
const Module = require('node:module');

const load = Module._load;
Module._load = (request, ...rest) =>
  request === 'got'
    ? () => Promise.reject(new Error('kept off the network'))
    : load(request, ...rest);
