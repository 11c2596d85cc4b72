const { basename } = require('node:path');
module.exports = { lastPart: (path) => basename(path) };
